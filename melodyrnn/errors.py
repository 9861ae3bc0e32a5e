"""The library's errors: what went wrong is said as the rule, then what was received.

The library raises these; the commands turn each into one line and an exit code, and nothing else does.
"""


class MelodyRNNError(Exception):
    """Whatever melodyrnn refuses to do, with a message meant for the person who asked."""


class MidiError(MelodyRNNError):
    """A file that cannot be read as MIDI."""


class NotationError(MelodyRNNError):
    """Typed notes that cannot be understood."""


class CorpusError(MelodyRNNError):
    """A folder that is not a corpus, is damaged, or holds nothing usable."""


class CheckpointError(MelodyRNNError):
    """A file that is not a model of ours, is damaged, or is newer than this program."""


class SettingError(MelodyRNNError):
    """A setting outside its rule."""


class OutputError(MelodyRNNError):
    """Something that cannot be written, or would be overwritten without leave."""


class TrainingError(MelodyRNNError):
    """A training that came to nothing."""


class MissingExtraError(MelodyRNNError):
    """A package that an optional part needs and that is not installed."""


class PortError(MelodyRNNError):
    """A MIDI port that is not there, cannot be opened or has gone."""


class SoundError(MelodyRNNError):
    """A piece that cannot be made to sound."""
