"""Defaults of tasks that the help of a command names; apart from the tasks, whose import takes longer than the help."""

GENERATED_FOLDER = "melodies"
NUM_COMPARED = 500  # pieces that a model generates to be compared
DOTS_PER_INCH = 120  # of a PNG
