"""The notes so far of a batch of scores, with a fast search for notes by onset.

Shapes: B scores, F fields of the vocabulary. Onsets are steps from the first bar line.
"""

from __future__ import annotations

import numpy as np

from ..arrays import IntArray

_NEVER = np.int64(2) ** 40  # an onset after every other, in steps


class History:
    """The values and onsets of the notes so far; all scores of the batch have the same number of notes.

    Attributes:
        bar: (B,) steps in a bar.
        values: (B, max_notes, F), values and not indices; rows from `length` on are not filled yet.
        shift, pitch: these fields of `values`, views of shape (B, max_notes).
        length: notes that each score has.
        last_onset: (B,) the onset of the last note, 0 before the first; later by what was waited since.
    """

    def __init__(self, bar: IntArray, fields: tuple[str, ...], max_notes: int) -> None:
        size = len(bar)
        self.bar = bar
        self.rows = np.arange(size)
        self.values = np.zeros((size, max_notes, len(fields)), dtype=np.int64)
        self.shift, self.pitch = (self.values[:, :, fields.index(name)] for name in ("shift", "pitch"))
        self.length = 0
        self.last_onset = np.zeros(size, dtype=np.int64)
        # Each row is padded with an onset after every other, so that it stays sorted, and starts after the row before,
        # so that one search over all rows finds a place in each.
        self._offset = self.rows * 2 * _NEVER
        self._onset = np.full((size, max_notes + 1), _NEVER) + self._offset[:, None]
        self._all_onsets = self._onset.reshape(-1)  # a view
        self._first = self.rows * self._onset.shape[1]

    def append(self, values: IntArray) -> None:
        """Append the next note of every score, values (B, F)."""
        self.values[:, self.length] = values
        self.last_onset = self.last_onset + self.shift[:, self.length]
        self._onset[:, self.length] = self.last_onset + self._offset
        self.length += 1

    def wait(self, steps: IntArray) -> None:
        """Let the next shift count from `steps` (B,) after the last onset; the onsets of the notes stay."""
        self.last_onset = self.last_onset + steps

    def first_after(self, spot: IntArray) -> IntArray:
        """Return the index of the first note after `spot` (..., B) steps; `length` where there is none."""
        return self._all_onsets.searchsorted(spot + self._offset, side="right") - self._first

    @property
    def last_pitch(self) -> IntArray:
        """The pitch of the last note, (B,); there must be one."""
        return self.pitch[:, self.length - 1]

    def num_notes_in(self, start: IntArray, stop: IntArray) -> IntArray:
        """Return the number of notes with an onset from `start` to before `stop` (B,) steps."""
        return self.first_after(stop - 1) - self.first_after(start - 1)

    def first_pitch_in(self, start: IntArray, stop: IntArray) -> IntArray:
        """Return the pitch of the first note with an onset from `start` to before `stop` (B,) steps; -1 for none."""
        index = self.first_after(start - 1)
        begins = self.onset_of(index) < stop  # the padding after the last note never does
        return np.where(begins, self.pitch[self.rows, np.minimum(index, self.pitch.shape[1] - 1)], -1)

    def note_at(self, spot: IntArray) -> IntArray:
        """Return the index of the last note whose onset is `spot` (..., B) steps; -1 where there is none."""
        index = self.first_after(spot) - 1  # -1 leads to the padding, which no spot equals
        return np.where(self._onset[self.rows, index] == spot + self._offset, index, -1)

    def onset_of(self, index: IntArray) -> IntArray:
        """Return the onsets of notes by index (..., B), in steps."""
        return self._onset[self.rows, index] - self._offset
