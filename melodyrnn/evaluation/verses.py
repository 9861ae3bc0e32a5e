"""Finds verses that repeat within a piece, as hymns and strophic songs have them written out.

A piece repeats its verse where all of its music is played again from the beginning, once or more often and to the end,
after at least eight bars or a third of the piece: nine of ten later notes have the pitch of a note of their part one
verse earlier, and they are nearly as many as those of the verse. So tunes of the form AABB or AABA do not repeat a
verse; played twice they do.

Conventions: times are steps of the grid.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Bools, IntArray
from ..score.score import Score

_MIN_BARS = 8  # of a verse,
_MIN_SHARE = 1 / 3  # or of the piece
_MIN_EQUAL = 0.9  # share of the notes after the first verse that repeat one of the verse before
_MIN_AGAIN = 0.9  # of the notes of a verse must follow it, so that the last verse may be a little shorter
_PITCHES = 1 << 16  # more than there are pitches and codes of chords


def repeated_notes(score: Score) -> Bools:
    """Return which notes are of repeated verses, all but the first, shape (num_notes,)."""
    verse = verse_length(score)
    if verse is None:
        return np.zeros(len(score), dtype=bool)
    late: Bools = score.onset >= score.onset[0] + verse
    return late


def verse_length(score: Score) -> int | None:
    """Return the steps from the first verse to the second, the shortest; None for a piece that repeats no verse."""
    if not len(score):
        return None
    onset = score.onset - score.onset[0]
    end = int((onset + score.duration).max())
    shortest = max(1, min(_MIN_BARS * score.bar, int(end * _MIN_SHARE)))
    longest = int(onset[-1])
    if longest < shortest:
        return None
    equal = _equal_notes(onset, score.part.astype(np.int64) * _PITCHES + score.pitch, longest)
    before = np.searchsorted(onset, np.arange(longest + 1))
    after = len(onset) - before
    is_verse = (equal >= _MIN_EQUAL * after) & (after >= _MIN_AGAIN * before)
    found = np.flatnonzero(is_verse[shortest:])
    return shortest + int(found[0]) if len(found) else None


def _equal_notes(onset: IntArray, pitch: IntArray, longest: int) -> IntArray:
    """Return for each time how many notes have the pitch of a note that much earlier, shape (longest + 1,).

    Args:
        onset: shape (num_notes,), in order.
        pitch: shape (num_notes,), the same only for the same pitch of the same part.
    """
    counts = np.zeros(longest + 1, dtype=np.int64)
    for one in np.unique(pitch):
        own = onset[pitch == one]
        first = np.searchsorted(own, own - longest)
        for place, begin in enumerate(first.tolist()):
            counts[own[place] - own[begin:place]] += 1
    return counts
