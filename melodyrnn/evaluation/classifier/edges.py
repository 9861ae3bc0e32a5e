"""The edges: the pick-up and the last note of the complete piece, which the other groups do not see."""

from __future__ import annotations

from .tune import Tune


def edges(tune: Tune) -> dict[str, float]:
    """Return the values of a tune by what they are, in words."""
    found = tune.edges
    return {
        "pieces with a pick-up": float(found.pickup > 0),
        "length of the pick-up (0 without), quarters": found.pickup,
        "last notes that end on a bar line": float(found.fills),
        "place of the last note in its bar, 0 to 1": found.place,
        "last notes that begin on a bar line": float(found.place == 0),
        "length of the last note, quarters": found.length,
        "last notes that are the tonic": float(found.tonic),
        "last notes reached by a leap of a fourth or more": float(abs(found.approach) >= 5),
        "last notes that repeat the note before": float(found.approach == 0),
    }
