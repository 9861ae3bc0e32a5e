"""The loop: note after note for a batch of melodies, each field drawn among what may come next.

Shapes: B melodies, F fields, V values of a field. What may come next is masks.py's business, how it is drawn
sampling.py's; here is only the order of things.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..conditions.bar_repeats import Labels
from ..conditions.form import draw_forms
from ..conditions.outline import Outline
from ..events.past import Past
from ..events.rows import DURATION, PITCH, SHIFT, VELOCITY, decode, encode
from ..events.vocabulary import Vocabulary
from ..music.keys import Key, tonic_offset
from ..music.meter import Meter
from ..music.units import STEPS_PER_QUARTER
from ..network.guidance import GuidedNetwork
from ..network.network import Network
from ..score.score import Score
from .control import Control
from .masks import Masks, State
from .repeats import Repeats
from .sampling import Sampling, draw, streams

_FORM = 1  # sets a melody's random numbers for its form apart from those for its notes
_CHUNK = 128  # melodies side by side: past it a batch no longer gains, and memory grows
IntArray = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to generate, all defaults settled.

    Attributes:
        num: how many melodies.
        num_bars: bars of the whole piece, those of the primer included.
        meter, key, microseconds_per_quarter: of the melodies.
        seed: of the random numbers; melody i of a seed is the same whatever `num` is.
        sampling: how values are drawn.
        control: what is wished of the notes.
        primer: opening that all melodies go on from, or None.
        start: step from which new notes may begin.
        end: step by which they end; the last bar line where None.
        guard: whether to keep melodies from getting stuck on one note or one bar.
        form: a label for each bar (events/form.py), for all melodies; where None each draws one of the corpus's.
        form_weight: how hard to lean on the form (inference/guidance.py), 0 or more.
        streams: numbers of the melodies' streams of random numbers, one each; 0, 1, 2 ... where None.
    """

    num: int
    num_bars: int
    meter: Meter
    key: Key
    microseconds_per_quarter: int
    seed: int
    sampling: Sampling = field(default_factory=Sampling)
    control: Control | None = None
    primer: Score | None = None
    start: int = 0
    end: int | None = None
    guard: bool = True
    form: tuple[int, ...] | None = None
    form_weight: float = 0.0
    streams: tuple[int, ...] | None = None

    @property
    def bar(self) -> int:
        """Steps in a bar."""
        return self.meter.bar(STEPS_PER_QUARTER)

    @property
    def length(self) -> int:
        """The step of the last bar line."""
        return self.num_bars * self.bar

    @property
    def stop(self) -> int:
        """The step by which new notes end."""
        return self.length if self.end is None else self.end


def generate_melodies(network: Network, vocabulary: Vocabulary, plan: Plan) -> list[Score]:
    """As many melodies as planned; the primer's notes come first in each. Raises SettingError on clashing wishes."""
    control = plan.control or Control(plan.key)
    masks = Masks(vocabulary, control, plan.start, plan.stop, plan.bar, plan.stop == plan.length, plan.guard)
    num_draws = plan.stop - plan.start + 1
    numbered = range(plan.num) if plan.streams is None else plan.streams

    def run(first: int) -> list[Score]:
        rows = numbered[first : first + _CHUNK]
        numbers = streams(plan.seed, rows, num_draws * len(vocabulary.values))
        uniform = numbers.reshape(len(rows), num_draws, len(vocabulary.values))
        forms = _forms(vocabulary, plan, rows)
        leans = plan.form_weight > 0 and any(form.any() for form in forms)
        stepper = GuidedNetwork(network, plan.form_weight) if leans else network
        return _Batch(stepper, vocabulary, plan, masks, uniform, forms).run()

    firsts = range(0, plan.num, _CHUNK)
    if len(firsts) == 1:
        return run(0)
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # NumPy lets others run while it multiplies
        return [melody for melodies in threads.map(run, firsts) for melody in melodies]


def _forms(vocabulary: Vocabulary, plan: Plan, numbers: Iterable[int]) -> list[Labels]:
    """The form of each melody: that of the plan, or one drawn from a stream of random numbers of the melody's own."""
    if plan.form is not None:
        return [np.array(plan.form, dtype=np.uint8) for _ in numbers]
    seeds = (np.random.SeedSequence([plan.seed, number, _FORM]) for number in numbers)
    return draw_forms(vocabulary.forms, plan.num_bars, map(np.random.default_rng, seeds))


