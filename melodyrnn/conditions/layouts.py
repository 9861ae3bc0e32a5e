"""The layouts of training pieces as one packed text, which a model file holds, and how one is drawn for a new piece."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ..arrays import Bools, Float64s, IntArray
from ..music.keys import Key
from ..music.meter import Meter
from ..music.modes import MODE, MODES
from ..music.units import STEPS_PER_QUARTER
from .character import TRAITS
from .folding import folded, folds
from .layout import Layout

MOST = 4000  # layouts that a model file holds
_HAS_MINOR_THIRD = np.array([MODE[mode].basis == "minor" for mode in MODES])
MIN_PIECES = 30  # of exactly the requested length; with fewer, other pieces are drawn too
_ODD = 2.0  # times as many notes a bar as the median, or as few: such tunes are not typical
_MOST_OFF_GRID = 0.1  # share of bars whose last onset is off sixteenths and triplets
_SIXTEENTH, _TRIPLET = STEPS_PER_QUARTER // 4, STEPS_PER_QUARTER // 3
NEAR = 100  # layouts whose keys are as near as possible
_PER_BAR = ("form", "returns", "sources", "notes", "last", "cadences")
_HEAD = 11 + len(TRAITS)
_LEVEL = 7  # of compression; 9 takes six times as long for two percent less


class _Unpacked(NamedTuple):
    """Heads (N, _HEAD) and bodies, one after another, with the place of each."""

    heads: IntArray
    bodies: IntArray
    first: IntArray


class Layouts(Sequence[Layout]):
    """Layouts, unpacked when the first is asked for."""

    def __init__(self, packed: str = "") -> None:
        """Use what `pack` returned; without it there are none."""
        self.packed = packed

    @classmethod
    def pack(cls, layouts: Iterable[Layout]) -> Layouts:
        """Return layouts packed."""
        rows = [_as_numbers(layout) for layout in layouts]
        if not rows:
            return cls()
        heads = np.array([head for head, _ in rows])
        numbers = np.concatenate([[len(rows)], heads.ravel(), *(body for _, body in rows)]).astype("<i2")
        return cls(base64.b64encode(zlib.compress(numbers.tobytes(), _LEVEL)).decode("ascii"))

    def __bool__(self) -> bool:
        return bool(self.packed)

    def __len__(self) -> int:
        return len(self._table.heads)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layouts) and self.packed == other.packed

    def __hash__(self) -> int:
        return hash(self.packed)

    def __repr__(self) -> str:
        return f"Layouts of {len(self)} pieces"

    def __getitem__(self, index: int) -> Layout:  # type: ignore[override]  # slices are not needed
        table = self._table
        head = table.heads[index].tolist()
        body = table.bodies[table.first[index] :][: len(_PER_BAR) * head[9]].reshape(len(_PER_BAR), head[9])
        form, returns, sources, notes, last, cadences = (tuple(row.tolist()) for row in body)
        return Layout(
            Meter(head[0], head[1]),
            Key(head[2], MODES[head[3]]),
            head[4],
            "".join(map(str, form)),
            returns,
            sources,
            notes,
            last,
            cadences,
            head[5],
            (head[6], head[7], head[8]),
            tuple(head[11:]),
            head[10],
        )

    @cached_property
    def _table(self) -> _Unpacked:
        """The unpacked numbers. Raises ValueError for a text that `pack` did not make."""
        if not self.packed:
            return _Unpacked(np.zeros((0, _HEAD), np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
        try:
            numbers = np.frombuffer(zlib.decompress(base64.b64decode(self.packed)), "<i2").astype(np.int64)
        except zlib.error as error:
            raise ValueError(f"layouts must be packed ({error})") from error
        size = int(numbers[0])
        heads = numbers[1 : 1 + size * _HEAD].reshape(size, _HEAD)
        lengths = len(_PER_BAR) * heads[:, 9]
        bodies = numbers[1 + size * _HEAD :]
        if len(bodies) != lengths.sum():
            raise ValueError("layouts must be whole")
        return _Unpacked(heads, bodies, np.cumsum(lengths) - lengths)

    def meters(self) -> IntArray:
        """Return numerator and denominator of each, (N, 2)."""
        return self._table.heads[:, :2]

    def tonics(self) -> IntArray:
        """Return the pitch class of the tonic of each, (N,)."""
        return self._table.heads[:, 2]

    def are_minor(self) -> Bools:
        """Return whether each is in minor or a mode with its third, (N,)."""
        return _HAS_MINOR_THIRD[self._table.heads[:, 3]]

    def lengths(self) -> IntArray:
        """Return the number of full bars of each, (N,)."""
        return self._table.heads[:, 9]

    @cached_property
    def mean_notes(self) -> Float64s:
        """The mean number of notes of the bars of each, (N,)."""
        return self._mean("notes", self._table.bodies)

    @cached_property
    def share_off_grid(self) -> Float64s:
        """The share of the bars of each whose last onset is neither on a sixteenth nor on a triplet, (N,)."""
        bodies = self._table.bodies
        return self._mean("last", ((bodies % _SIXTEENTH > 0) & (bodies % _TRIPLET > 0)).astype(np.int64))

    def _mean(self, name: str, numbers: IntArray) -> Float64s:
        """Return the mean over the bars of each of numbers that stand in place of a value of bars, (N,)."""
        lengths = self.lengths()
        starts = self._table.first + _PER_BAR.index(name) * lengths
        through = np.concatenate([[0], np.cumsum(numbers)])
        means: Float64s = (through[starts + lengths] - through[starts]) / lengths
        return means

    def fold_to(self, num_bars: int) -> Bools:
        """Return which have this number of bars without the repeats of two sections, (N,)."""
        table, out = self._table, np.zeros(len(self), dtype=bool)
        double = np.flatnonzero(self.lengths() == 2 * num_bars)
        if len(double):
            shape = (-1, len(_PER_BAR), 2 * num_bars)
            places = table.first[double][:, None] + np.arange(shape[1] * shape[2])
            bodies = table.bodies[places].reshape(shape)
            out[double] = folds(*(bodies[:, _PER_BAR.index(name)] for name in ("returns", "sources")))
        return out


def _as_numbers(layout: Layout) -> tuple[list[int], IntArray]:
    key = layout.key
    head = [*layout.meter, key.tonic, MODES.index(key.mode), layout.pickup, layout.final, *layout.compass]
    rows = [[int(label) for label in layout.form], *(getattr(layout, name) for name in _PER_BAR[1:])]
    return [*head, layout.num_bars, layout.approach, *layout.character], np.array(rows, dtype=np.int64).ravel()


def candidates(
    layouts: Layouts, meter: Meter, key: Key, num_bars: int, least: int = NEAR, are_typical: bool = True
) -> IntArray:
    """Return the numbers of the layouts that suit a meter, a key and a number of full bars, at most all; (n,).

    They have the meter or, where none has, a bar as long; the number of bars, without the repeats of two sections where
    those double it (folding.py), else, where fewer than thirty do, more bars, else, where none has, fewer; and tonics
    as near as `least` of them allow. Where they are to be typical, those with twice as many notes a bar as their
    median, or half as many, are left out, and those with onsets off the grid: such tunes are in another unit, or full
    of ornaments that are written out.
    """
    meters, lengths = layouts.meters(), layouts.lengths()
    suits = (meters == np.array([*meter])).all(axis=1)
    if not suits.any():
        bars = np.array([Meter(*row).bar(STEPS_PER_QUARTER) for row in meters.tolist()], dtype=np.int64)
        suits = bars == meter.bar(STEPS_PER_QUARTER)
    for of_length in ((lengths == num_bars) | layouts.fold_to(num_bars), lengths >= num_bars):
        if (suits & of_length).sum() >= MIN_PIECES:
            break
    else:
        of_length = lengths >= (num_bars if (suits & of_length).any() else lengths[suits].max(initial=0))
    suits &= of_length
    if are_typical and suits.any():
        density = layouts.mean_notes / max(float(np.median(layouts.mean_notes[suits])), 1e-9)
        suits &= (density > 1 / _ODD) & (density < _ODD) & (layouts.share_off_grid < _MOST_OFF_GRID)
    same_mode = suits & (layouts.are_minor() == (key.basis.mode == "minor"))
    suits = same_mode if same_mode.sum() >= MIN_PIECES else suits
    distance = np.abs((layouts.tonics() - key.tonic + 6) % 12 - 6)
    for most in range(7):
        near = suits & (distance <= most)
        if near.sum() >= least:
            return np.flatnonzero(near)
    return np.flatnonzero(suits)


def draw_layouts(
    layouts: Layouts, meter: Meter, key: Key, num_bars: int, rngs: Iterable[np.random.Generator]
) -> list[Layout | None]:
    """Draw a layout of `num_bars` full bars in this meter and key for each generator; None where there is none."""
    chosen = candidates(layouts, meter, key, num_bars)
    if not len(chosen):
        return [None for _ in rngs]
    numbers = (int(chosen[int(rng.random() * len(chosen))]) for rng in rngs)
    return [fit(layouts[number], num_bars).in_key(key) for number in numbers]


def fit(layout: Layout, num_bars: int) -> Layout:
    """Return a layout with a number of full bars: without its repeats where those double it, else as `fitted` does."""
    short = folded(layout) if layout.num_bars == 2 * num_bars else None
    return layout.fitted(num_bars) if short is None else short
