"""The inputs of the network: the embedding table through which each layer reads each column of a context.

This one definition is used by the Keras network that trains and by the NumPy network that generates. The names of
embedding tables are part of the format of model files.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..conditions.base import Feature, Sizes
from ..conditions.table import ALWAYS, CONDITIONS
from ..music.units import NUM_PITCH_CLASSES
from .columns import MAX_RUN, NUM_INTERVALS, ContextColumns, columns_before
from .fields import FIELD
from .parts.inputs import Group, PartInputs


@dataclass(frozen=True, slots=True)
class Lookup:
    """One input: a row of `table`; `source` is the context column or earlier field of the same note that selects it."""

    source: str
    table: str


@dataclass(frozen=True)
class Inputs(ContextColumns):
    """The inputs of a network: its columns, and how its layers read them."""

    @property
    def own_last(self) -> str:
        """The column of the pitch from which intervals are counted: the previous one, in parts that of the part."""
        return "own_last" if self.parts else "previous_pitch"

    def has_hidden_layer(self, name: str) -> bool:
        """Return whether the head of a field has a hidden layer; with several parts all have."""
        return FIELD[name].has_hidden_layer or self.parts is not None

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
        features = [Lookup(column, f.name) for f in self.features() for column in columns_before(f)]
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
            for column in ([f"onset_{feature.name}"] if earlier else columns_before(feature))
        ]
        extremes = [Lookup(column, column) for column in ("lowest", "highest") if FIELD[name].is_melodic]
        known = [Lookup(other, f"settled_{other}") for other in earlier]
        further = self._part_lookups(self._groups_of_head(self.parts, name)) if self.parts else []
        return (*features, *extremes, *known, *self._run_lookups, *self._candidate_lookups(name), *further)

    def _groups_of_head(self, parts: PartInputs, name: str) -> tuple[Group, ...]:
        """Return the further columns that the head of a field reads, by what is known before the field is."""
        if name == "shift":
            return parts.groups_before
        known = (*parts.of_lines, *parts.groups_at)
        return known if name == "part" else (*known, *parts.groups_within)

    def _part_lookups(self, groups: tuple[Group, ...]) -> list[Lookup]:
        return [Lookup(column, table) for column, table in PartInputs(self.kinds, self.values).lookups(groups)]

    @property
    def _run_lookups(self) -> list[Lookup]:
        return [Lookup(column, "run") for column in self._for_each_lookback("run")]

    def _candidate_lookups(self, name: str) -> list[Lookup]:
        return [Lookup(column, f"said_{name}") for column in self._for_each_lookback(name)]

    def _tables_of(self, features: list[Feature]) -> dict[str, tuple[int, int]]:
        sizes = Sizes(self.num_meters, self.max_bar, self.num_modes)
        return {feature.name: (feature.num_rows(sizes), feature.width) for feature in features}

    def _head_tables_of(self, features: list[Feature]) -> dict[str, tuple[int, int]]:
        read = [feature for feature in features if feature.is_read_by_heads]
        return {f"head_{name}": size for name, size in self._tables_of(read).items()}


def _is_read(earlier: str, name: str) -> bool:
    """Return whether the head of a field reads an earlier field: of those with a kind, no event has two."""
    return FIELD[earlier].kind is None or FIELD[name].kind is None