class _Batch:
    """Melodies on their way."""

    def __init__(
        self,
        network: Network | GuidedNetwork,
        vocabulary: Vocabulary,
        plan: Plan,
        masks: Masks,
        uniform: npt.NDArray[np.float64],
        forms: Sequence[Labels],
    ) -> None:
        """`uniform`: (B, max_notes, F), the random numbers of each melody, a row a new note; `forms` one a melody."""
        self._network, self._vocabulary, self._plan, self._masks = network, vocabulary, plan, masks
        self._uniform = uniform
        size = self._size = len(uniform)
        primer = plan.primer
        pickup = primer.pickup_bars if primer is not None else 0
        opening = 0 if primer is None else len(primer)
        self._past = Past(
            vocabulary,
            [Outline(plan.meter, plan.key.mode, plan.num_bars, pickup, {"form": form}) for form in forms],
            opening + uniform.shape[1],
        )
        self._memory = network.initial_state(size)
        self._known = vocabulary.sorted_values
        self._rows: list[IntArray] = []  # per new note (B, F) values
        self._count = np.full(size, -1)  # new notes of each melody, -1 while it goes on
        onset, free, pitch, count, same = (np.full(size, n, dtype=np.int64) for n in (0, 0, -1, 0, 0))
        self._state = State(onset, free, pitch, count, same, Repeats(size, plan.bar))

    def run(self) -> list[Score]:
        if self._plan.primer is not None:
            self._play(self._plan.primer)
        while (self._count < 0).any():
            self._next_note()
        return [self._melody(i) for i in range(self._size)]

    def _play(self, primer: Score) -> None:
        """Let every melody begin with the primer."""
        rows = encode(primer)
        indices, _ = self._vocabulary.encode(rows)
        for row, nearest in zip(rows, self._vocabulary.decode(indices), strict=True):
            _, self._memory = self._network.step(self._past.before(), self._memory)
            values = nearest.copy()
            values[SHIFT] = row[SHIFT]  # the true onset: the bars must not move
            self._move_on(np.repeat(values[None], self._size, axis=0))
        self._state.free[:] = primer.onset[-1] + primer.duration[-1]
        self._state.pitch[:] = primer.pitch[-1]
        self._state.count[:] = 0

    def _next_note(self) -> None:
        before = self._past.before()
        active = np.flatnonzero(self._count < 0)  # the network need not go on with what is finished
        rows = [tuple(part[active] for part in layer) for layer in self._memory]
        output, moved = self._network.step(before[active], rows)
        for layer, new in zip(self._memory, moved, strict=True):
            for part, value in zip(layer, new, strict=True):
                part[active] = value
        context = np.zeros((self._size, len(self._past.inputs.columns)), dtype=np.uint8)
        context[:, : before.shape[1]] = before
        indices = np.zeros((self._size, len(self._known)), dtype=np.int64)
        values = np.zeros_like(indices)
        for place, name in enumerate(self._known):
            allowed = self._allowed(name, values)
            if name == "shift":
                self._finish(~allowed.any(axis=1))
            allowed[self._count >= 0] = True  # whatever: it is not kept
            p = np.zeros(allowed.shape, dtype=np.float32)
            p[active] = self._network.head(name, output, context[active], indices[active]).probabilities()
            shaped = self._plan.sampling.shape(name, p, allowed)
            indices[:, place] = draw(shaped, self._uniform[:, min(len(self._rows), self._uniform.shape[1] - 1), place])
            values[:, place] = self._known[name][np.minimum(indices[:, place], len(self._known[name]) - 1)]
            if name == "shift":
                self._finish(indices[:, 0] == self._vocabulary.end)
                self._finish(self._state.onset + values[:, SHIFT] >= self._plan.stop)
                context[:, before.shape[1] :] = self._past.at(values[:, SHIFT])
        if (self._count < 0).any():
            self._move_on(values)
            self._rows.append(values)

    def _allowed(self, name: str, values: IntArray) -> Bools:
        """Which values of a field may come now, (B, V); `values` (B, F) holds the fields drawn before it."""
        state, onset = self._state, self._state.onset + values[:, SHIFT]
        if name == "shift":
            return self._masks.shifts(state) if len(self._past) else self._masks.first_shift(state)
        if name == "duration":
            return self._some(self._masks.durations(state, onset))
        if name == "pitch":
            allowed = self._some(self._masks.pitches(state, onset, values[:, DURATION]))
            return self._masks.unstuck(state, allowed, onset) if self._plan.guard else allowed
        return np.ones((self._size, len(self._known[name])), dtype=bool)

    def _some(self, allowed: Bools) -> Bools:
        """Rows of finished melodies may be anything; the masks promise the others at least one value."""
        allowed[self._count >= 0] = True
        return allowed

    def _move_on(self, values: IntArray) -> None:
        state = self._state
        self._past.append(values)
        state.onset = self._past.last_onset
        state.free = state.onset + values[:, DURATION]
        pitch = values[:, PITCH] + tonic_offset(self._plan.key)
        state.same_pitch = np.where(pitch == state.pitch, state.same_pitch + 1, 1)
        for i in np.flatnonzero(self._count < 0).tolist():
            state.repeats.append(i, int(state.onset[i]), int(pitch[i]))
        state.pitch = pitch
        state.count = state.count + 1

    def _finish(self, done: Any) -> None:
        self._count = np.where(done & (self._count < 0), len(self._rows), self._count)

    def _melody(self, i: int) -> Score:
        plan = self._plan
        rows = np.zeros((int(self._count[i]), 4), dtype=np.int64)
        for place in range(len(self._known)):
            rows[:, place] = [values[i, place] for values in self._rows[: len(rows)]]
        rest: dict[str, Any] = {"microseconds_per_quarter": plan.microseconds_per_quarter}
        if "velocity" not in self._known:
            first = 0 if plan.primer is None else int(plan.primer.onset[-1])
            rows[:, VELOCITY] = accents(first + np.cumsum(rows[:, SHIFT]), plan.meter)
        if plan.primer is not None:
            own = encode(plan.primer)
            own[:, PITCH] += tonic_offset(plan.primer.key) - tonic_offset(plan.key)
            rows = np.concatenate([own, rows])
        return decode(rows, plan.meter, plan.key, **rest)


def accents(onset: IntArray, meter: Meter) -> IntArray:
    """Velocities by place in the bar where the corpus had none: 100 on the downbeat, 90 on beats, 80 elsewhere.

    In compound meters (6/8, 9/8, 12/8) a beat is three eighths.
    """
    beat = meter.beat.bar(STEPS_PER_QUARTER)
    place = onset % meter.bar(STEPS_PER_QUARTER)
    return np.where(place == 0, 100, np.where(place % beat == 0, 90, 80))
