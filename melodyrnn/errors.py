"""The errors that melodyrnn raises. A message states the rule, then what was received.

Only cli/ catches them all: it prints each as one line and exits with a code.
"""


class MelodyRNNError(Exception):
    """The base of all errors of melodyrnn, with a message for the user."""


class MidiError(MelodyRNNError):
    """A file of music (MIDI, ABC, MusicXML) cannot be read."""


class NotationError(MelodyRNNError):
    """Typed notes cannot be read."""


class CorpusError(MelodyRNNError):
    """A folder is not a corpus, or is damaged, or has no melodies."""


class ClusterError(MelodyRNNError):
    """The scheduler of a cluster does not answer, or is gone."""


class CheckpointError(MelodyRNNError):
    """A file is not a model of melodyrnn, or is damaged, or is of a newer version."""


class SettingError(MelodyRNNError):
    """A setting does not follow its rule."""


class UsageError(SettingError):
    """Settings that do not fit together or have the wrong form, whatever the files hold."""


class Cancelled(MelodyRNNError):  # noqa: N818 -- a requested end is not an error
    """A task that ended because its caller cancelled it."""


class OutputError(MelodyRNNError):
    """A file or folder cannot be written, or exists and may not be overwritten."""


class TrainingError(MelodyRNNError):
    """A training has failed."""


class MissingExtraError(MelodyRNNError):
    """A package of an extra is not installed."""


class PortError(MelodyRNNError):
    """A MIDI port does not exist, cannot be opened or has disappeared."""


class SoundError(MelodyRNNError):
    """A piece cannot be rendered as sound."""
