"""Which fields an event has, and which values each can take: one table, fitted to a corpus, kept with the model.

A value stands in a row (a number of steps, a pitch ...); an index is its place in the field's sorted values. The
network sees and predicts indices only. The shift has one more index than values: END, the end of the piece.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ..music.meter import Meter

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Field:
    """What the network is told of one field: its column in an event row and the sizes of its tables.

    `embedding` and `candidate_embedding` are the widths of the tables for the field's own value and for what a
    look-back says; `hidden` is whether the head has a hidden layer; `always` are values every vocabulary has.
    `melodic` values are pitches, contiguous in the vocabulary: their head also scores the interval from the note
    before and the pitch class, so that what is learned of a step or a degree holds in every octave and place.
    """

    name: str
    column: int
    embedding: int
    candidate_embedding: int
    hidden: bool
    always: tuple[int, ...] = ()
    ends: bool = False
    melodic: bool = False


# In the order of the chain: each is predicted knowing those before it.
FIELDS = (
    Field("shift", 0, 32, 8, False, (3, 4, 6, 8, 9, 12, 18, 24, 36, 48), ends=True),
    Field("duration", 1, 32, 8, False, (3, 4, 6, 8, 9, 12, 18, 24, 36, 48)),
    Field("pitch", 2, 64, 16, True, melodic=True),
    Field("velocity", 3, 16, 8, False),
)
FIELD = {field.name: field for field in FIELDS}
MAX_STEPS = 192  # the longest shift or duration a vocabulary holds
VELOCITY_BIN = 8
_PITCH_MARGIN = 5  # semitones beyond what the corpus showed, so that a new tune need not be refused


@dataclass(frozen=True)
class Vocabulary:
    """Values by field, in the order of the chain, and the meters, positions, modes, lengths and forms that were seen.

    `forms` are those of the training pieces, {form: pieces} (events/form.py); without any, no network on this
    vocabulary is told of forms.
    """

    values: dict[str, tuple[int, ...]]
    meters: tuple[Meter, ...]
    max_bar: int
    mode_counts: dict[str, int]
    bar_counts: dict[int, int]
    forms: dict[str, int] = dataclass_field(default_factory=dict)

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(FIELD[name] for name in self.values)

    def size(self, field: Field) -> int:
        """How many indices the field has, END included."""
        return len(self.values[field.name]) + field.ends

    @property
    def end(self) -> int:
        """The index of END in the shift."""
        return len(self.values["shift"])

    @cached_property
    def sorted_values(self) -> dict[str, IntArray]:
        return {name: np.array(values, dtype=np.int64) for name, values in self.values.items()}

    @cached_property
    def _indices(self) -> dict[str, IntArray]:
        """Per field a table value -> index, -1 for a value that is not in the vocabulary."""
        tables = {}
        for name, values in self.sorted_values.items():
            table = np.full(max(256, int(values.max()) + 1), -1, dtype=np.int64)
            table[values] = np.arange(len(values))
            tables[name] = table
        return tables

    def index(self, name: str, values: IntArray) -> IntArray:
        """Indices of values, -1 where a value is not in the vocabulary. Any shape."""
        table = self._indices[name]
        inside = (values >= 0) & (values < len(table))
        return np.where(inside, table[np.where(inside, values, 0)], -1)

    def nearest(self, name: str, values: IntArray) -> IntArray:
        """Indices of the nearest values (the lower of two as near). Any shape."""
        known = self.sorted_values[name]
        right = np.clip(np.searchsorted(known, values), 0, len(known) - 1)
        left = np.maximum(right - 1, 0)
        return np.where(np.abs(values - known[left]) <= np.abs(known[right] - values), left, right)

    def encode(self, rows: IntArray) -> tuple[IntArray, int]:
        """Rows (num_notes, 4) as indices (num_notes, num_fields), and how many values had to be rounded."""
        out, rounded = [], 0
        for field in self.fields:
            column = rows[:, field.column]
            if field.name == "velocity":
                column = bin_velocity(column)
            exact = self.index(field.name, column)
            rounded += int((exact < 0).sum())
            index = np.where(exact < 0, self.nearest(field.name, column), exact)
            if field.ends:  # rounding must not put a note onto the one before it
                index += (column > 0) & (self.sorted_values[field.name][index] == 0)
            out.append(index)
        return np.stack(out, axis=1), rounded

    def decode(self, indices: IntArray) -> IntArray:
        """The values of indices (num_notes, num_fields), none of them END."""
        known = self.sorted_values.values()
        return np.stack([values[indices[:, place]] for place, values in enumerate(known)], axis=1)

    def meter_index(self, meter: Meter) -> int:
        """1 and up; 0 for a meter never seen."""
        return self.meters.index(meter) + 1 if meter in self.meters else 0

    def mode_bits(self, mode: str) -> float:
        """-log2 of the share of the mode among the pieces it was fitted to, one added to each count."""
        total = sum(self.mode_counts.values()) + 2
        return float(-np.log2((self.mode_counts.get(mode, 0) + 1) / total))

    def length_bits(self, num_bars: int) -> float:
        """-log2 of the share of pieces of this many bars, mixed one to nine with 1/(n(n+1)), which covers all n."""
        total = max(1, sum(self.bar_counts.values()))
        share = 0.9 * self.bar_counts.get(num_bars, 0) / total + 0.1 / (num_bars * (num_bars + 1))
        return float(-np.log2(share))

    def to_json(self) -> dict[str, Any]:
        return {
            "values": {name: list(values) for name, values in self.values.items()},
            "meters": [list(meter) for meter in self.meters],
            "max_bar": self.max_bar,
            "mode_counts": self.mode_counts,
            "bar_counts": {str(n): count for n, count in self.bar_counts.items()},
            **({"forms": self.forms} if self.forms else {}),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Vocabulary:
        """The inverse of `to_json`; raises KeyError, TypeError or ValueError on anything else."""
        try:
            values = {name: tuple(int(v) for v in data["values"][name]) for name in FIELD if name in data["values"]}
            found = cls(
                values,
                tuple(Meter(int(n), int(d)) for n, d in data["meters"]),
                int(data["max_bar"]),
                {str(mode): int(n) for mode, n in data["mode_counts"].items()},
                {int(n): int(count) for n, count in data["bar_counts"].items()},
                {_form(form): int(count) for form, count in data.get("forms", {}).items()},
            )
        except (AttributeError, OverflowError) as error:
            raise ValueError(f"a vocabulary of another kind ({error})") from error
        if not {"shift", "duration", "pitch"} <= set(values):
            raise ValueError(f"a vocabulary must hold shift, duration and pitch. Received: {', '.join(values)}")
        for name, known in values.items():
            if not known or known[0] < 0 or any(b <= a for a, b in pairwise(known)):
                raise ValueError(f"the values of {name} must rise from 0 or more")
        return found


def _form(text: Any) -> str:
    if not (isinstance(text, str) and text and all("1" <= label <= "6" for label in text)):
        raise ValueError(f"a form must be digits from 1 to 6. Received: {text!r}")
    return text


def bin_velocity(velocity: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The middle of each velocity's bin of 8: 4, 12, ... 124."""
    return velocity // VELOCITY_BIN * VELOCITY_BIN + VELOCITY_BIN // 2


