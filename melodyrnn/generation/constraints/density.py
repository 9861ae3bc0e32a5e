"""A fixed number of notes per bar on average.

By the end of bar n there are ceil(density * (n + 1)) new notes; bars count from 0 at the first bar of new notes.
"""

from __future__ import annotations

import math

import numpy as np

from ...arrays import Bools, IntArray
from ...errors import SettingError
from ...events.vocabulary import Vocabulary
from .base import Constraint, State
from .room import Room


def no_room(most: int, density: float) -> SettingError:
    """Return the error that `density` notes do not fit into a bar, into which `most` do."""
    return SettingError(
        f"density and meter must leave room for the notes of a bar: at most {most}. Received: {density:g}"
    )


def too_few(least: int, num_bars: int, density: float) -> SettingError:
    """Return the error that the first and the last bar of a piece need more notes than `density` gives."""
    return SettingError(
        f"density must give {num_bars} bars at least {least} notes, in the first bar and in the last. "
        f"Received: {density:g}"
    )


def too_far_apart(density: float) -> SettingError:
    """Return the error that no shift is as long as the distance between notes of so low a density."""
    return SettingError(
        "density must be at least 1 for this model, which has seen no notes far enough apart for less. "
        f"Received: {density:g}"
    )


def notes_by_end(density: float, num_bars: int) -> IntArray:
    """Return the number of notes by the end of each bar, (num_bars,)."""
    return np.array([math.ceil(density * (n + 1) - 1e-9) for n in range(num_bars)], dtype=np.int64)


class Density(Constraint):
    """`density` notes in each bar of `bar` steps from the step `start` to the step `end`."""

    def __init__(self, density: float, vocabulary: Vocabulary, room: Room, start: int, end: int, bar: int) -> None:
        """Check the density. Raises SettingError where the notes do not fit into a bar or no shift is long enough."""
        self._room, self._start, self._bar = room, start, bar
        #: The number of notes by the end, and by the beginning, of each bar.
        self._by_end = notes_by_end(density, math.ceil((end - start) / bar))
        self._by_start = np.concatenate([[0], self._by_end[:-1]])
        self._total = int(self._by_end[-1])
        self._check(density, vocabulary.sorted_values["shift"])

    def allowed(self, field: str, state: State) -> Bools | None:
        if field != "shift":
            return None
        bar = np.clip((state.onset - self._start) // self._bar, 0, len(self._by_end) - 1)
        by_end, count = self._by_end[bar], state.count
        fits = self._room.fits(self._start + (bar + 1) * self._bar - state.onset)
        return (count >= self._by_start[bar]) & (count < by_end) & (by_end - count <= fits)

    def needs(self, state: State) -> IntArray | None:
        return self._total - state.count

    def room(self, state: State) -> IntArray | None:
        return self._total - state.count

    def _check(self, density: float, shift: IntArray) -> None:
        most = self._bar // self._room.smallest
        if math.ceil(density) > most or shift[-1] < self._bar:
            raise no_room(most, density)
        if not self._reaches_from_bar_to_bar(shift):
            raise too_far_apart(density)

    def _reaches_from_bar_to_bar(self, shift: IntArray) -> bool:
        """Return whether some shift leads from every position of a bar into the next bar that must have a note."""
        filled = np.flatnonzero(self._by_end - self._by_start)
        landing = (np.arange(self._bar)[:, None] + shift[None]) // self._bar
        return all((landing == gap).any(axis=1).all() for gap in np.unique(np.diff(filled)).tolist())
