"""The loop: note after note for a batch of melodies, each field drawn among what may come next.

Masks, never mending afterwards, keep what was asked: no note begins before the one before it has ended, none crosses
the last bar line, the piece neither ends before its last bar nor goes on after it, pitches stay within MIDI's.
Shapes: B melodies, F fields, V values of a field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..events.context import Frame, Past
from ..events.melody import DURATION, PITCH, SHIFT, VELOCITY, Melody, decode, encode
from ..events.vocabulary import Vocabulary
from ..inference.network import Network
from ..music.keys import Key, tonic_offset
from ..music.piece import bar_length
from .sampling import draw, sharpen, streams

_CHUNK = 256  # melodies side by side: past it a batch no longer gains, and memory grows
IntArray = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to generate, all defaults settled.

    Attributes:
        num: how many melodies.
        num_bars: bars in all, those of the primer included.
        meter, key, microseconds_per_quarter: of the melodies.
        temperature: 1 follows the network; lower is safer, higher is wilder; 0 always takes the likeliest.
        seed: of the random numbers; melody i of a seed is the same whatever `num` is.
        primer: opening that all melodies go on from, or None.
    """

    num: int
    num_bars: int
    meter: tuple[int, int]
    key: Key
    microseconds_per_quarter: int
    temperature: float
    seed: int
    primer: Melody | None = None

    @property
    def bar(self) -> int:
        """Steps in a bar."""
        return bar_length(*self.meter, 12)

    @property
    def end(self) -> int:
        """The step of the last bar line."""
        return self.num_bars * self.bar


def generate_melodies(network: Network, vocabulary: Vocabulary, plan: Plan) -> list[Melody]:
    """As many melodies as planned; the primer's notes come first in each."""
    num_draws = plan.end + 1
    numbers = streams(plan.seed, plan.num, num_draws * len(vocabulary.values))
    melodies = []
    for start in range(0, plan.num, _CHUNK):
        uniform = numbers[start : start + _CHUNK].reshape(-1, num_draws, len(vocabulary.values))
        melodies += _Batch(network, vocabulary, plan, uniform).run()
    return melodies


