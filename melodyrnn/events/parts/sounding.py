"""What sounds at an onset of a batch of scores with several parts, from the last events.

Shapes: B scores, P parts, W the last events, at most `_WINDOW`: of notes that began earlier nothing is known.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, Columns, IntArray
from ...music.units import NUM_PITCH_CLASSES
from ..until_next import UNTIL_NEXT
from .history import NOTHING, PartHistory
from .inputs import MAX_STEPS

_WINDOW = 64
_OPEN = np.int64(2) ** 40  # the end of a note that lasts until the next note of its part, before that is known


class Sounding:
    """The ends of the events of a history."""

    def __init__(self, history: PartHistory, fields: tuple[str, ...]) -> None:
        size, max_notes = history.values.shape[:2]
        self._history = history
        self._end = np.zeros((size, max_notes), dtype=np.int64)
        self._duration_at = fields.index("duration")
        self._is_melodic = np.array([kind == "melodic" for kind in history.kinds])

    def append(self) -> None:
        """Update the ends for the event that was last appended to the history."""
        history, now = self._history, self._history.length - 1
        onset, duration = history.last_onset, history.values[:, now, self._duration_at]
        seen = self._window()
        own = (history.part[:, seen] == history.part[:, now, None]) & (self._end[:, seen] == _OPEN)
        earlier = own & (history.time[:, seen] < onset[:, None])
        self._end[:, seen] = np.where(earlier, onset[:, None], self._end[:, seen])
        self._end[:, now] = np.where(duration == UNTIL_NEXT, _OPEN, onset + duration)

    def classes(self, onset: IntArray) -> Columns:
        """Return for each pitch class 1 where it is held at `onset` (B,), + 2 where it begins there, (B, 12)."""
        history, seen = self._history, self._window()
        out = np.zeros((len(onset), NUM_PITCH_CLASSES), dtype=np.uint8)
        sounds = self._sounds(onset) & self._is_melodic[history.part[:, seen]]
        row, place = np.nonzero(sounds)
        begins = history.time[:, seen][row, place] == onset[row]
        pitch_class = history.value[:, seen][row, place] % NUM_PITCH_CLASSES
        np.bitwise_or.at(out, (row, pitch_class), np.where(begins, 2, 1).astype(np.uint8))
        return out

    def lowest(self, onset: IntArray) -> IntArray:
        """Return the lowest pitch that sounds at `onset`, (B,); -1 where none does."""
        history, seen = self._history, self._window()
        sounds = self._sounds(onset) & self._is_melodic[history.part[:, seen]]
        lowest = np.where(sounds, history.value[:, seen], _OPEN).min(axis=1, initial=_OPEN)
        return np.where(lowest < _OPEN, lowest, -1)

    def of_parts(self, onset: IntArray) -> tuple[IntArray, IntArray]:
        """Return for each part the highest value that sounds at `onset` (-1 for none), and how it lasts, both (B, P).

        It lasts for a number of steps from 1 to `MAX_STEPS`, or is open and began 0 to `MAX_STEPS` steps ago, which
        `MAX_STEPS` + 1 is added to; 0 where nothing sounds.
        """
        history, seen = self._history, self._window()
        sounds, part, value = self._sounds(onset), history.part[:, seen], history.value[:, seen]
        left = self._end[:, seen] - onset[:, None]
        since = np.minimum(onset[:, None] - history.time[:, seen], MAX_STEPS) + MAX_STEPS + 1
        lasting = np.where(self._end[:, seen] == _OPEN, since, np.minimum(left, MAX_STEPS))
        highest = np.full((len(onset), len(history.kinds)), NOTHING)
        lasts = np.zeros_like(highest)
        for number in range(len(history.kinds)):
            own = np.where(sounds & (part == number), value, -1)
            if not own.shape[1]:
                continue
            top = own.argmax(axis=1)
            highest[:, number] = own[history.rows, top]
            lasts[:, number] = np.where(highest[:, number] >= 0, lasting[history.rows, top], 0)
        return highest, lasts

    def _sounds(self, onset: IntArray) -> Bools:
        return self._end[:, self._window()] > onset[:, None]

    def _window(self) -> slice:
        length = self._history.length
        return slice(max(0, length - _WINDOW), length)
