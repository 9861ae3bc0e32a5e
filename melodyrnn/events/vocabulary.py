"""The vocabulary: the values that each field can take and other facts about a corpus; stored in the model file.

Event rows hold values (a number of steps, a pitch ...); an index is the position of a value in the sorted values of
its field. The network reads and predicts indices only. The shift has one more index than values: END, the end of the
piece.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..arrays import AnyInts, IntArray
from ..conditions.layouts import Layouts
from ..conditions.table import ALWAYS, CONDITIONS, usual_conditions
from ..json_types import JsonObject
from ..music.chords import nearest_codes
from ..music.meter import Meter
from ..music.modes import BASIC_MODES, MODE
from ..score.score import KINDS, ROLES, Part, Score
from .fields import FIELD, Field
from .lookbacks.table import DEFAULT_LOOKBACKS, LOOKBACKS
from .representation import DEFAULT_REPRESENTATION, REPRESENTATIONS, Representation

VELOCITY_BIN = 8


@dataclass(frozen=True)
class Vocabulary:
    """The values of each field, and counts over the pieces of a corpus.

    Attributes:
        values: the sorted values of each field; the fields in the order of prediction.
        meters: the meters of the corpus.
        max_bar: steps in the longest bar.
        mode_counts, bar_counts: how many training pieces have each mode, and each number of bars.
        forms: how many training pieces have each form (conditions/form.py).
        conditions: names of the conditions that a network on this vocabulary reads (conditions/table.py).
        lookbacks: names of its look-backs (events/lookbacks/table.py).
        representation: name of the representation that it was fitted to (events/representation.py).
        layouts: of training melodies (conditions/layout.py), at most `conditions.layouts.MOST`.
        parts: for each value of the field part, a slot (score/slots.py), the part that usually takes it; empty for a
            vocabulary of single parts.
        modes: the modes that a network on this vocabulary distinguishes: major, minor and further ones of the corpus.
    """

    values: dict[str, tuple[int, ...]]
    meters: tuple[Meter, ...]
    max_bar: int
    mode_counts: dict[str, int]
    bar_counts: dict[int, int]
    forms: dict[str, int] = dataclass_field(default_factory=dict)
    conditions: tuple[str, ...] = ALWAYS
    lookbacks: tuple[str, ...] = DEFAULT_LOOKBACKS
    representation: str = DEFAULT_REPRESENTATION
    parts: tuple[Part, ...] = ()
    layouts: Layouts = Layouts()  # noqa: RUF009 -- it never changes
    modes: tuple[str, ...] = BASIC_MODES

    def __repr__(self) -> str:
        return f"Vocabulary({', '.join(f'{name} of {len(values)}' for name, values in self.values.items())})"

    @property
    def events(self) -> Representation:
        """The representation of scores as event rows."""
        return REPRESENTATIONS[self.representation]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields, in the order of prediction."""
        return tuple(FIELD[name] for name in self.values)

    def size(self, field: Field) -> int:
        """Return the number of indices of a field, END included."""
        return len(self.values[field.name]) + field.can_end

    @property
    def end(self) -> int:
        """The index of END, among those of the shift."""
        return len(self.values["shift"])

    @cached_property
    def sorted_values(self) -> dict[str, IntArray]:
        """The values of each field as an array."""
        return {name: np.array(values, dtype=np.int64) for name, values in self.values.items()}

    @cached_property
    def _indices(self) -> dict[str, IntArray]:
        """For each field an array from value + 1 to index, -1 for values that it lacks, as the first and the last."""
        tables = {}
        for name, values in self.sorted_values.items():
            table = np.full(int(values.max()) + 3, -1, dtype=np.int64)
            table[values + 1] = np.arange(len(values))
            tables[name] = table
        return tables

    def index(self, name: str, values: AnyInts) -> IntArray:
        """Return the indices of values, -1 where a value is not in the vocabulary. Any shape."""
        return self._indices[name].take(values.astype(np.int64) + 1, mode="clip")

    def nearest(self, name: str, values: AnyInts) -> IntArray:
        """Return the indices of the nearest values, the lower of two that are equally near. Any shape.

        The nearest chord symbol is the most similar one.
        """
        known = self.sorted_values[name]
        if FIELD[name].kind == "chords":
            codes, place = np.unique(values, return_inverse=True)
            return nearest_codes(codes.astype(np.int64), known)[place].reshape(values.shape)
        right = np.clip(np.searchsorted(known, values), 0, len(known) - 1)
        left = np.maximum(right - 1, 0)
        return np.where(np.abs(values - known[left]) <= np.abs(known[right] - values), left, right)

    def encode(self, rows: IntArray) -> tuple[IntArray, int]:
        """Return the indices of event rows, (num_notes, num_fields), and how many values were rounded."""
        out, rounded, kinds = [], 0, self._kinds_of(rows)
        for field in self.fields:
            column: AnyInts = rows[:, field.column]
            if field.name == "velocity":
                column = bin_velocity(column)
            exact = self.index(field.name, column)
            index = np.where(exact < 0, self.nearest(field.name, column), exact)
            if kinds is not None and field.kind is not None:
                index, exact = (np.where(kinds == field.kind, array, 0) for array in (index, exact))
            rounded += int((exact < 0).sum())
            if field.can_end or field.name == "duration":  # rounding must not give two notes one onset, or no length
                index += (column > 0) & (self.sorted_values[field.name][index] == 0)
            out.append(index)
        return np.stack(out, axis=1), rounded

    def _kinds_of(self, rows: IntArray) -> npt.NDArray[np.str_] | None:
        """Return the kind of the part of each row; None without parts."""
        if not self.parts:
            return None
        return np.array(self.kinds)[self.nearest("part", rows[:, FIELD["part"].column])]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind of the part of each slot, empty for a vocabulary of single parts."""
        return tuple(part.kind for part in self.parts)

    def encode_score(self, score: Score) -> tuple[IntArray, int]:
        """Return the indices of a score's events, (num_notes, num_fields), and how many values were rounded."""
        return self.encode(self.events.encode(score))

    def decode(self, indices: IntArray) -> IntArray:
        """Return the values of indices (num_notes, num_fields), none of them END.

        Of the fields with a kind only that of the part's kind has a meaning.
        """
        known = self.sorted_values.values()
        return np.stack([values[indices[:, place]] for place, values in enumerate(known)], axis=1)

    def meter_index(self, meter: Meter) -> int:
        """Return the number of a meter, from 1; 0 for a meter that is not in the corpus."""
        return self.meters.index(meter) + 1 if meter in self.meters else 0

    def mode_index(self, mode: str) -> int:
        """Return the number of a mode, from 1; that of its basis, major or minor, where it is not in `modes`."""
        return self.modes.index(mode if mode in self.modes else MODE[mode].basis) + 1

    def mode_bits(self, mode: str) -> float:
        """Return -log2 of the share of pieces in this one of `modes`, with one added to each count."""
        index, total = self.mode_index(mode), sum(self.mode_counts.values()) + len(self.modes)
        count = sum(n for other, n in self.mode_counts.items() if self.mode_index(other) == index)
        return float(-np.log2((count + 1) / total))

    def length_bits(self, num_bars: int) -> float:
        """Return -log2 p of n bars, where p is 0.9 times the share of pieces of n bars plus 0.1 / (n (n + 1))."""
        total = max(1, sum(self.bar_counts.values()))
        share = 0.9 * self.bar_counts.get(num_bars, 0) / total + 0.1 / (num_bars * (num_bars + 1))
        return float(-np.log2(share))

    def to_json(self) -> JsonObject:
        """Return an object that `from_json` reads; defaults are left out, so that it equals those of older versions."""
        defaults = usual_conditions(bool(self.forms)), DEFAULT_LOOKBACKS, DEFAULT_REPRESENTATION
        own = self.conditions, self.lookbacks, self.representation
        names = ("conditions", "lookbacks", "representation")
        return {
            "values": {name: list(values) for name, values in self.values.items()},
            "meters": [list(meter) for meter in self.meters],
            "max_bar": self.max_bar,
            "mode_counts": self.mode_counts,
            "bar_counts": {str(n): count for n, count in self.bar_counts.items()},
            **({"forms": self.forms} if self.forms else {}),
            **({"layouts": self.layouts.packed} if self.layouts else {}),
            **({"parts": [list(part) for part in self.parts]} if self.parts else {}),
            **({"modes": list(self.modes)} if self.modes != BASIC_MODES else {}),
            **{name: value for name, value, default in zip(names, own, defaults, strict=True) if value != default},
        }

    @classmethod
    def from_json(cls, data: JsonObject) -> Vocabulary:
        """Return the vocabulary that `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        try:
            forms = {_form(form): int(count) for form, count in data.get("forms", {}).items()}
            values = {name: tuple(int(v) for v in data["values"][name]) for name in FIELD if name in data["values"]}
            found = cls(
                values,
                tuple(Meter(int(n), int(d)) for n, d in data["meters"]),
                int(data["max_bar"]),
                {str(mode): int(n) for mode, n in data["mode_counts"].items()},
                {int(n): int(count) for n, count in data["bar_counts"].items()},
                forms,
                _known(data.get("conditions", usual_conditions(bool(forms))), CONDITIONS),
                _known(data.get("lookbacks", DEFAULT_LOOKBACKS), LOOKBACKS),
                _known([data.get("representation", DEFAULT_REPRESENTATION)], REPRESENTATIONS)[0],
                tuple(_part(*part) for part in data.get("parts", ())),
                _layouts(data.get("layouts", "")),
                _modes(data.get("modes", BASIC_MODES)),
            )
        except (AttributeError, OverflowError) as error:
            raise ValueError(f"a vocabulary of another kind ({error})") from error
        if not {"shift", "duration", "pitch"} <= set(values):
            raise ValueError(f"a vocabulary must hold shift, duration and pitch. Received: {', '.join(values)}")
        if len(found.parts) != len(values.get("part", ())):
            raise ValueError(f"parts must be one for each slot. Received: {len(found.parts)}")
        for name, known in values.items():
            if not known or known[0] < 0 or any(b <= a for a, b in pairwise(known)):
                raise ValueError(f"the values of {name} must rise from 0 or more")
        return found


def _known(names: Sequence[str], table: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names. Raises ValueError for a name that is not in the table (it may be from a newer version)."""
    for name in names:
        if name not in table:
            raise ValueError(f"a vocabulary must name what is known ({', '.join(table)}). Received: {name!r}")
    return tuple(names)


