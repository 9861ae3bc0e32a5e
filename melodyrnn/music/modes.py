"""The modes of keys: their scales, and how each differs from major or minor.

Every mode belongs to major or minor by its third, its basis: programs and models that know only those two take it for
its basis. Degrees are semitones above the tonic, 0..11.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode.

    Attributes:
        name: as in the name of a key, "E dorian".
        basis: "major" or "minor".
        fifths: from the tonic of the major key with the same key signature to its own, on the line of fifths.
        scale: its degrees, ascending.
    """

    name: str
    basis: str
    fifths: int
    scale: tuple[int, ...]

    @property
    def third(self) -> int:
        """The third of the scale, 3 or 4."""
        return 4 if self.basis == "major" else 3


_ALL = (
    Mode("major", "major", 0, (0, 2, 4, 5, 7, 9, 11)),
    Mode("minor", "minor", 3, (0, 2, 3, 5, 7, 8, 10)),
    Mode("dorian", "minor", 2, (0, 2, 3, 5, 7, 9, 10)),
    Mode("mixolydian", "major", 1, (0, 2, 4, 5, 7, 9, 10)),
    Mode("lydian", "major", -1, (0, 2, 4, 6, 7, 9, 11)),
    Mode("phrygian", "minor", 4, (0, 1, 3, 5, 7, 8, 10)),
)
MODE = {mode.name: mode for mode in _ALL}
MODES = tuple(MODE)
BASIC_MODES = MODES[:2]  # those of MIDI key signatures
# For each of the other modes the degree that its basis lacks, and the one that the basis has instead.
OWN_DEGREES = {"dorian": (9, 8), "mixolydian": (10, 11), "lydian": (6, 5), "phrygian": (1, 2)}
