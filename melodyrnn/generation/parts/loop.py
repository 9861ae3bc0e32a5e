"""The loop that draws pieces of several parts, event by event; given events come when their turn is.

Where an event is given ahead, the network says how likely it is that nothing new comes before it: the probability of
all shifts that reach its onset or lead beyond it, and at its onset of its part and all later ones.

Shapes: B pieces, F fields, V values of a field, P parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ...arrays import AnyFloats, Bools, Columns, Float32s, Float64s, IntArray
from ...errors import SettingError
from ...events.fields import FIELD_OF_KIND
from ...events.parts.ahead import Ahead
from ...events.parts.names import part_name
from ...events.parts.past import PartsPast
from ...events.until_next import UNTIL_NEXT
from ...events.vocabulary import Vocabulary
from ...network.network import Network
from ...score.score import Score
from ..sampling import draw
from .drawn import DrawnEvents
from .given import GivenEvents
from .outlines import outlines_of
from .plan import PartsPlan
from .rules import Rules
from .state import State

_CHUNK = 32  # pieces per batch
_NOTES_PER_BAR = 24  # of a part, at most
_MAX_TRIES = 12  # to draw a piece in which every part has a note and the end is as wished
_NEW_STREAM = 1 << 20  # further streams of random numbers for a piece that is drawn again

OnNote = Callable[[], None]


def generate_parts(network: Network, vocabulary: Vocabulary, plan: PartsPlan, on_note: OnNote) -> list[Score]:
    """Return the new notes of the planned number of pieces, each a score with the drawn parts.

    Args:
        on_note: called before each event; an exception that it raises ends the generation.

    Raises:
        SettingError: where wishes clash, or no piece with a note in every drawn part was found.
    """
    rules = Rules(vocabulary, plan)
    pieces: list[Score | None] = [None] * plan.num
    for attempt in range(_MAX_TRIES):
        left = [number for number, piece in enumerate(pieces) if piece is None]
        for start in range(0, len(left), _CHUNK):
            numbers = left[start : start + _CHUNK]
            batch = _Batch(network, vocabulary, plan, rules, numbers, attempt)
            for number, piece in zip(numbers, batch.run(on_note), strict=True):
                pieces[number] = piece
    found = [piece for piece in pieces if piece is not None]
    if len(found) < plan.num:
        names = ", ".join(part_name(vocabulary, part) for part in plan.drawn)
        raise SettingError(
            f"the wishes must leave room for a note in every part that is drawn, and for the end. "
            f"Received: none fits in {_MAX_TRIES} tries; drawn were {names}"
        )
    return found


class _Batch:
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
        self._network, self._vocabulary, self._plan, self._rules = network, vocabulary, plan, rules
        size = self._size = len(numbers)
        self._numbers = [
            np.random.default_rng(np.random.SeedSequence([plan.seed, number + attempt * _NEW_STREAM]))
            for number in numbers
        ]
        self._given = GivenEvents.of(plan, vocabulary, size)
        outlines = outlines_of(vocabulary, plan, self._given, [n + attempt * _NEW_STREAM for n in numbers])
        bars = 1 + (plan.stop - plan.start) // plan.bar
        most = len(self._given.events.onset) + bars * _NOTES_PER_BAR * len(plan.drawn)
        self._max_events = most
        self._past = PartsPast(vocabulary, outlines, most)
        is_melodic = np.array([kind == "melodic" for kind in vocabulary.kinds])
        self._ahead = Ahead(self._given.events, self._past.inputs, is_melodic) if plan.given is not None else None
        self._memory = network.initial_state(size)
        self._known = vocabulary.sorted_values
        self._fields = list(self._known)
        self._state = State.empty(size, len(vocabulary.parts))
        self._drawn = DrawnEvents(vocabulary, plan, size)
        self._active = np.ones(size, dtype=bool)
        self._failed = np.zeros(size, dtype=bool)

    def run(self, on_note: OnNote) -> list[Score | None]:
        """Return the new notes of each piece; None for one that failed."""
        for _ in range(self._max_events):
            on_note()
            self._next_event()
            if not self._active.any():
                break
        self._failed |= self._active | ~self._rules.is_complete(self._state)
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
        output = self._step(context[:, : before.shape[1]], active)
        indices = np.zeros((size, len(self._fields)), dtype=np.int64)
        onset, comes = self._draw_onset(output, context, indices, active)
        if not self._active.any():
            return
        split = before.shape[1]
        shift = onset - state.onset
        self._past_at(context, split, shift, onset)
        active = np.flatnonzero(self._active)
        part, comes = self._draw_part(output, context, indices, active, onset, comes)
        context[:, split + len(self._past.inputs.at) :] = self._past.within(shift, part)
        is_new = ~comes & self._active
        values = self._draw_values(output, context, indices, active, onset, part, is_new)
        self._append(values, shift, onset, part, is_new, comes & self._active)

    def _step(self, before: Columns, active: IntArray) -> Float32s:
        """Run the network for one event of the active pieces and return its output for all, (B, U)."""
        rows = [tuple(part[active] for part in layer) for layer in self._memory]
        found, moved = self._network.step(before[active], rows)
        for layer, new in zip(self._memory, moved, strict=True):
            for part, value in zip(layer, new, strict=True):
                part[active] = value
        output = np.zeros((self._size, found.shape[1]), dtype=found.dtype)
        output[active] = found
        return output

    def _past_at(self, context: Columns, split: int, shift: IntArray, onset: IntArray) -> None:
        at = self._past.at(shift)
        context[:, split : split + at.shape[1]] = at
        if self._ahead is not None:
            self._ahead.at(onset, context)

    def _probabilities(
        self, name: str, output: Float32s, context: Columns, indices: IntArray, active: IntArray
    ) -> Float32s:
        """Return the network's probabilities of a field, (B, V); 0 for pieces that are not active."""
        found = self._network.head(name, output[active], context[active], indices[active]).probabilities()
        p = np.zeros((self._size, found.shape[1]), dtype=np.float32)
        p[active] = found
        return p

    def _draw(self, name: str, p: AnyFloats, allowed: Bools) -> IntArray:
        """Return drawn indices of a field, (B,), each from the piece's own random numbers."""
        uniform = np.array([rng.random() for rng in self._numbers])
        some = allowed.any(axis=1, keepdims=True)
        shaped: Float64s = self._plan.sampling.shape(name, p, allowed | ~some)
        return draw(shaped, uniform)

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
        p = self._probabilities("shift", output, context, indices, active)
        onset = state.onset[:, None] + shifts
        following = given.onset()
        is_ahead = (following < GivenEvents.NEVER)[:, None]
        reaches = np.concatenate([onset >= following[:, None], is_ahead], axis=1)
        allowed = np.zeros(p.shape, dtype=bool)
        allowed[:, :-1] = self._rules.shifts(state)
        allowed[:, end] = np.where(is_ahead[:, 0], False, self._rules.may_end(state))
        # the place of END stands for "the given event comes" where one is ahead
        mass = np.where(reaches & is_ahead, p, 0).sum(axis=1)
        p = np.where(reaches & is_ahead, 0, p)
        allowed &= ~(reaches & is_ahead)
        p[:, end] = np.where(is_ahead[:, 0], mass, p[:, end])
        allowed[:, end] |= is_ahead[:, 0]
        stuck = self._active & ~allowed.any(axis=1)
        self._failed |= stuck
        self._active &= ~stuck
        index = self._draw("shift", p, allowed)
        ends = index == end
        self._active &= ~(ends & ~is_ahead[:, 0])
        comes = ends & is_ahead[:, 0]
        shift = shifts[np.minimum(index, len(shifts) - 1)]
        shift = np.where(comes, following - state.onset, shift)
        shift = np.where(self._active, shift, 0)
        indices[:, 0] = np.where(comes, self._vocabulary.nearest("shift", shift), np.minimum(index, len(shifts) - 1))
        return state.onset + shift, comes

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
        p = self._probabilities("part", output, context, indices, active)
        allowed = self._rules.parts(self._state, onset)
        parts = np.arange(p.shape[1])
        next_part = given.part()
        later = comes[:, None] & (parts >= next_part[:, None])
        p = np.where(later, 0, p) + np.where(
            comes[:, None] & (parts == next_part[:, None]), np.where(later, p, 0).sum(axis=1, keepdims=True), 0
        )
        allowed &= ~later
        allowed |= comes[:, None] & (parts == next_part[:, None])
        stuck = self._active & ~allowed.any(axis=1)
        self._failed |= stuck
        self._active &= ~stuck
        part = self._draw("part", p, allowed)
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
        for place, name in enumerate(self._fields[2:], start=2):
            known = self._known[name]
            is_needed = is_new if name in ("duration", "velocity") else is_new & (own_field == name)
            if not is_needed.any():
                continue
            p = self._probabilities(name, output, context, indices, np.flatnonzero(is_needed))
            allowed = np.ones(p.shape, dtype=bool)
            if name == "duration":
                allowed = self._rules.durations(self._state, onset, part)
            elif name != "velocity":
                allowed = self._rules.values(self._state, onset, part, name)
            stuck = is_needed & ~allowed.any(axis=1)
            self._failed |= stuck
            self._active &= ~stuck
            index = self._draw(name, p, allowed)
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
