"""Draws a batch of pieces of several parts, event by event; given events come when their turn is.

Where an event is given ahead, the network says how likely it is that nothing new comes before it: the probability of
all shifts that reach its onset or lead beyond it, and at its onset of its part and all later ones.

Shapes: B pieces, F fields, V values of a field, P parts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Bools, Columns, Float32s, IntArray
from ...events.fields import FIELD_OF_KIND
from ...events.parts.ahead import Ahead
from ...events.parts.past import PartsPast
from ...events.until_next import UNTIL_NEXT
from ...events.vocabulary import Vocabulary
from ...network.network import Network
from ...score.score import Score
from ..drawn_note import OnNote
from .drawn import DrawnEvents, OnNewNotes
from .given import GivenEvents
from .outlines import outlines_of
from .plan import PartsPlan
from .rules import Rules
from .sampler import Sampler
from .state import State

_NOTES_PER_BAR = 24  # of a part, at most, on average over a piece, where no more are wished
_NEW_STREAM = 1 << 20  # further streams of random numbers for a piece that is drawn again


class Batch:
    """A batch of pieces that are generated together."""

    def __init__(
        self,
        network: Network,
        vocabulary: Vocabulary,
        plan: PartsPlan,
        rules: Rules,
        numbers: Sequence[int],
        attempt: int,
    ) -> None:
        """Start the pieces with these numbers; `attempt` counts from 0 how often they were drawn before."""
        self._vocabulary, self._plan, self._rules = vocabulary, plan, rules
        size = self._size = len(numbers)
        numbers = [number + attempt * _NEW_STREAM for number in numbers]
        self._sampler = Sampler(network, plan.sampling, plan.seed, numbers)
        self._given = GivenEvents.of(plan, vocabulary, size)
        outlines = outlines_of(vocabulary, plan, self._given, numbers)
        bars = 1 + (plan.stop - plan.start) // plan.bar
        per_bar = sum(max(_NOTES_PER_BAR, int(plan.wishes_of(part).density or 0)) for part in plan.drawn)
        self._max_events = len(self._given.events.onset) + bars * per_bar
        self._past = PartsPast(vocabulary, outlines, self._max_events)
        is_melodic = np.array([kind == "melodic" for kind in vocabulary.kinds])
        self._ahead = Ahead(self._given.events, self._past.inputs, is_melodic) if plan.given is not None else None
        self._known = vocabulary.sorted_values
        self._fields = list(self._known)
        self._state = State.empty(size, len(vocabulary.parts))
        self._drawn = DrawnEvents(vocabulary, plan, size)
        self._active = np.ones(size, dtype=bool)
        self._failed = np.zeros(size, dtype=bool)

    def run(self, on_note: OnNote, on_new: OnNewNotes | None = None) -> list[Score | None]:
        """Return the new notes of each piece; None for one that failed.

        Args:
            on_new: called with the index of a piece in the batch and new notes whose end is known.
        """
        for _ in range(self._max_events):
            on_note()
            self._next_event()
            if on_new is not None:
                self._drawn.tell(on_new, self._active, self._state.onset, self._rules)
            if not self._active.any():
                break
        self._failed |= self._active | ~self._rules.is_complete(self._state)
        if on_new is not None:
            self._drawn.tell(on_new, ~self._failed, np.full(self._size, self._plan.stop), self._rules)
        return [None if self._failed[i] else self._drawn.score(i, self._rules) for i in range(self._size)]

    def _next_event(self) -> None:
        """Draw or take the next event of every active piece."""
        before = self._past.before()
        state, size = self._state, self._size
        context = np.zeros((size, len(self._past.inputs.columns)), dtype=np.uint8)
        context[:, : before.shape[1]] = before
        if self._ahead is not None:
            order = np.where(state.part < 0, -1, self._past.order)
            self._ahead.before(state.onset, order, context)
        active = np.flatnonzero(self._active)
        output = self._sampler.step(context[:, : before.shape[1]], active)
        indices = np.zeros((size, len(self._fields)), dtype=np.int64)
        onset, comes = self._draw_onset(output, context, indices, active)
        if not self._active.any():
            return
        split, shift = before.shape[1], onset - state.onset
        self._past_at(context, split, shift, onset)
        active = np.flatnonzero(self._active)
        part, comes = self._draw_part(output, context, indices, active, onset, comes)
        context[:, split + len(self._past.inputs.at) :] = self._past.within(shift, part)
        is_new = ~comes & self._active
        values = self._draw_values(output, context, indices, active, onset, part, is_new)
        self._append(values, shift, onset, part, is_new, comes & self._active)

    def _past_at(self, context: Columns, split: int, shift: IntArray, onset: IntArray) -> None:
        at = self._past.at(shift)
        context[:, split : split + at.shape[1]] = at
        if self._ahead is not None:
            self._ahead.at(onset, context)

    def _draw_onset(
        self, output: Float32s, context: Columns, indices: IntArray, active: IntArray
    ) -> tuple[IntArray, Bools]:
        """Return the onset of the next event, (B,), and whether it reaches that of the next given event.

        Pieces that end here are no longer active.
        """
        state, given = self._state, self._given
        self._wait()
        shifts = self._known["shift"]
        end = self._vocabulary.end
        p = self._sampler.probabilities("shift", output, context, indices, active)
        onset = state.onset[:, None] + shifts
        following = given.onset()
        is_ahead = (following < GivenEvents.NEVER)[:, None]
        reaches = np.concatenate([onset >= following[:, None], is_ahead], axis=1)
        allowed = np.zeros(p.shape, dtype=bool)
        allowed[:, :-1] = self._rules.shifts(state) & ~reaches[:, :-1]
        # the place of END stands for "the given event comes" where one is ahead
        mass = np.where(reaches & is_ahead, p, 0).sum(axis=1)
        p = np.where(reaches & is_ahead, 0, p)
        p[:, end] = np.where(is_ahead[:, 0], mass, p[:, end])
        in_time = following <= self._rules.deadline(state)
        allowed[:, end] = np.where(is_ahead[:, 0], in_time, self._rules.may_end(state))
        by_rule = self._unshifted(allowed, following)
        index = self._sampler.draw("shift", p, allowed, self._active)
        ends = index == end
        self._active &= ~(ends & ~is_ahead[:, 0])
        comes = ends & is_ahead[:, 0]
        shift = shifts[np.minimum(index, len(shifts) - 1)]
        shift = np.where(comes, following - state.onset, np.where(by_rule >= 0, by_rule, shift))
        shift = np.where(self._active, shift, 0)
        is_free = comes | (by_rule >= 0)
        indices[:, 0] = np.where(is_free, self._vocabulary.nearest("shift", shift), np.minimum(index, len(shifts) - 1))
        return state.onset + shift, comes

    def _unshifted(self, allowed: Bools, following: IntArray) -> IntArray:
        """Return the shift to the first onset of a new event in pieces where no shift is allowed, (B,); else -1.

        Where there is no such onset, the given event comes, or the piece ends if it may; else it has failed. `allowed`
        is changed to that.
        """
        by_rule = np.full(self._size, -1)
        stuck = self._active & ~allowed.any(axis=1)
        if not stuck.any():
            return by_rule
        first = self._rules.first_onset(self._state)
        begins = stuck & (first < following)
        by_rule[begins] = (first - self._state.onset)[begins]
        allowed[begins, 0] = True
        may_end = (following < GivenEvents.NEVER) | self._rules.is_complete(self._state)
        allowed[:, -1] |= stuck & ~begins & may_end
        self._fail(stuck & ~begins & ~may_end)
        return by_rule

    def _fail(self, stuck: Bools) -> None:
        self._failed |= stuck
        self._active &= ~stuck

    def _wait(self) -> None:
        """Let whole bars pass where the bars to fill are farther away than any shift."""
        state, plan = self._state, self._plan
        first = np.minimum(self._given.onset(), plan.start)
        far = np.where(self._active & (self._given.onset() >= plan.start), first - state.onset, 0)
        bars = np.where(far > self._known["shift"][-1], far // plan.bar, 0)
        if bars.any():
            state.wait(bars * plan.bar)
            self._past.wait(bars * plan.bar)

    def _draw_part(
        self,
        output: Float32s,
        context: Columns,
        indices: IntArray,
        active: IntArray,
        onset: IntArray,
        comes: Bools,
    ) -> tuple[IntArray, Bools]:
        """Return the part of the next event, (B,), and whether it is the next given event."""
        given = self._given
        p = self._sampler.probabilities("part", output, context, indices, active)
        allowed = self._rules.parts(self._state, onset)
        parts = np.arange(p.shape[1])
        next_part = given.part()
        comes &= next_part <= self._rules.first_due(self._state, onset)
        later = comes[:, None] & (parts >= next_part[:, None])
        p = np.where(later, 0, p) + np.where(
            comes[:, None] & (parts == next_part[:, None]), np.where(later, p, 0).sum(axis=1, keepdims=True), 0
        )
        allowed &= ~later
        allowed |= comes[:, None] & (parts == next_part[:, None])
        self._fail(self._active & ~allowed.any(axis=1))
        part = self._sampler.draw("part", p, allowed, self._active)
        part = np.where(self._active, part, 0)
        indices[:, 1] = part
        return part, comes & (part == next_part)

    def _draw_values(
        self,
        output: Float32s,
        context: Columns,
        indices: IntArray,
        active: IntArray,
        onset: IntArray,
        part: IntArray,
        is_new: Bools,
    ) -> IntArray:
        """Return the values of the next events, (B, F), drawn or given."""
        values = np.zeros((self._size, len(self._fields)), dtype=np.int64)
        values[:, 1] = self._known["part"][part]
        own_field = np.array([FIELD_OF_KIND[kind] for kind in self._vocabulary.kinds])[part]
        duration_at = self._fields.index("duration")
        for place, name in enumerate(self._fields[2:], start=2):
            known = self._known[name]
            is_needed = is_new if name in ("duration", "velocity") else is_new & (own_field == name)
            if not is_needed.any():
                continue
            p = self._sampler.probabilities(name, output, context, indices, np.flatnonzero(is_needed))
            allowed = np.ones(p.shape, dtype=bool)
            if name == "duration":
                allowed = self._rules.durations(self._state, onset, part)
            elif name != "velocity":
                allowed = self._rules.values(self._state, onset, part, name, values[:, duration_at])
            self._fail(is_needed & ~allowed.any(axis=1))
            index = self._sampler.draw(name, p, allowed, is_needed)
            indices[:, place] = np.where(is_needed, index, 0)
            values[:, place] = np.where(is_needed, known[index], known[0])
        return np.where(is_new[:, None], values, self._given.values())

    def _append(
        self, values: IntArray, shift: IntArray, onset: IntArray, part: IntArray, is_new: Bools, comes: Bools
    ) -> None:
        values[:, 0] = np.where(self._active, shift, 0)
        self._past.append(values)
        fields = np.array([self._fields.index(FIELD_OF_KIND[kind]) for kind in self._vocabulary.kinds])
        value = values[np.arange(self._size), fields[part]]
        duration = values[:, self._fields.index("duration")]
        end = np.where(duration == UNTIL_NEXT, UNTIL_NEXT, onset + duration)
        is_new, comes = is_new & self._active, comes & self._active
        self._state.take(onset, part, value, end, is_new, self._plan.bar, self._active)
        self._drawn.append(onset, part, values, is_new)
        self._given.advance(comes)
