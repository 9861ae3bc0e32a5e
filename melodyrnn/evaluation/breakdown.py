"""Bits per note of groups of notes: by part, by the length of the passage that had occurred before, and by verse.

The arguments are those of `bits.Evaluation`; lists have an item for each piece.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Bools, Float64s, IntArray
from .bootstrap import ratio_interval
from .figures import MatchFigures, PartFigures, VerseFigures

# Label → (shortest, longest) length of the passage that the look-back by content has matched before a note.
MATCHES = {"0": (0, 0), "1": (1, 1), "2-3": (2, 3), "4+": (4, 255)}


def by_part(
    bits: Sequence[Float64s],
    part: Sequence[IntArray],
    given: Sequence[Bools],
    fields: Sequence[str],
    parts: Sequence[str],
) -> dict[str, PartFigures]:
    """Return the bits per note of each part that has notes, by its name."""
    bit, place = np.concatenate(bits), np.concatenate(part)
    is_given = np.concatenate(given) if given else np.zeros(len(place), dtype=bool)
    figures: dict[str, PartFigures] = {}
    for number, name in enumerate(parts):
        own = place == number
        if own.any():
            notes = int(np.count_nonzero(own & ~is_given))
            per_note = (bit[own].sum(axis=0) / np.count_nonzero(own)).tolist()
            by_field = dict(zip(fields, per_note, strict=True))
            figures[name] = {"bits_per_note": sum(per_note), "fields": by_field, "notes": notes, "given": not notes}
    return figures


def by_match(bits: Sequence[Float64s], match: Sequence[IntArray]) -> dict[str, MatchFigures]:
    """Return the bits per note after matched passages of each length."""
    total, length = np.concatenate(bits).sum(axis=1), np.concatenate(match)
    figures: dict[str, MatchFigures] = {}
    for label, (low, high) in MATCHES.items():
        chosen = (length >= low) & (length <= high)
        mean = float(total[chosen].mean()) if chosen.any() else None
        figures[label] = {"bits_per_note": mean, "notes": int(chosen.sum())}
    return figures


def by_verse(
    bits: Sequence[Float64s],
    condition_bits: Sequence[float],
    repeated: Sequence[Bools],
    given: Sequence[Bools],
    rng: np.random.Generator,
) -> VerseFigures:
    """Return the bits per note of verses that repeat within a piece, and of all other notes with key and length."""
    none = [np.zeros(len(own), dtype=bool) for own in bits]
    late, is_given = repeated or none, given or none
    again = [int(np.count_nonzero(one & ~own)) for one, own in zip(late, is_given, strict=True)]
    first = [int(np.count_nonzero(~one & ~own)) for one, own in zip(late, is_given, strict=True)]
    bits_again = [float(table[one].sum()) for table, one in zip(bits, late, strict=True)]
    rest = zip(bits, late, condition_bits, strict=True)
    bits_first = [float(table[~one].sum()) + extra for table, one, extra in rest]
    return {
        "pieces": sum(count > 0 for count in again),
        "notes": sum(again),
        "bits_per_note": sum(bits_again) / sum(again) if sum(again) else None,
        "without": sum(bits_first) / max(1, sum(first)),
        "without_interval": list(ratio_interval(bits_first, first, rng)),
    }
