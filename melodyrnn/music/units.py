"""Constants that several modules use, each defined once.

Sources: Standard MIDI Files 1.0 (tempo), General MIDI 1 (drum channel).
"""

DRUM_CHANNEL = 9
DEFAULT_TEMPO = 500_000  # µs per quarter note of a file without a tempo
STEPS_PER_QUARTER = 12  # of the grid, on which sixteenths (3 steps) and eighth triplets (4 steps) are exact
TICKS_PER_QUARTER = 480  # of the files that melodyrnn writes
NUM_PITCHES = 128
NUM_PITCH_CLASSES = 12
MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".smf", ".rmi")  # by which MIDI files are known, in lower case
NOTATION_SUFFIXES = (".abc", ".musicxml", ".mxl", ".xml")  # of ABC and MusicXML
MUSIC_SUFFIXES = (*MIDI_SUFFIXES, *NOTATION_SUFFIXES)  # of all files that are read
GENERATED_MARK = "melodyrnn generate"  # the start of a text event in every file that melodyrnn generates
