"""The rules of what may come next in a piece of several parts.

A rule says which shifts, parts, durations and values the next new event may have; given events come when their turn is.
Shapes: B pieces, V values of a field, P parts of the vocabulary. Onsets and ends are in steps; values are those of the
vocabulary, relative to the tonic.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, IntArray
from ...errors import SettingError
from ...events.fields import FIELD_OF_KIND
from ...events.parts.history import NOTHING
from ...events.parts.names import part_name
from ...events.until_next import UNTIL_NEXT
from ...events.vocabulary import Vocabulary
from ...music.units import NUM_PITCH_CLASSES, STEPS_PER_QUARTER
from ..part_wishes import MAX_POLYPHONY
from .plan import PartsPlan, index_of_slots
from .state import State

_STEPS_APART = 3
_NEVER = 1 << 40


class Rules:
    """The rules of a plan."""

    def __init__(self, vocabulary: Vocabulary, plan: PartsPlan) -> None:
        """Check the wishes. Raises SettingError where the model has no value that meets those for a part."""
        known = vocabulary.sorted_values
        self._plan, self._vocabulary = plan, vocabulary
        self._shift, self._duration = known["shift"], known["duration"]
        num_parts = len(vocabulary.parts)
        parts = np.arange(num_parts)
        self._is_drawn = np.isin(parts, plan.drawn)
        self._is_line = np.isin(parts, plan.lines)
        wishes = [plan.wishes_of(part) for part in range(num_parts)]
        most = [1 if line else wish.polyphony or 128 for wish, line in zip(wishes, self._is_line, strict=True)]
        self._polyphony = np.array(most)
        self._quota = np.array([int(wish.density or 0) for wish in wishes])
        # the time that each further note of a bar is counted with: a shift of every vocabulary
        self._smallest = _STEPS_APART
        self._max_interval = [wish.max_interval for wish in wishes]
        self._values = [self._values_of(part) for part in range(num_parts)]
        self._tonic = self._tonic_part()
        self._next_given = self._given_onsets(num_parts)
        self._check()

    # what is allowed

    def shifts(self, state: State) -> Bools:
        """Return which shifts a new event may have, (B, V)."""
        onset = state.onset[:, None] + self._shift
        begins = self._can_begin(state, onset)
        now = self._after_last(state)
        begins = np.where((self._shift == 0)[:, None], begins & now[:, None], begins)
        allowed = begins.any(axis=-1) & (onset <= self._deadline(state)[:, None])
        if self._plan.given is None and not state.count.any():
            allowed &= onset == self._plan.start
        return allowed

    def parts(self, state: State, onset: IntArray) -> Bools:
        """Return which parts a new event at `onset` (B,) may have, (B, P)."""
        allowed = self._can_begin(state, onset[:, None])[:, 0]
        allowed = np.where((onset == state.onset)[:, None], allowed & self._after_last(state), allowed)
        due = self._is_due(state, onset)
        first = np.where(due.any(axis=1), due.argmax(axis=1), len(self._values))
        return allowed & (np.arange(allowed.shape[1]) <= first[:, None])

    def durations(self, state: State, onset: IntArray, part: IntArray) -> Bools:
        """Return which durations a new event may have, (B, V)."""
        end = onset[:, None] + self._duration
        limit = np.minimum(self._latest_end(state, onset, part), self._plan.stop)
        for number in np.unique(part):
            if self._is_line[number]:
                own = part == number
                limit[own] = np.minimum(limit[own], self.next_given(int(number), onset[own]))
        return (end <= limit[:, None]) | (self._duration == UNTIL_NEXT)

    def values(self, state: State, onset: IntArray, part: IntArray, field: str) -> Bools:
        """Return which values of a field the events of its kind may have, (B, V); all where the part has another."""
        known = self._vocabulary.sorted_values[field]
        allowed = np.ones((len(onset), len(known)), dtype=bool)
        for row, (number, step) in enumerate(zip(part.tolist(), onset.tolist(), strict=True)):
            if self._field_of(number) == field:
                allowed[row] = self._value_mask(state, row, number, step, known)
        return allowed

    def may_end(self, state: State) -> Bools:
        """Return which pieces, with no given event left, may end after their last event, (B,)."""
        plan, complete = self._plan, self.is_complete(state)
        if plan.stop < plan.length:
            return complete
        rules = [
            complete,
            state.onset >= plan.length - plan.bar,
            self._deadline(state) >= _NEVER,
            ~self._is_due(state, state.onset).any(axis=1),
        ]
        if self._tonic is not None:
            rules.append(state.last[:, self._tonic] % NUM_PITCH_CLASSES == 0)
        ends: Bools = np.all(np.array(rules), axis=0)
        return ends

    def is_complete(self, state: State) -> Bools:
        """Return which pieces have a new note in every drawn part, (B,)."""
        return np.logical_and.reduce((state.count > 0)[:, self._is_drawn], axis=1)

    def next_given(self, part: int, onset: IntArray) -> IntArray:
        """Return the first onset of a given note of a part after `onset`; after every other where there is none."""
        times = self._next_given[part]
        return np.append(times, _NEVER)[np.searchsorted(times, onset, side="right")]

    # parts of the rules

    def _can_begin(self, state: State, onset: IntArray) -> Bools:
        """Return which parts may begin an event at onsets (B, N), by all but the order at an onset, (B, N, P)."""
        plan = self._plan
        inside = (onset >= plan.start) & (onset < plan.stop)
        free = np.where(self._is_line, state.end[:, None] <= onset[..., None], True)
        is_now = onset[..., None] == state.onset[:, None, None]
        more = ~is_now | (state.part == NOTHING)[:, None, None] | (state.at_onset < self._polyphony)[:, None]
        in_bar = np.where((onset // plan.bar == state.bar[:, None])[..., None], state.in_bar[:, None], 0)
        under = (self._quota == 0) | (in_bar < self._quota)
        return self._is_drawn & inside[..., None] & free & more & under

    def _after_last(self, state: State) -> Bools:
        """Return which parts come after the last event at its onset, (B, P)."""
        parts = np.arange(len(self._values))
        same = (parts == state.part[:, None]) & ~self._is_line & (state.value < self._highest(state))[:, None]
        return (state.part == NOTHING)[:, None] | (parts > state.part[:, None]) | same

    def _highest(self, state: State) -> IntArray:
        """Return the highest value that the part of the last event may have, (B,)."""
        highest = np.array([own.max(initial=-1) for own in self._values])
        return highest[np.maximum(state.part, 0)]

    def _deadline(self, state: State) -> IntArray:
        """Return the latest onset of the next event, (B,), so that each part can have its notes of this bar."""
        plan = self._plan
        needs = self._quota - np.where((state.onset // plan.bar == state.bar)[:, None], state.in_bar, 0)
        end = np.minimum((state.onset // plan.bar + 1) * plan.bar, plan.stop)
        together = np.where(self._is_line, 1, self._polyphony)
        times = -(-np.maximum(needs, 0) // together) - 1
        latest = end[:, None] - 1 - times * self._smallest
        latest = np.where((needs > 0) & self._is_drawn & (state.onset >= plan.start)[:, None], latest, _NEVER)
        following = end + plan.bar - 1 - self._smallest * (self._quota.max(initial=1) - 1)
        soonest = np.where((self._quota > 0).any() & (end < plan.stop), following, _NEVER)
        return np.minimum(latest.min(axis=1), soonest)

    def _latest_end(self, state: State, onset: IntArray, part: IntArray) -> IntArray:
        """Return by when a new note of a part must end, (B,), so that a line has time for its notes of this bar."""
        bar, rows = self._plan.bar, np.arange(len(onset))
        quota = self._quota[part]
        so_far = np.where(onset // bar == state.bar, state.in_bar[rows, part], 0) + 1
        end = (onset // bar + 1) * bar
        here = end - 1 - (quota - so_far - 1) * self._smallest
        following = end + bar - 1 - (quota - 1) * self._smallest
        latest = np.where(so_far < quota, here, following)
        return np.where(self._is_line[part] & (quota > 0), latest, _NEVER)

    def _is_due(self, state: State, onset: IntArray) -> Bools:
        """Return which parts must begin an event at `onset` (B,) or miss their notes of the bar, (B, P)."""
        plan = self._plan
        needs = self._quota - np.where((onset // plan.bar == state.bar)[:, None], state.in_bar, 0)
        placed = np.where((onset == state.onset)[:, None] & (state.part != NOTHING)[:, None], state.at_onset, 0)
        end = np.minimum((onset // plan.bar + 1) * plan.bar, plan.stop)
        together = np.where(self._is_line, 1, self._polyphony)
        left = np.where(placed < together, 1, 0) + (end - onset - 1)[:, None] // self._smallest
        return self._is_drawn & (needs > 0) & (-(-needs // together) >= left) & (placed < together)

    def _value_mask(self, state: State, row: int, part: int, onset: int, known: IntArray) -> Bools:
        """Return which values of a field an event of a part at an onset may have, (V,)."""
        allowed = np.zeros(len(known), dtype=bool)
        allowed[np.searchsorted(known, self._values[part])] = True
        if onset == state.onset[row] and part == state.part[row]:
            allowed &= known > state.value[row]
        if self._vocabulary.kinds[part] != "melodic":
            return allowed
        allowed &= state.sounding[row, part][known] <= onset
        reach, last = self._max_interval[part], int(state.last[row, part])
        if reach is not None and last >= 0:
            allowed &= np.abs(known - last) <= reach
        if part == self._tonic and onset + STEPS_PER_QUARTER >= self._plan.length:
            allowed &= known % NUM_PITCH_CLASSES == 0  # in the last quarter, because the piece cannot end without it
        return allowed

    def _values_of(self, part: int) -> IntArray:
        """Return the values that the wishes leave a part."""
        plan, wishes = self._plan, self._plan.wishes_of(part)
        known = self._vocabulary.sorted_values[self._field_of(part)]
        if self._vocabulary.kinds[part] != "melodic":
            return known
        sounding = known + self._vocabulary.events.transposition(plan.key)
        allowed = (sounding >= (wishes.low or 0)) & (sounding <= (127 if wishes.high is None else wishes.high))
        if plan.scale is not None:
            allowed &= np.isin(known % NUM_PITCH_CLASSES, plan.scale)
        return known[allowed]

    def _tonic_part(self) -> int | None:
        """Return the part that ends on the tonic: the bass if it is drawn, else the first drawn melodic part."""
        drawn = [part for part in self._plan.drawn if self._vocabulary.kinds[part] == "melodic"]
        if self._plan.end != "tonic" or not drawn:
            return None
        bass = [part for part in drawn if self._vocabulary.parts[part].role == "bass"]
        return (bass or drawn)[0]

    def _given_onsets(self, num_parts: int) -> list[IntArray]:
        """Return the onsets of the given notes of each part."""
        given = self._plan.given
        if given is None:
            return [np.zeros(0, dtype=np.int64)] * num_parts
        own = index_of_slots(self._vocabulary, given.parts)[given.part]
        return [given.onset[own == part] for part in range(num_parts)]

    def _field_of(self, part: int) -> str:
        return FIELD_OF_KIND[self._vocabulary.kinds[part]]

    def _check(self) -> None:
        plan = self._plan
        for part in plan.drawn:
            name, wishes = part_name(self._vocabulary, part), plan.wishes_of(part)
            if not len(self._values[part]):
                low, high = wishes.low, wishes.high
                raise SettingError(
                    f"the range of {name} must hold pitches that this model has seen and that fit the key. "
                    f"Received: {low} to {high}"
                )
            if part == self._tonic and not (self._values[part] % NUM_PITCH_CLASSES == 0).any():
                raise SettingError(
                    f"the range of {name} must hold the tonic, on which the piece ends; end may be any. "
                    f"Received: {wishes.low} to {wishes.high} in {plan.key}"
                )
            gap = int(np.diff(self._values[part]).max(initial=0))
            if wishes.max_interval is not None and gap > wishes.max_interval:
                raise SettingError(
                    f"max_interval of {name} must let it pass from note to note. "
                    f"Received: {wishes.max_interval} semitones where the scale has a gap of {gap}"
                )
            most = plan.bar // self._smallest * int(min(self._polyphony[part], MAX_POLYPHONY))
            if wishes.density is not None and wishes.density > most:
                raise SettingError(
                    f"density of {name} must leave room for its notes in a bar: at most {most}. "
                    f"Received: {wishes.density}"
                )
