"""A number of notes for each bar of each melody.

Shapes: B melodies, S steps, up to K notes in a bar. Bars count from 0 at step 0.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, IntArray
from ...events.vocabulary import Vocabulary
from .base import Constraint, State
from .last_note import LastNotes, RoomToLastNote, usable_shifts
from .room import Steps

ANY = -1  # the number of notes of a bar that may have any, such as that of a pick-up


class BarCounts(Constraint):
    """Each bar has its number of notes, and the last of all is where it is to be."""

    def __init__(self, counts: IntArray, vocabulary: Vocabulary, bar: int, last: LastNotes) -> None:
        """Start with the numbers of notes of the bars, (B, number of bars), `ANY` for any, and their last notes."""
        self._bar, self._counts = bar, counts
        self._after = np.cumsum(np.maximum(counts, 0)[:, ::-1], axis=1)[:, ::-1]  # in each bar and those after it
        self._following = _following(counts)
        self._possible = self._find_possible(vocabulary, last.onset)
        self._rows = np.arange(len(counts))[:, None]
        self._most = self._find_most(vocabulary)

    def can_begin(self, start: IntArray) -> Bools:
        """Return whether each melody can have its numbers of notes from its first onset on, (B, 1) both."""
        return self._is_possible(start, np.ones_like(start))

    def allowed(self, field: str, state: State) -> Bools | None:
        if field != "shift":
            return None
        possible = self._is_possible(state.onset, state.in_bar_of(state.onset) + 1)
        return possible if state.first else possible & self._leaves_none_out(state)

    def needs(self, state: State) -> IntArray | None:
        return self._left(state)

    def room(self, state: State) -> IntArray | None:
        bar = self._bar_of(state.last_onset)
        return self._left(state) + np.where(self._counts[self._rows, bar] == ANY, self._bar, 0)

    def most_from(self, onset: IntArray) -> IntArray:
        """Return how many notes each melody can have at most, the first of them at `onset`, (B, V).

        In a bar with a number it counts all of that number.
        """
        steps = self._most.shape[1]
        inside = (onset >= 0) & (onset < steps)
        return np.where(inside, self._most[self._rows, np.clip(onset, 0, steps - 1)], 0)

    def _leaves_none_out(self, state: State) -> Bools:
        """Return whether a next note at `onset` leaves out none of this bar or of the bars before its own, (B, V)."""
        bar, following = self._bar_of(state.last_onset), state.onset // self._bar
        count = self._counts[self._rows, bar]
        is_full = (count == ANY) | (state.in_bar >= count)
        is_next = is_full & (following == self._following[self._rows, bar])
        return (following == state.last_onset // self._bar) | is_next

    def _left(self, state: State) -> IntArray:
        """Return how many notes are still to come, those of bars that may have any number left out."""
        if state.first:
            return self._after[:, :1]
        bar = self._bar_of(state.last_onset)
        count = self._counts[self._rows, bar]
        return self._after[self._rows, bar] - np.where(count == ANY, 0, np.minimum(state.in_bar, count))

    def _bar_of(self, onset: IntArray) -> IntArray:
        found: IntArray = np.clip(onset // self._bar, 0, self._counts.shape[1] - 1)
        return found

    def _is_possible(self, onset: IntArray, number: IntArray) -> Bools:
        """Return whether a note may begin at `onset` as the number-th of its bar, from 1, (B, V)."""
        _, steps, most = self._possible.shape
        number = np.where(self._counts[self._rows, self._bar_of(onset)] == ANY, 1, number)
        inside = (onset >= 0) & (onset < steps) & (number < most)
        return inside & self._possible[self._rows, np.clip(onset, 0, steps - 1), np.clip(number, 0, most - 1)]

    def _find_possible(self, vocabulary: Vocabulary, last: IntArray) -> Bools:
        """Return whether the k-th note of a bar may begin at a step, so that bars can have their numbers, (B, S, K).

        It is found from the last note backwards. In a bar that may have any number, k does not matter.
        """
        shift = usable_shifts(vocabulary)
        counts, bar = self._counts, self._bar
        size, steps, most = len(counts), int(last.max()) + 1, int(counts.max(initial=0)) + 2
        out = np.zeros((size, steps, most), dtype=bool)
        for step in range(steps - 1, -1, -1):
            place = step // bar
            count = counts[:, place, None]
            onset = step + shift[step + shift < steps]
            same, later = onset[onset // bar == place], onset[onset // bar > place]
            more = np.zeros((size, most), dtype=bool)
            more[:, :-1] = out[:, same, 1:].any(axis=1)
            over = (out[:, later, 1] & (later // bar == self._following[:, place, None])).any(axis=1)[:, None]
            number = np.arange(most)[None]
            any_more = out[:, same, 1].any(axis=1, keepdims=True)
            out[:, step] = np.where(
                count == ANY, any_more | over, np.where(number == count, over, more & (number < count))
            )
            is_last = last[:, 0] == step
            out[is_last, step] = (number == count)[is_last] | (count == ANY)[is_last]
            out[last[:, 0] < step, step] = False
        return out

    def _find_most(self, vocabulary: Vocabulary) -> IntArray:
        """Return the most notes from each step on, (B, S), see `most_from`."""
        shift = usable_shifts(vocabulary)
        steps = self._possible.shape[1]
        place = np.arange(steps) // self._bar
        most = self._after[:, place]
        later = most - np.maximum(self._counts[:, place], 0)  # after the bar of a step
        for step in range(steps - 1, -1, -1):
            free = self._counts[:, place[step]] == ANY
            if free.any():
                onset = step + shift[(step + shift < steps) & ((step + shift) // self._bar == place[step])]
                here = np.where(self._possible[:, onset, 1], most[:, onset], later[:, step, None])
                most[free, step] = 1 + np.maximum(later[:, step], here.max(axis=1, initial=0))[free]
        return most


class RoomInBars(RoomToLastNote):
    """The room up to the last note of each melody, in bars that have their numbers of notes."""

    def __init__(self, vocabulary: Vocabulary, end: Steps, last: LastNotes, counts: BarCounts) -> None:
        super().__init__(vocabulary, end, last)
        self._counts = counts

    def fits_from(self, onset: IntArray) -> IntArray:
        return np.minimum(super().fits_from(onset), self._counts.most_from(onset))


def _following(counts: IntArray) -> IntArray:
    """Return for each bar the next one with notes, (B, number of bars); the number of bars where there is none."""
    out = np.full(counts.shape, counts.shape[1])
    for place in range(counts.shape[1] - 2, -1, -1):
        out[:, place] = np.where(counts[:, place + 1] != 0, place + 1, out[:, place + 1])
    return out
