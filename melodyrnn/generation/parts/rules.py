"""The rules of what may come next in a piece of several parts.

A rule says which shifts, parts, durations and values the next new event may have; given events come when their turn is.
Shapes: B pieces, V values of a field, P parts of the vocabulary. Onsets and ends are in steps; values are those of the
vocabulary, relative to the tonic.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, IntArray
from ...events.fields import FIELD_OF_KIND
from ...events.parts.history import NOTHING
from ...events.until_next import UNTIL_NEXT
from ...events.vocabulary import Vocabulary
from ...music.units import NUM_PITCHES
from .ending import NEVER, Ending
from .leading import Leading
from .needs import Needs
from .plan import PartsPlan, index_of_slots
from .state import State
from .values import check_values, values_of

_ANY = 128  # more notes than begin together


class Rules:
    """The rules of a plan."""

    def __init__(self, vocabulary: Vocabulary, plan: PartsPlan) -> None:
        """Check the wishes. Raises SettingError where the model has no value that meets those for a part."""
        self._plan, self._vocabulary = plan, vocabulary
        self._shift, self._duration = (vocabulary.sorted_values[name] for name in ("shift", "duration"))
        parts = range(len(vocabulary.parts))
        self._is_drawn = np.isin(parts, plan.drawn)
        self._is_line = np.isin(parts, plan.lines)
        wishes = [plan.wishes_of(part) for part in parts]
        most = [1 if line else wish.polyphony or _ANY for wish, line in zip(wishes, self._is_line, strict=True)]
        self._polyphony = np.array(most)
        self._reach = np.array([wish.max_interval or NUM_PITCHES for wish in wishes])
        self._values = [values_of(vocabulary, plan, part) for part in parts]
        self._has_pitch = self._pitches(len(parts))
        self._ending = Ending(vocabulary, plan, self._values)
        self._needs = Needs(plan, len(parts), self._ending)
        self._next_given, given_values = self._given_notes(len(parts))
        self._leading = Leading(vocabulary, plan, self._next_given, given_values)
        for part in plan.drawn:
            own = self._values[part], int(self._polyphony[part]), part == self._ending.part
            check_values(vocabulary, plan, part, *own)

    # what is allowed

    def shifts(self, state: State) -> Bools:
        """Return which shifts a new event may have, (B, V)."""
        return self._onsets(state, state.onset[:, None] + self._shift)

    def deadline(self, state: State) -> IntArray:
        """Return the latest onset of the next new event, (B,); after every other where the piece needs none."""
        return self._needs.deadline(state)

    def first_onset(self, state: State) -> IntArray:
        """Return the first onset at which a new event may be, (B,), by whatever shift; after every other for none."""
        ahead = np.maximum(state.onset, self._plan.start)[:, None] + np.arange(2 * self._plan.bar)
        allowed = self._onsets(state, ahead)
        first = ahead[np.arange(len(ahead)), allowed.argmax(axis=1)]
        return np.where(allowed.any(axis=1), first, NEVER)

    def parts(self, state: State, onset: IntArray) -> Bools:
        """Return which parts a new event at `onset` (B,) may have, (B, P): none after the first that is due."""
        allowed = self._begins(state, onset[:, None])[:, 0]
        return allowed & (np.arange(allowed.shape[1]) <= self._first_due(allowed, state, onset)[:, None])

    def first_due(self, state: State, onset: IntArray) -> IntArray:
        """Return the first part that must begin an event at `onset` (B,), (B,); the number of parts where none must."""
        return self._first_due(self._begins(state, onset[:, None])[:, 0], state, onset)

    def durations(self, state: State, onset: IntArray, part: IntArray) -> Bools:
        """Return which durations a new event may have, (B, V)."""
        end = onset[:, None] + self._duration
        limit = np.minimum(self._needs.latest_end(state, onset, part), self._plan.stop)
        for number in np.unique(part):
            own = np.flatnonzero(part == number)
            if self._is_line[number]:
                limit[own] = np.minimum(limit[own], self.next_given(int(number), onset[own]))
            if number == self._ending.part:
                is_open = self._open(state, own, int(number), onset[own])
                nearest = np.where(is_open, self._ending.distance, NEVER).min(axis=1)
                limit[own] = np.minimum(limit[own], self._ending.latest_end(nearest))
        return (end <= limit[:, None]) | (self._duration == UNTIL_NEXT)

    def values(self, state: State, onset: IntArray, part: IntArray, field: str, duration: IntArray) -> Bools:
        """Return which values of a field the events of its kind may have, (B, V); all where the part has another."""
        known = self._vocabulary.sorted_values[field]
        allowed = np.ones((len(onset), len(known)), dtype=bool)
        ends = onset + np.maximum(duration, 1)
        rows = zip(part.tolist(), onset.tolist(), ends.tolist(), strict=True)
        for row, (number, step, end) in enumerate(rows):
            if FIELD_OF_KIND[self._vocabulary.kinds[number]] == field:
                allowed[row] = self._value_mask(state, row, number, step, end, known)
        return allowed

    def may_end(self, state: State) -> Bools:
        """Return which pieces, with no given event left, may end after their last event, (B,)."""
        plan = self._plan
        is_last_bar = (state.onset >= plan.length - plan.bar) | (plan.stop < plan.length)
        return self.is_complete(state) & is_last_bar

    def is_complete(self, state: State) -> Bools:
        """Return which pieces need no further event, (B,)."""
        has_all: Bools = np.logical_and.reduce((state.count > 0)[:, self._is_drawn], axis=1)
        return has_all & (self._needs.deadline(state) >= NEVER)

    def next_given(self, part: int, onset: IntArray) -> IntArray:
        """Return the first onset of a given note of a part after `onset`; after every other where there is none."""
        times = self._next_given[part]
        return np.append(times, NEVER)[np.searchsorted(times, onset, side="right")]

    # parts of the rules

    def _onsets(self, state: State, onset: IntArray) -> Bools:
        """Return at which onsets, (B, N), the next new event may be."""
        allowed: Bools = self._begins(state, onset).any(axis=-1) & (onset <= self._needs.deadline(state)[:, None])
        if self._plan.given is None and not state.count.any():
            allowed &= onset == self._plan.start
        return allowed

    def _begins(self, state: State, onset: IntArray) -> Bools:
        """Return which parts may begin an event at onsets (B, N), (B, N, P)."""
        begins = self._can_begin(state, onset)
        is_now = (onset == state.onset[:, None])[..., None]
        return np.where(is_now, begins & self._after_last(state)[:, None], begins)

    def _can_begin(self, state: State, onset: IntArray) -> Bools:
        """Return which parts may begin an event at onsets (B, N), by all but the order at an onset, (B, N, P)."""
        plan = self._plan
        inside = (onset >= plan.start) & (onset < plan.stop)
        free_from = np.where(self._is_line, state.end, self._free_from(state))
        free = free_from[:, None] <= onset[..., None]
        if self._ending.part is not None:
            free[..., self._ending.part] &= self._leads(state, onset, self._ending.part)
        is_now = onset[..., None] == state.onset[:, None, None]
        more = ~is_now | (state.part == NOTHING)[:, None, None] | (state.at_onset < self._polyphony)[:, None]
        in_bar = np.where((onset // plan.bar == state.bar[:, None])[..., None], state.in_bar[:, None], 0)
        under = (self._needs.quota == 0) | (in_bar < self._needs.quota)
        return self._is_drawn & inside[..., None] & free & more & under

    def _leads(self, state: State, onset: IntArray, part: int) -> Bools:
        """Return at which onsets (B, N) the part that ends the piece has a pitch from which it reaches the tonic."""
        until = self._ending.latest_end(self._ending.distance)
        left = self._needs.notes_left(state.in_bar[:, part, None], state.bar[:, None], part, onset)
        if (onset < until.min()).all() and (left >= NUM_PITCHES).all():  # more than any way takes
            return np.ones(onset.shape, dtype=bool)
        is_free = state.sounding[:, part, None] <= onset[..., None]
        in_time = (onset[..., None] < until) & (self._ending.distance <= left[..., None])
        leads: Bools = np.any(is_free & in_time & self._reachable(state)[:, part, None], axis=2)
        return leads

    def _free_from(self, state: State) -> IntArray:
        """Return from which onset on each part has a pitch that does not sound, (B, P)."""
        free: IntArray = np.where(self._reachable(state), state.sounding, NEVER).min(axis=2)
        return np.where(self._has_pitch.any(axis=1), free, 0)

    def _reachable(self, state: State) -> Bools:
        """Return which pitches or drums each part may have by the wishes, (B, P, 128), if it begins after its last."""
        distance = np.abs(np.arange(NUM_PITCHES) - state.last[..., None])
        reachable: Bools = self._has_pitch & ((distance <= self._reach[:, None]) | (state.last < 0)[..., None])
        return reachable

    def _open(self, state: State, rows: IntArray, part: int, onset: IntArray) -> Bools:
        """Return which pitches or drums an event of a part may have in pieces `rows` (N,) at onsets (N,), (N, 128)."""
        pitch = np.arange(NUM_PITCHES)
        is_chord = ((onset == state.onset[rows]) & (state.part[rows] == part))[:, None]
        last = np.where(is_chord, state.before[rows, part, None], state.last[rows, part, None])
        found: Bools = self._has_pitch[part] & (state.sounding[rows, part] <= onset[:, None])
        near = (np.abs(pitch - last) <= self._reach[part]) | (last < 0)
        return found & near & (~is_chord | (pitch > state.value[rows, None]))

    def _after_last(self, state: State) -> Bools:
        """Return which parts come after the last event at its onset, (B, P)."""
        parts = np.arange(len(self._values))
        has_more = np.zeros(len(state.onset), dtype=bool)
        for part in np.unique(state.part[state.part != NOTHING]).tolist():
            rows = np.flatnonzero(state.part == part)
            above = self._open(state, rows, part, state.onset[rows])
            if part == self._ending.part:
                onset = state.onset[rows]
                left = self._needs.notes_left(state.in_bar[rows, part], state.bar[rows], part, onset)[:, None]
                above = above & (onset[:, None] < self._ending.latest_end(self._ending.distance))
                above &= self._ending.distance <= left
            has_more[rows] = above.any(axis=1)
        same = (parts == state.part[:, None]) & ~self._is_line & has_more[:, None]
        return (state.part == NOTHING)[:, None] | (parts > state.part[:, None]) | same

    def _first_due(self, allowed: Bools, state: State, onset: IntArray) -> IntArray:
        due = self._needs.due(state, onset) & allowed
        return np.where(due.any(axis=1), due.argmax(axis=1), due.shape[1])

    def _value_mask(self, state: State, row: int, part: int, onset: int, end: int, known: IntArray) -> Bools:
        """Return which values of a field an event of a part from an onset to its end may have, (V,)."""
        if self._vocabulary.kinds[part] == "chords":
            return np.ones(len(known), dtype=bool)
        allowed = self._open(state, np.array([row]), part, np.array([onset]))[0, known]
        if part == self._ending.part:
            left = self._needs.notes_left(state.in_bar[row, part], state.bar[row], part, np.array(onset))
            allowed = self._ending.narrow(allowed, known, onset, end, int(left))
        if self._vocabulary.kinds[part] == "melodic":
            allowed = self._leading.narrow(allowed, known, state, row, part, onset)
        placed = int(state.at_onset[row, part]) if onset == state.onset[row] and part == state.part[row] else 0
        return _with_room_above(allowed, int(self._needs.together[part]) - 1 - placed)

    def _pitches(self, num_parts: int) -> Bools:
        """Return which pitches or drums each part may have, (P, 128); none of chord symbols."""
        found = np.zeros((num_parts, NUM_PITCHES), dtype=bool)
        for part, values in enumerate(self._values):
            if self._vocabulary.kinds[part] != "chords":
                found[part, values] = True
        return found

    def _given_notes(self, num_parts: int) -> tuple[list[IntArray], list[IntArray]]:
        """Return the onsets of the given notes of each part, and their values."""
        given = self._plan.given
        if given is None:
            none = [np.zeros(0, dtype=np.int64)] * num_parts
            return none, none
        own = index_of_slots(self._vocabulary, given.parts)[given.part]
        value = given.pitch - self._vocabulary.events.transposition(self._plan.key)
        of_parts = [own == part for part in range(num_parts)]
        return [given.onset[one] for one in of_parts], [value[one] for one in of_parts]


def _with_room_above(allowed: Bools, count: int) -> Bools:
    """Return the allowed values without the highest `count`, because the notes of a chord come from low to high."""
    places = np.flatnonzero(allowed)
    if 0 < count < len(places):
        allowed[places[-count:]] = False
    return allowed
