"""The columns of a context: what the network reads of the past and of the conditions.

A context is uint8 (num_events, num_columns); 0 always means "no value", values
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
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from ..arrays import Bools
from ..conditions.base import Condition, Feature
from ..conditions.table import ALWAYS, CONDITIONS, usual_conditions
from ..json_types import JsonObject
from ..music.modes import BASIC_MODES
from .fields import FIELD
from .lookbacks.table import DEFAULT_LOOKBACKS
from .parts.inputs import PartInputs, columns_of
from .vocabulary import Vocabulary

MAX_RUN = 15
MAX_INTERVAL = 24
NUM_INTERVALS = 2 * MAX_INTERVAL + 1


@dataclass(frozen=True)
class ContextColumns:
    """The columns of the contexts of a network.

    Attributes:
        values: the number of indices of each field (END included), in the order of prediction.
        num_meters, max_bar: number of meters; steps in the longest bar.
        num_modes: number of modes that the network distinguishes.
        conditions, lookbacks: names, as in `Vocabulary`.
        kinds: the kind of each part, by its index; empty for a network of single parts.
    """

    values: dict[str, int]
    num_meters: int
    max_bar: int
    conditions: tuple[str, ...] = ALWAYS
    lookbacks: tuple[str, ...] = DEFAULT_LOOKBACKS
    kinds: tuple[str, ...] = ()
    num_modes: int = len(BASIC_MODES)

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Self:
        """Return the inputs of a network on a vocabulary."""
        values = {field.name: vocabulary.size(field) for field in vocabulary.fields}
        return cls(
            values,
            len(vocabulary.meters),
            vocabulary.max_bar,
            vocabulary.conditions,
            vocabulary.lookbacks,
            vocabulary.kinds,
            len(vocabulary.modes),
        )

    @classmethod
    def from_json(cls, data: JsonObject) -> Self:
        """Return the inputs of what `to_json` wrote; files from before conditions had names lack their entries."""
        return cls(
            dict(data["values"]),
            int(data["num_meters"]),
            int(data["max_bar"]),
            tuple(data.get("conditions", usual_conditions(bool(data.get("forms"))))),
            tuple(data.get("lookbacks", DEFAULT_LOOKBACKS)),
            tuple(data.get("kinds", ())),
            int(data.get("num_modes", len(BASIC_MODES))),
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
            **({"num_modes": self.num_modes} if self.num_modes != len(BASIC_MODES) else {}),
        }

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields, in the order of prediction."""
        return tuple(self.values)

    @cached_property
    def before(self) -> tuple[str, ...]:
        """The names of the columns that are known before the shift."""
        previous = [f"previous_{name}" for name in self.fields]
        features = [column for feature in self.features() for column in columns_before(feature)]
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

    @cached_property
    def plays_columns(self) -> Bools:
        """Which columns tell which parts play, shape (num_columns,)."""
        own = self.parts.plays if self.parts else ()
        return np.array([column in own for column in self.columns])

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
            for column in (*columns_before(feature), f"onset_{feature.name}")
        }
        return np.array([column in own for column in self.columns])

    def features(self) -> Iterator[Feature]:
        """Yield the features of all conditions, in the order of their columns."""
        for condition in self._conditions:
            yield from condition.features

    @property
    def _conditions(self) -> list[Condition]:
        return [CONDITIONS[name] for name in self.conditions]

    def _for_each_lookback(self, prefix: str) -> tuple[str, ...]:
        return tuple(f"{prefix}_{name}" for name in self.lookbacks)

    def _slice(self, first: str) -> slice:
        start = self.place(first)
        return slice(start, start + len(self.lookbacks))


def columns_before(feature: Feature) -> tuple[str, ...]:
    """Return the columns of a feature that are known before the shift."""
    return (feature.name, f"next_{feature.name}") if feature.is_seen_ahead else (feature.name,)