def _modes(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of modes. Raises ValueError for others, and where major and minor are not the first."""
    if tuple(names[: len(BASIC_MODES)]) != BASIC_MODES:
        raise ValueError(f"modes must begin with {', '.join(BASIC_MODES)}. Received: {names!r}")
    return _known(names, MODE)


def _part(name: object, kind: object, program: object, role: object) -> Part:
    """Return a part of JSON. Raises ValueError for a kind or a role that is not known."""
    if kind not in KINDS or role not in ROLES or not isinstance(program, int) or not 0 <= program <= 127:
        raise ValueError(f"a part must have a kind, a program and a role. Received: {[name, kind, program, role]}")
    return Part(str(name), str(kind), program, str(role))


def _layouts(packed: object) -> Layouts:
    if not isinstance(packed, str):
        raise ValueError(f"layouts must be a text. Received: {type(packed).__name__}")
    return Layouts(packed)


def _form(text: object) -> str:
    if not (isinstance(text, str) and text and not text.strip("123456")):
        raise ValueError(f"a form must be digits from 1 to 6. Received: {text!r}")
    return text


def bin_velocity(velocity: AnyInts) -> AnyInts:
    """Return the middle of each velocity's bin of 8: 4, 12, ... 124."""
    return velocity // VELOCITY_BIN * VELOCITY_BIN + VELOCITY_BIN // 2
