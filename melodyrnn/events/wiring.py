"""Which columns the network reads where, and through which embedding table: declared once, for both networks.

The Keras network that trains and the NumPy network that generates are built from this table alone, so they cannot
differ in what they see. A source is a context column ("bar", "pitch_content") or a field of the note itself that
an earlier head of the chain has settled ("shift").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..conditions.form import NUM_LABELS
from .layout import LOOKBACKS, MAX_BARS_LEFT, MAX_INTERVAL, MAX_RUN, MODES, PHRASE_BARS, Layout
from .vocabulary import FIELD, Vocabulary

NUM_INTERVALS = 2 * MAX_INTERVAL + 1


@dataclass(frozen=True, slots=True)
class Lookup:
    """One input of the network: the row of `table` that `source` names."""

    source: str
    table: str


@dataclass(frozen=True)
class Wiring:
    """Sizes of everything that depends on the vocabulary, and the lists of inputs.

    Attributes:
        values: per field, in the order of the chain, how many indices it has (END included).
        num_meters, max_bar: meters known; steps in the longest bar.
        forms: whether it may be told the form of a piece (events/form.py).
    """

    values: dict[str, int]
    num_meters: int
    max_bar: int
    forms: bool = False

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Wiring:
        values = {field.name: vocabulary.size(field) for field in vocabulary.fields}
        return cls(values, len(vocabulary.meters), vocabulary.max_bar, bool(vocabulary.forms))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Wiring:
        return cls(dict(data["values"]), int(data["num_meters"]), int(data["max_bar"]), bool(data.get("forms", False)))

    def to_json(self) -> dict[str, Any]:
        return {"values": self.values, "num_meters": self.num_meters, "max_bar": self.max_bar, "forms": self.forms}

    @cached_property
    def layout(self) -> Layout:
        return Layout(tuple(self.values), self.forms)

    @cached_property
    def tables(self) -> dict[str, tuple[int, int]]:
        """Embedding tables: name -> (rows, width). Row 0 is "nothing" wherever a column counts from 1."""
        tables = {
            "interval": (NUM_INTERVALS + 1, 32),
            "pitch_class": (13, 16),
            "position": (self.max_bar + 1, 32),
            "meter": (self.num_meters + 1, 8),
            "mode": (len(MODES) + 1, 4),
            "bar": (PHRASE_BARS + 1, 16),
            "bars_left": (MAX_BARS_LEFT + 2, 16),
            "run": (MAX_RUN + 1, 6),
            "head_position": (self.max_bar + 1, 32),
            "head_bar": (PHRASE_BARS + 1, 16),
            "head_bars_left": (MAX_BARS_LEFT + 2, 16),
            "lowest": (self.values["pitch"] + 1, 16),
            "highest": (self.values["pitch"] + 1, 16),
        }
        if self.forms:
            tables |= {"form": (NUM_LABELS, 12), "head_form": (NUM_LABELS, 12)}
        for name, size in self.values.items():
            field = FIELD[name]
            tables[f"previous_{name}"] = (size + 1, field.embedding)
            tables[f"said_{name}"] = (size + 1, field.candidate_embedding)
            tables[f"settled_{name}"] = (size, 32)
        del tables[f"settled_{list(self.values)[-1]}"]  # nothing comes after the last field
        return tables

    @cached_property
    def trunk(self) -> tuple[Lookup, ...]:
        """Inputs of the LSTM."""
        previous = [Lookup(f"previous_{name}", f"previous_{name}") for name in self.values]
        names = ("interval", "pitch_class", "lowest", "highest", "position", "meter", "mode", "bar", "bars_left")
        fixed = [Lookup(name, name) for name in names]
        if self.forms:
            fixed += [Lookup("form", "form"), Lookup("next_form", "form")]
        return (*previous, *fixed, *self._said("shift"), *self._runs)

    def head(self, name: str) -> tuple[Lookup, ...]:
        """Inputs of a field's head, beside the state of the LSTM."""
        earlier = list(self.values)[: list(self.values).index(name)]
        place = "onset_" if earlier else ""
        names = ["position", "bar", "bars_left"]
        fixed = [Lookup(f"{place}{column}", f"head_{column}") for column in names]
        if self.forms:
            fixed += [Lookup(column, "head_form") for column in (("onset_form",) if earlier else ("form", "next_form"))]
        if FIELD[name].melodic:
            fixed += [Lookup("lowest", "lowest"), Lookup("highest", "highest")]
        settled = [Lookup(other, f"settled_{other}") for other in earlier]
        return (*fixed, *settled, *self._runs, *self._said(name))

    @property
    def _runs(self) -> list[Lookup]:
        return [Lookup(f"run_{back}", "run") for back in LOOKBACKS]

    def _said(self, name: str) -> list[Lookup]:
        return [Lookup(f"{name}_{back}", f"said_{name}") for back in LOOKBACKS]
