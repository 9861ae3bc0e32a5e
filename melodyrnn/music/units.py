"""Constants that several modules count with, each defined once.

Sources: Standard MIDI Files 1.0 (tempo), General MIDI 1 (drum channel).
"""

DRUM_CHANNEL = 9
DEFAULT_TEMPO = 500_000  # µs per quarter note where a file names none
STEPS_PER_QUARTER = 12  # of the grid: sixteenths (3 steps) and eighth triplets (4 steps) are exact
TICKS_PER_QUARTER = 480  # of the files that are written
NUM_PITCHES = 128
NUM_PITCH_CLASSES = 12
