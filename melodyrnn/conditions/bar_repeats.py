"""Labels that say which bars of a finished score repeat an earlier bar, and how many bars earlier.

The label of a bar is 1 where the bar is new and 2 + i where it repeats the bar `BARS_BACK[i]` bars before; 0 means
unknown. Two bars are similar where the Jaccard index of their (position in the bar, pitch) pairs is at least 0.7. Where
a bar is similar to several earlier ones, the distance is chosen at which the longest run of neighbouring bars is
similar too, and the smallest distance among runs of equal length. In a piece of sections ABA of four bars each, bar 9
therefore repeats bar 1 even where it happens to be similar to bar 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..arrays import Bools, Float64s, IntArray, common, distinct
from ..music.units import NUM_PITCHES
from ..score.score import Score
from ..score.slots import leading_part

BARS_BACK = (1, 2, 4, 8, 16)
UNKNOWN, NEW = 0, 1
NUM_LABELS = 2 + len(BARS_BACK)
_MIN_SIMILARITY = 0.7
_MAX_POSITIONS = 1 << 12  # more than the steps of any bar
_NOTES_PER_BAR = _MAX_POSITIONS * NUM_PITCHES  # different ones

Labels = npt.NDArray[np.uint8]


def form_of(melodies: Sequence[Score]) -> list[Labels]:
    """Return the labels of each score, uint8 (num_bars,); the bar of a pick-up counts as a new bar.

    Of several parts the leading one decides.
    """
    num_bars = np.array([m.num_bars for m in melodies], dtype=np.int64)
    melodies = [m if len(m.parts) == 1 else m[m.part == leading_part(m)] for m in melodies]
    owner = np.repeat(np.arange(len(melodies)), [len(m) for m in melodies])
    onset, pitch = (np.concatenate([getattr(m, name) for m in melodies]) for name in ("onset", "pitch"))
    bar = np.array([m.bar for m in melodies], dtype=np.int64)
    return np.split(labels_of(owner, onset, pitch, bar, num_bars), np.cumsum(num_bars)[:-1])


def labels_of(owner: IntArray, onset: IntArray, pitch: IntArray, bar: IntArray, num_bars: IntArray) -> Labels:
    """Return the labels of many pieces at once, one for each bar, piece after piece, uint8 (num_bars.sum(),).

    Args:
        owner, onset, pitch: of each note, (num_notes,): the number of its piece, in order; its onset in steps; its
            pitch, where each piece may be transposed as a whole; only its remainder by 128 counts.
        bar, num_bars: of each piece, (num_pieces,): steps in a bar, bars.
    """
    likeness = BarNotes.of(owner, onset, pitch, bar, num_bars).likeness()
    runs = np.zeros((1 + len(BARS_BACK), likeness.shape[1]), dtype=np.int64)
    for k, of_distance in enumerate(likeness, start=1):
        runs[k] = _run_lengths(of_distance >= _MIN_SIMILARITY)
    best = np.argmax(runs, axis=0)  # the first of equal maxima: the smallest distance, or "new" where no bar is similar
    return (NEW + best).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class BarNotes:
    """What stands in each bar of many pieces, as distinct numbers in order: of B bars in all, piece after piece.

    Attributes:
        notes: bar * `per_bar` + what stands in it.
        per_bar: more than any number within a bar.
        number: of each bar in its piece, from 0, (B,).
    """

    notes: IntArray
    per_bar: int
    number: IntArray

    @classmethod
    def of(cls, owner: IntArray, onset: IntArray, pitch: IntArray, bar: IntArray, num_bars: IntArray) -> BarNotes:
        """Return the (position in the bar, pitch) pairs of bars; the arguments are those of `labels_of`."""
        first = np.cumsum(num_bars) - num_bars
        slot = first[owner] + onset // bar[owner]
        notes = distinct((slot * _MAX_POSITIONS + onset % bar[owner]) * NUM_PITCHES + pitch % NUM_PITCHES)
        return cls(notes, _NOTES_PER_BAR, np.arange(int(num_bars.sum())) - np.repeat(first, num_bars))

    @property
    def slot(self) -> IntArray:
        """The bar of each note, counted over all pieces."""
        return self.notes // self.per_bar

    @property
    def position(self) -> IntArray:
        """The position in the bar of each note, in steps."""
        return self.notes % self.per_bar // (self.per_bar // _MAX_POSITIONS)

    def only(self, chosen: Bools) -> BarNotes:
        """Return the notes of a mask."""
        return BarNotes(self.notes[chosen], self.per_bar, self.number)

    def rhythm(self) -> BarNotes:
        """Return the positions alone."""
        return BarNotes(distinct(self.slot * _MAX_POSITIONS + self.position), _MAX_POSITIONS, self.number)

    def likeness(self) -> Float64s:
        """Return the Jaccard index of each bar and the bar `BARS_BACK[k]` before it, (len(BARS_BACK), B).

        It is 0 where there is no such bar, and for two bars without notes.
        """
        total = len(self.number)
        size = np.bincount(self.slot, minlength=total)
        out = np.zeros((len(BARS_BACK), total))
        for k, back in enumerate(BARS_BACK):
            shared = np.bincount(common(self.notes, self.notes + back * self.per_bar) // self.per_bar, minlength=total)
            before = np.concatenate([np.zeros(min(back, total), dtype=np.int64), size[: max(0, total - back)]])
            union = np.maximum(1, size + before - shared)
            out[k] = np.where(self.number >= back, shared / union, 0)
        return out


def _run_lengths(true: Bools) -> IntArray:
    """Return for each element the length of the run of true values around it; 0 where it is false."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], true, [False]]).astype(np.int8)))
    out = np.zeros(len(true), dtype=np.int64)
    lengths = edges[1::2] - edges[::2]
    out[true] = np.repeat(lengths, lengths)
    return out