class _Batch:
    """Melodies on their way."""

    def __init__(self, network: Network, vocabulary: Vocabulary, plan: Plan, uniform: npt.NDArray[np.float64]) -> None:
        """`uniform`: (B, max_notes, F), the random numbers of each melody, a row a note."""
        self._network, self._vocabulary, self._plan = network, vocabulary, plan
        self._uniform = uniform
        self._size = len(uniform)
        primer = plan.primer
        pickup = primer.pickup_bars if primer is not None and len(primer) else 0
        frame = Frame(plan.bar, vocabulary.meter_index(plan.meter), plan.key.mode, plan.num_bars, pickup)
        self._past = Past(vocabulary, [frame] * self._size, plan.end + 1)
        self._state = network.initial_state(self._size)
        self._known = vocabulary.sorted_values
        self._rows: list[IntArray] = []  # per note (B, F) values
        self._count = np.full(self._size, -1)  # notes of each melody, -1 while it goes on
        self._free = np.zeros(self._size, dtype=np.int64)  # the step at which the last note ends

    def run(self) -> list[Melody]:
        if self._plan.primer is not None:
            self._play(self._plan.primer)
        while (self._count < 0).any():
            self._next_note()
        return [self._melody(i) for i in range(self._size)]

    def _play(self, primer: Melody) -> None:
        """Let every melody begin with the primer."""
        rows = encode(primer)
        indices, _ = self._vocabulary.encode(rows)
        for row, index in zip(rows, indices, strict=True):
            before = self._past.before()
            _, self._state = self._network.step(before, self._state)
            # the nearest values that the network knows, but the true onset: the bars must not move
            values = np.array([self._known[n][i] for n, i in zip(self._known, index, strict=True)])
            values[SHIFT] = row[SHIFT]
            self._append(np.repeat(values[None], self._size, axis=0))
        self._free[:] = primer.onset[-1] + primer.duration[-1]

    def _next_note(self) -> None:
        before = self._past.before()
        output, self._state = self._network.step(before, self._state)
        context = np.zeros((self._size, len(self._past.layout.columns)), dtype=np.uint8)
        context[:, : before.shape[1]] = before
        indices = np.zeros((self._size, len(self._known)), dtype=np.int64)
        values = np.zeros_like(indices)
        for place, name in enumerate(self._known):
            allowed = self._allowed(name, values)
            if name == "shift":
                self._finish(~allowed.any(axis=1))
                allowed[self._count >= 0] = True
            p = self._network.head(name, output, context, indices).probabilities()
            indices[:, place] = self._draw(place, p, allowed)
            values[:, place] = self._value(name, indices[:, place])
            if name == "shift":
                self._finish(indices[:, 0] == self._vocabulary.end)
                self._finish(self._past.last_onset + values[:, SHIFT] >= self._plan.end)
                context[:, before.shape[1] :] = self._past.at(values[:, SHIFT])
        if (self._count < 0).any():
            self._append(values)
            self._free = self._past.last_onset + values[:, DURATION]

    def _draw(self, place: int, p: npt.NDArray[np.float32], allowed: Bools) -> IntArray:
        return draw(sharpen(p, self._plan.temperature, allowed), self._uniform[:, len(self._rows), place])

    def _value(self, name: str, index: IntArray) -> IntArray:
        known = self._known[name]
        return np.asarray(known[np.minimum(index, len(known) - 1)])

    def _append(self, values: IntArray) -> None:
        self._past.append(values)
        self._rows.append(values)

    def _finish(self, done: Any) -> None:
        self._count = np.where(done & (self._count < 0), len(self._rows), self._count)

    def _allowed(self, name: str, values: IntArray) -> Bools:
        """Which values of a field may come now, (B, V); `values` (B, F) holds the fields drawn before it."""
        if name == "shift":
            return self._allowed_shifts()
        known = self._known[name]
        allowed = np.ones((self._size, len(known)), dtype=bool)
        if name == "duration":
            room = self._plan.end - self._past.last_onset - values[:, SHIFT]
            allowed = known[None] <= room[:, None]
        elif name == "pitch":
            sounding = known + tonic_offset(self._plan.key)
            allowed &= (sounding >= 0) & (sounding <= 127)
        allowed[self._count >= 0] = True
        return allowed

    def _allowed_shifts(self) -> Bools:
        plan, last = self._plan, self._past.last_onset
        onset = last[:, None] + self._known["shift"][None]
        fits = onset <= plan.end - self._known["duration"][0]
        allowed = (onset >= self._free[:, None]) & (fits | (onset >= plan.end))
        allowed &= (self._known["shift"] > 0)[None] if self._rows else (onset == 0)
        may_end = (last >= plan.end - plan.bar) & (len(self._rows) > 0)
        return np.concatenate([allowed, may_end[:, None]], axis=1)

    def _melody(self, i: int) -> Melody:
        plan = self._plan
        rows = np.zeros((int(self._count[i]), 4), dtype=np.int64)
        for place in range(len(self._known)):
            rows[:, place] = [values[i, place] for values in self._rows[: len(rows)]]
        melody = decode(rows, plan.meter, plan.key, microseconds_per_quarter=plan.microseconds_per_quarter)
        if "velocity" not in self._known:
            melody = _with_velocity(melody, accents(melody.onset, plan.meter))
        return _with_primer(melody, plan.primer)


def accents(onset: IntArray, meter: tuple[int, int]) -> IntArray:
    """Velocities by place in the bar where the corpus had none: 100 on the downbeat, 90 on beats, 80 elsewhere.

    In compound meters (6/8, 9/8, 12/8) a beat is three eighths.
    """
    numerator, denominator = meter
    compound = denominator >= 8 and numerator % 3 == 0
    beat = bar_length(3 if compound else 1, denominator, 12)
    place = onset % bar_length(*meter, 12)
    return np.where(place == 0, 100, np.where(place % beat == 0, 90, 80))


def _with_velocity(melody: Melody, velocity: Sequence[int] | IntArray) -> Melody:
    rows = encode(melody)
    rows[:, VELOCITY] = velocity
    return decode(rows, melody.meter, melody.key, microseconds_per_quarter=melody.microseconds_per_quarter)


def _with_primer(melody: Melody, primer: Melody | None) -> Melody:
    """The melody with the primer's own notes, where the network was given the nearest it knows."""
    if primer is None:
        return melody
    rows, own = encode(melody), encode(primer)
    own[:, PITCH] += tonic_offset(primer.key) - tonic_offset(melody.key)
    rows[: len(own)] = own
    return decode(rows, melody.meter, melody.key, microseconds_per_quarter=melody.microseconds_per_quarter)
