"""The generation loop: draws a batch of melodies note by note, each field from its allowed values.

Shapes: B melodies, F fields, V values of a field. constraints/ decides which values are allowed, sampling.py draws one
of them; this module holds the loop only.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from ..arrays import Bools, Columns, Float32s, Float64s, IntArray
from ..conditions.outline import Outline
from ..errors import SettingError
from ..events.past import Past
from ..events.rows import SHIFT
from ..events.vocabulary import Vocabulary
from ..network.guidance import GuidedNetwork
from ..network.network import Network
from ..ngrams.ngrams import Ngrams
from ..score.score import Score
from .bounds import Bounds, bounds_of
from .constraints.base import State
from .constraints.combined import Combined
from .constraints.room import Steps
from .constraints.table import combine
from .drawn_note import OnNew, OnNote, go_on
from .drawn_rows import DrawnRows
from .layouts import in_register, layouts_of_plan
from .mixture_temperature import sampling_with
from .modal_exchange import Exchange
from .outlines import outlines_of_plan
from .plan import Plan
from .sampling import draw, streams

_CHUNK = 128  # melodies per batch: a larger one is not faster and takes more memory


def generate_melodies(
    network: Network, vocabulary: Vocabulary, plan: Plan, on_note: OnNote = go_on, on_new: OnNew | None = None
) -> list[Score]:
    """Return the planned number of melodies, each beginning with the primer.

    Args:
        on_note: called before each note; an exception that it raises ends the generation.
        on_new: called with each new note; it costs nothing where it is None.

    Where there are more melodies than a batch has, both are called from several threads.

    Raises:
        SettingError: where wishes clash.
    """
    num_draws = plan.stop - plan.start + 1 + (plan.layout is not None) * plan.bar
    numbered = range(plan.num) if plan.streams is None else plan.streams

    def run(first: int) -> list[Score]:
        rows = numbered[first : first + _CHUNK]
        numbers = streams(plan.seed, rows, num_draws * len(vocabulary.values))
        uniform = numbers.reshape(len(rows), num_draws, len(vocabulary.values))
        melodies = [row // plan.rank for row in rows]  # drafts of a melody share all that is drawn before the notes
        layouts = layouts_of_plan(vocabulary, plan, melodies)
        own = plan if layouts is None else in_register(vocabulary, plan, layouts)
        bounds = bounds_of(vocabulary, plan, melodies, layouts)
        outlines = outlines_of_plan(vocabulary, plan, melodies, layouts)
        guided = plan.form_weight > 0 and any(np.asarray(outline.values.get("form", 0)).any() for outline in outlines)
        stepper = GuidedNetwork(network, plan.form_weight) if guided else network
        ngrams = network.ngrams if layouts is None else Ngrams()  # they pull away from what a layout tells
        batch = _Batch(stepper, ngrams, vocabulary, own, bounds, uniform, outlines)
        return batch.run(on_note, None if on_new is None else lambda i, attempt, note: on_new(first + i, attempt, note))

    firsts = range(0, plan.num, _CHUNK)
    if len(firsts) == 1:
        return run(0)
    from concurrent.futures import ThreadPoolExecutor  # few requests need it, and its import takes 4 ms

    with ThreadPoolExecutor(os.cpu_count()) as threads:  # NumPy releases the interpreter lock in products
        return [melody for melodies in threads.map(run, firsts) for melody in melodies]


def _constraints(vocabulary: Vocabulary, plan: Plan, bounds: Bounds) -> Combined:
    """Return the constraints of a batch. Raises SettingError where wishes clash."""
    return combine(
        vocabulary,
        plan.wishes,
        (bounds.start, bounds.stop),
        plan.bar,
        plan.stop == plan.length,
        plan.guard,
        plan.constraints,
        plan.min_notes,
        bounds.last,
        bounds.counts,
        bounds.joined,
    )


def _for_each(steps: Steps, size: int) -> IntArray:
    """Return steps of each of some melodies, (size,)."""
    return np.broadcast_to(np.asarray(steps), (size, 1))[:, 0]


class _Batch:
    """A batch of melodies that are generated together."""

    def __init__(
        self,
        network: Network | GuidedNetwork,
        ngrams: Ngrams,
        vocabulary: Vocabulary,
        plan: Plan,
        bounds: Bounds,
        uniform: Float64s,
        outlines: Sequence[Outline],
    ) -> None:
        """Start B melodies with these `outlines`; `uniform` holds a random number per value, (B, max_notes, F).

        Raises SettingError where wishes clash.
        """
        self._network, self._vocabulary, self._plan = network, vocabulary, plan
        self._constraints = _constraints(vocabulary, plan, bounds)
        self._start, self._stop = (_for_each(steps, len(uniform)) for steps in (bounds.start, bounds.stop))
        self._uniform = uniform
        self._exchange = Exchange.of(vocabulary, plan.wishes)
        size = self._size = len(uniform)
        opening = 0 if plan.primer is None else len(plan.primer)
        self._past = Past(vocabulary, outlines, opening + uniform.shape[1])
        self._sampling = sampling_with(plan.sampling, ngrams)
        self._ngrams = ngrams.begin(size, opening + uniform.shape[1])
        self._memory = network.initial_state(size)
        self._known = vocabulary.sorted_values
        self._duration, self._pitch = (list(self._known).index(name) for name in ("duration", "pitch"))
        self._transposition = vocabulary.events.transposition(plan.key)
        self._drawn = DrawnRows(vocabulary, plan)
        self._count = np.full(size, -1)  # new notes of each finished melody, -1 before
        self._waited = np.zeros(size, dtype=np.int64)  # steps since the last onset that were waited
        self._state = State.empty(size, plan.bar)

    def run(self, on_note: OnNote, on_new: OnNew | None = None) -> list[Score]:
        """Return the finished melodies, each with a new note. Raises SettingError where none fits."""
        if self._plan.primer is not None:
            self._begin_with(self._plan.primer)
        else:
            shift = self._known["shift"]  # the first note may begin where no shift of the vocabulary leads alone
            nearest = shift[np.searchsorted(shift, self._start, side="right") - 1]
            self._wait(np.maximum(self._start - nearest, 0))
        self._constraints.check_room(self._state)
        while (self._count < 0).any():
            on_note()
            if self._next_note() and on_new is not None:
                for i in np.flatnonzero(self._count < 0).tolist():
                    on_new(i, 0, self._drawn.last_note(i, int(self._state.last_onset[i, 0])))
        if (self._count < self._plan.min_notes).any():
            raise SettingError(
                f"new notes must have room after the primer. Received: none fits before bar {self._plan.num_bars + 1}"
            )
        return [self._drawn.melody(i, int(self._count[i])) for i in range(self._size)]

    def _begin_with(self, primer: Score) -> None:
        """Let every melody begin with the primer."""
        rows = self._vocabulary.events.encode(primer)
        indices, _ = self._vocabulary.encode(rows)
        state = self._state
        for row, index, nearest in zip(rows, indices, self._vocabulary.decode(indices), strict=True):
            _, self._memory = self._network.step(self._past.before(), self._memory)
            values = nearest.copy()
            values[SHIFT] = row[SHIFT]  # the exact onset, so that bar lines stay in place
            state.onset = state.last_onset + row[SHIFT]
            self._append(*(np.repeat(one[None], self._size, axis=0) for one in (values, index)))
        state.last_end = np.full_like(state.last_end, primer.onset[-1] + primer.duration[-1])
        state.last_pitch = np.full_like(state.last_pitch, primer.pitch[-1])
        state.count = np.zeros_like(state.count)

    def _next_note(self) -> bool:
        """Draw the fields of the next note of every unfinished melody; return whether any has one."""
        shifts = self._allowed_shifts()
        before = self._past.before()
        active = np.flatnonzero(self._count < 0)  # the network skips finished melodies
        output = self._step(before, active)
        context = np.zeros((self._size, len(self._past.inputs.columns)), dtype=np.uint8)
        context[:, : before.shape[1]] = before
        indices = np.zeros((self._size, len(self._known)), dtype=np.int64)
        values = np.zeros_like(indices)
        for place, (name, known) in enumerate(self._known.items()):
            allowed = shifts if name == "shift" else self._constraints.allowed(name, self._state)
            if name == "shift":
                self._finish(~allowed.any(axis=1))
            allowed[self._count >= 0] = True  # the values of a finished melody are discarded
            p = np.zeros(allowed.shape, dtype=np.float32)
            own = self._network.head(name, output, context[active], indices[active]).probabilities()
            p[active] = self._ngrams.mix(name, own, active, indices[active])
            indices[:, place] = self._draw(name, place, p, allowed)
            values[:, place] = known[np.minimum(indices[:, place], len(known) - 1)]
            if name == "shift":
                self._finish(indices[:, 0] == self._vocabulary.end)
                self._finish(self._state.last_onset[:, 0] + values[:, SHIFT] >= self._stop)
                context[:, before.shape[1] :] = self._past.at(values[:, SHIFT])
                self._state.onset = self._state.last_onset + values[:, SHIFT, None]
            elif name == "duration":
                self._state.end = self._state.onset + values[:, self._duration, None]
        has_note = bool((self._count < 0).any())
        if has_note:
            self._append(values, indices)
            values[:, SHIFT] += self._waited
            self._waited[:] = 0
            self._drawn.append(values)
        return has_note

    def _allowed_shifts(self) -> Bools:
        """Return which shifts are allowed, (B, V + 1), after waiting where none is.

        A rest that is longer than every shift of the vocabulary is several steps: first whole bars pass without a
        note, as if the last note had begun that much later, and then a shift is drawn. Before the first new note a
        rest of over two bars is always waited for in this way, because long shifts are rare.
        """
        far = self._start - self._state.last_onset[:, 0] > 2 * self._plan.bar
        is_far = far & (self._state.count[:, 0] == 0) & (not self._state.first)
        bars = np.where(is_far, (self._start - self._state.last_onset[:, 0]) // self._plan.bar - 1, 0)
        self._wait(bars * self._plan.bar)
        while True:
            allowed = self._constraints.allowed("shift", self._state)
            is_stuck = (self._count < 0) & ~allowed.any(axis=1)
            is_stuck &= self._state.last_onset[:, 0] + self._plan.bar < self._stop
            if not is_stuck.any():
                return allowed
            self._wait(is_stuck * self._plan.bar)

    def _wait(self, steps: IntArray) -> None:
        """Let steps (B,) pass without a note."""
        if steps.any():
            self._waited += steps
            self._state.wait(steps[:, None])
            self._past.wait(steps)

    def _step(self, before: Columns, active: IntArray) -> Float32s:
        """Run the network for one note of the active melodies and return its output for them."""
        rows = [tuple(part[active] for part in layer) for layer in self._memory]
        output, moved = self._network.step(before[active], rows)
        for layer, new in zip(self._memory, moved, strict=True):
            for part, value in zip(layer, new, strict=True):
                part[active] = value
        return output

    def _draw(self, name: str, place: int, probabilities: Float32s, allowed: Bools) -> IntArray:
        """Return drawn indices of a field, (B,), each from the melody's own random number."""
        if name == "pitch" and self._exchange is not None:
            probabilities = self._exchange.exchanged(probabilities)
        uniform = self._uniform[:, min(len(self._drawn), self._uniform.shape[1] - 1), place]
        return draw(self._sampling.shape(name, probabilities, allowed), uniform)

    def _append(self, values: IntArray, indices: IntArray) -> None:
        """Append the next note of every melody, values and their indices (B, F); the state already has its onset."""
        self._past.append(values)
        self._ngrams.append(indices)
        state = self._state
        end = state.onset + values[:, self._duration, None]
        pitch = np.minimum(
            values[:, self._pitch, None] + self._transposition, 127
        )  # larger values occur only in finished melodies
        state.take(state.onset, end, pitch, np.flatnonzero(self._count < 0))

    def _finish(self, done: Bools | np.bool_) -> None:
        """Mark the melodies of a mask (B,) as finished before the current note."""
        self._count = np.where(done & (self._count < 0), len(self._drawn), self._count)
