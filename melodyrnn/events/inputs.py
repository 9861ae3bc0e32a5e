"""The inputs of the network: the columns of a context, and the embedding table through which each layer reads them.

This one definition is used by the code that computes contexts (events/past.py), by the Keras network that trains and
by the NumPy network that generates. A context is uint8 (num_events, num_columns); 0 always means "no value", values
count from 1.

Columns, in order (F fields, K look-backs; events/lookbacks/table.py):
    known before the shift:
        previous_<field>      F  the previous note: index + 1
        interval              1  semitones from the note before the previous one to the previous one, within ±24, + 25
        pitch_class           1  the previous pitch above the tonic, modulo 12, + 1
        lowest, highest       2  the lowest and the highest pitch so far: index + 1
        <feature>, next_<feature>   features of the conditions, at the previous onset and one bar later
                                    (conditions/base.py)
        run_<look-back>       K  number of consecutive notes that the look-back predicted, at most 15
        shift_<look-back>     K  the look-back's candidate for the shift: index + 1
    known once the shift is:
        onset_<feature>          features of the conditions, at the onset of the note being predicted
        <field>_<look-back>   K  for each further field the candidate: index + 1

With several parts, the candidates for the fields after the part are known once the part is, the interval is that within
the part, and there are further columns (events/parts/inputs.py).

The names of embedding tables are part of the format of model files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..arrays import Bools
from ..conditions.base import Condition, Feature, Sizes
from ..conditions.table import ALWAYS, CONDITIONS, usual_conditions
from ..json_types import JsonObject
from ..music.units import NUM_PITCH_CLASSES
from .fields import FIELD
from .lookbacks.table import DEFAULT_LOOKBACKS
from .parts.inputs import Group, PartInputs, columns_of
from .vocabulary import Vocabulary

MAX_RUN = 15
MAX_INTERVAL = 24
NUM_INTERVALS = 2 * MAX_INTERVAL + 1


@dataclass(frozen=True, slots=True)
class Lookup:
    """One input: a row of `table`; `source` is the context column or earlier field of the same note that selects it."""

    source: str
    table: str


@dataclass(frozen=True)
class Inputs:
    """The inputs of a network.

    Attributes:
        values: the number of indices of each field (END included), in the order of prediction.
        num_meters, max_bar: number of meters; steps in the longest bar.
        conditions, lookbacks: names, as in `Vocabulary`.
        kinds: the kind of each part, by its index; empty for a network of single parts.
    """

    values: dict[str, int]
    num_meters: int
    max_bar: int
    conditions: tuple[str, ...] = ALWAYS
    lookbacks: tuple[str, ...] = DEFAULT_LOOKBACKS
    kinds: tuple[str, ...] = ()

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Inputs:
        """Return the inputs of a network on a vocabulary."""
        values = {field.name: vocabulary.size(field) for field in vocabulary.fields}
        return cls(
            values,
            len(vocabulary.meters),
            vocabulary.max_bar,
            vocabulary.conditions,
            vocabulary.lookbacks,
            vocabulary.kinds,
        )

    @classmethod
    def from_json(cls, data: JsonObject) -> Inputs:
        """Return the inputs of what `to_json` wrote; files from before conditions had names lack their entries."""
        return cls(
            dict(data["values"]),
            int(data["num_meters"]),
            int(data["max_bar"]),
            tuple(data.get("conditions", usual_conditions(bool(data.get("forms"))))),
            tuple(data.get("lookbacks", DEFAULT_LOOKBACKS)),
            tuple(data.get("kinds", ())),
        )

    def to_json(self) -> JsonObject:
        """Return the inputs as an object for JSON."""
        return {
            "values": self.values,
            "num_meters": self.num_meters,
            "max_bar": self.max_bar,
            "conditions": list(self.conditions),
            "lookbacks": list(self.lookbacks),
            **({"kinds": list(self.kinds)} if self.kinds else {}),
        }

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields, in the order of prediction."""
        return tuple(self.values)

    @cached_property
    def before(self) -> tuple[str, ...]:
        """The names of the columns that are known before the shift."""
        previous = [f"previous_{name}" for name in self.fields]
        features = [column for feature in self.features() for column in _columns_before(feature)]
        own = ("interval", "pitch_class", "lowest", "highest")
        lookbacks = (*self._for_each_lookback("run"), *self._for_each_lookback("shift"))
        further = columns_of(self.parts.groups_before) if self.parts else ()
        return (*previous, *own, *features, *lookbacks, *further)

    @cached_property
    def at(self) -> tuple[str, ...]:
        """The names of the columns that are known once the shift is."""
        known = self.fields[1:2] if self.parts else self.fields[1:]
        candidates = [column for name in known for column in self._for_each_lookback(name)]
        features = (f"onset_{feature.name}" for feature in self.features() if feature.is_read_by_heads)
        return (*features, *candidates, *(columns_of(self.parts.groups_at) if self.parts else ()))

    @cached_property
    def within(self) -> tuple[str, ...]:
        """The names of the columns that are known once the part is; none without parts."""
        if self.parts is None:
            return ()
        candidates = [column for name in self.fields[2:] for column in self._for_each_lookback(name)]
        return (*candidates, *columns_of(self.parts.groups_within))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return self.before + self.at + self.within

    @cached_property
    def parts(self) -> PartInputs | None:
        """The further inputs of a network for several parts; None for single parts."""
        return PartInputs(self.kinds, self.values) if self.kinds else None

    @cached_property
    def applies(self) -> Bools:
        """Which fields the events of each part have, (number of parts, F); one row without parts."""
        kinds = [FIELD[name].kind for name in self.fields]
        return np.array([[kind in (None, own) for kind in kinds] for own in self.kinds or ("melodic",)])

    @cached_property
    def given_columns(self) -> Bools:
        """Which columns depend on what is given, shape (num_columns,)."""
        own = self.parts.given if self.parts else ()
        return np.array([column in own for column in self.columns])

    @property
    def own_last(self) -> str:
        """The column of the pitch from which intervals are counted: the previous one, in parts that of the part."""
        return "own_last" if self.parts else "previous_pitch"

    def has_hidden_layer(self, name: str) -> bool:
        """Return whether the head of a field has a hidden layer; with several parts all have."""
        return FIELD[name].has_hidden_layer or self.parts is not None

    @cached_property
    def _places(self) -> dict[str, int]:
        return {column: place for place, column in enumerate(self.columns)}

    def place(self, column: str) -> int:
        """Return the index of a column."""
        return self._places[column]

    @cached_property
    def _candidates(self) -> dict[str, slice]:
        return {name: self._slice(f"{name}_{self.lookbacks[0]}") for name in self.fields}

    def candidates(self, name: str) -> slice:
        """Return the columns of the look-backs' candidates for a field."""
        return self._candidates[name]

    @cached_property
    def runs(self) -> slice:
        """The columns of the look-backs' runs."""
        return self._slice(f"run_{self.lookbacks[0]}")

    @cached_property
    def lookback_columns(self) -> Bools:
        """Which columns come from a look-back, shape (num_columns,)."""
        return np.array([column.rpartition("_")[2] in self.lookbacks for column in self.columns])

    def condition_columns(self, name: str) -> Bools:
        """Return which columns come from a condition, shape (num_columns,)."""
        own = {
            column
            for feature in CONDITIONS[name].features
            for column in (*_columns_before(feature), f"onset_{feature.name}")
        }
        return np.array([column in own for column in self.columns])

    def features(self) -> Iterator[Feature]:
        """Yield the features of all conditions, in the order of their columns."""
        for condition in self._conditions:
            yield from condition.features

    @cached_property
    def tables(self) -> dict[str, tuple[int, int]]:
        """The embedding tables: name → (rows, width). Row 0 stands for "no value" where a column counts from 1."""
        always = [feature for name in ALWAYS for feature in CONDITIONS[name].features]
        further = [feature for feature in self.features() if feature not in always]
        pitches = self.values["pitch"] + 1
        tables = {
            "interval": (NUM_INTERVALS + 1, 32),
            "pitch_class": (NUM_PITCH_CLASSES + 1, 16),
            **self._tables_of(always),
            "run": (MAX_RUN + 1, 6),
            **self._head_tables_of(always),
            "lowest": (pitches, 16),
            "highest": (pitches, 16),
            **self._tables_of(further),
            **self._head_tables_of(further),
        }
        for name, size in self.values.items():
            field = FIELD[name]
            tables[f"previous_{name}"] = (size + 1, field.embedding)
            # "said" (a candidate) and "settled" (an earlier field of the note) are names in the format of model files.
            tables[f"said_{name}"] = (size + 1, field.candidate_embedding)
            tables[f"settled_{name}"] = (size, 32)
        if self.parts is not None:
            return self._read_tables({**tables, **self.parts.tables})
        del tables[f"settled_{self.fields[-1]}"]  # no head reads the last field
        return tables

    def _read_tables(self, tables: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        """Return the tables that a lookup reads."""
        heads = [lookup for name in self.fields for lookup in self.head(name)]
        read = {lookup.table for lookup in (*self.trunk, *heads)}
        return {name: size for name, size in tables.items() if name in read}

    @cached_property
    def trunk(self) -> tuple[Lookup, ...]:
        """The inputs of the first recurrent layer."""
        previous = [Lookup(f"previous_{name}", f"previous_{name}") for name in self.fields]
        own = [Lookup(name, name) for name in ("interval", "pitch_class", "lowest", "highest")]
        features = [Lookup(column, f.name) for f in self.features() for column in _columns_before(f)]
        further = self._part_lookups(self.parts.groups_before) if self.parts else []
        return (*previous, *own, *features, *self._candidate_lookups("shift"), *self._run_lookups, *further)

    def head(self, name: str) -> tuple[Lookup, ...]:
        """Return the inputs of a field's head besides the output of the recurrent layers."""
        return self._heads[name]

    @cached_property
    def _heads(self) -> dict[str, tuple[Lookup, ...]]:
        return {name: self._head(name) for name in self.fields}

    def _head(self, name: str) -> tuple[Lookup, ...]:
        earlier = [other for other in self.fields[: self.fields.index(name)] if _is_read(other, name)]
        features = [
            Lookup(column, f"head_{feature.name}")
            for feature in self.features()
            if feature.is_read_by_heads
            for column in ([f"onset_{feature.name}"] if earlier else _columns_before(feature))
        ]
        extremes = [Lookup(column, column) for column in ("lowest", "highest") if FIELD[name].is_melodic]
        known = [Lookup(other, f"settled_{other}") for other in earlier]
        further = self._part_lookups(self._groups_of_head(self.parts, name)) if self.parts else []
        return (*features, *extremes, *known, *self._run_lookups, *self._candidate_lookups(name), *further)

    def _groups_of_head(self, parts: PartInputs, name: str) -> tuple[Group, ...]:
        """Return the further columns that the head of a field reads, by what is known before the field is."""
        if name == "shift":
            return parts.groups_before[1:]
        return parts.groups_at if name == "part" else (*parts.groups_at, *parts.groups_within)

    def _part_lookups(self, groups: tuple[Group, ...]) -> list[Lookup]:
        return [Lookup(column, table) for column, table in PartInputs(self.kinds, self.values).lookups(groups)]

    @property
    def _conditions(self) -> list[Condition]:
        return [CONDITIONS[name] for name in self.conditions]

    @property
    def _run_lookups(self) -> list[Lookup]:
        return [Lookup(column, "run") for column in self._for_each_lookback("run")]

    def _candidate_lookups(self, name: str) -> list[Lookup]:
        return [Lookup(column, f"said_{name}") for column in self._for_each_lookback(name)]

    def _tables_of(self, features: list[Feature]) -> dict[str, tuple[int, int]]:
        sizes = Sizes(self.num_meters, self.max_bar)
        return {feature.name: (feature.num_rows(sizes), feature.width) for feature in features}

    def _head_tables_of(self, features: list[Feature]) -> dict[str, tuple[int, int]]:
        read = [feature for feature in features if feature.is_read_by_heads]
        return {f"head_{name}": size for name, size in self._tables_of(read).items()}

    def _for_each_lookback(self, prefix: str) -> tuple[str, ...]:
        return tuple(f"{prefix}_{name}" for name in self.lookbacks)

    def _slice(self, first: str) -> slice:
        start = self.place(first)
        return slice(start, start + len(self.lookbacks))


def _is_read(earlier: str, name: str) -> bool:
    """Return whether the head of a field reads an earlier field: of those with a kind, no event has two."""
    return FIELD[earlier].kind is None or FIELD[name].kind is None


def _columns_before(feature: Feature) -> tuple[str, ...]:
    """Return the columns of a feature that are known before the shift."""
    return (feature.name, f"next_{feature.name}") if feature.is_seen_ahead else (feature.name,)