class SeenValues:
    """Which values the rows of a corpus show, gathered part by part: as small for a million rows as for one."""

    def __init__(self) -> None:
        self._steps = {field.name: np.zeros(MAX_STEPS + 1, dtype=bool) for field in FIELDS if field.always}
        self._velocities = np.zeros(128, dtype=bool)
        self._low, self._high = 127, 0

    def add(self, rows: npt.NDArray[Any]) -> None:
        """Take in event rows (num_notes, 4), at least one."""
        for name, seen in self._steps.items():
            column = rows[:, FIELD[name].column]
            seen[column[column <= MAX_STEPS]] = True
        self._velocities[bin_velocity(rows[:, FIELD["velocity"].column])] = True
        pitch = rows[:, FIELD["pitch"].column]
        self._low, self._high = min(self._low, int(pitch.min())), max(self._high, int(pitch.max()))

    def values(self, field: Field, bars: Iterable[int]) -> tuple[int, ...]:
        """The values of a vocabulary that holds all that was seen, and the lengths of whole bars."""
        if field.name == "velocity":
            return _places(self._velocities)
        if field.name == "pitch":
            return tuple(range(max(0, self._low - _PITCH_MARGIN), min(127, self._high + _PITCH_MARGIN) + 1))
        return tuple(sorted({*_places(self._steps[field.name]), *field.always, *bars}))


def _places(seen: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(place) for place in np.nonzero(seen)[0])


def fit_vocabulary(
    rows: IntArray | SeenValues,
    meters: Iterable[Meter],
    bars: Iterable[int],
    modes: Iterable[str] | Mapping[str, int],
    num_bars: Iterable[int] | Mapping[int, int],
    with_velocity: bool,
    forms: Mapping[str, int] | None = None,
) -> Vocabulary:
    """Fit to the event rows (num_notes, 4) of a corpus, or to the values seen in them, and to its pieces.

    Args:
        meters, bars: of all pieces, each at least once: meters, and lengths of their bars.
        modes, num_bars: one for each training piece, or how many pieces have each.
        forms: how many training pieces have each.
    """
    if not isinstance(rows, SeenValues):
        seen = SeenValues()
        seen.add(rows)
    else:
        seen = rows
    bars = set(bars)
    fields = [field for field in FIELDS if with_velocity or field.name != "velocity"]
    values = {field.name: seen.values(field, bars) for field in fields}
    return Vocabulary(
        values,
        tuple(sorted(set(meters))),
        max(bars),
        dict(Counter(modes)),
        dict(Counter(num_bars)),
        dict(forms or {}),
    )
