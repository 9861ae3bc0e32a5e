from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from melodyrnn.conditions.table import ALWAYS
from melodyrnn.events.context import context_of
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.score.score import Score

INPUTS = (
    Inputs({"shift": 12, "duration": 11, "pitch": 40}, 2, 48),
    Inputs({"shift": 12, "duration": 11, "pitch": 40, "velocity": 9}, 3, 54),
    Inputs({"shift": 12, "duration": 11, "pitch": 40}, 2, 48, (*ALWAYS, "form")),
)


@pytest.mark.parametrize("inputs", INPUTS)
class TestNames:
    def test_every_source_is_there(self, inputs: Inputs) -> None:
        for lookup in inputs.trunk:
            assert lookup.source in inputs.before
            assert lookup.table in inputs.tables
        fields = list(inputs.values)
        for place, name in enumerate(fields):
            for lookup in inputs.head(name):
                assert lookup.source in (*inputs.columns, *fields[:place])
                assert lookup.table in inputs.tables

    def test_the_first_head_reads_nothing_of_its_own_onset(self, inputs: Inputs) -> None:
        assert {lookup.source for lookup in inputs.head("shift")} <= set(inputs.before)

    def test_a_head_reads_earlier_fields_and_no_later_ones(self, inputs: Inputs) -> None:
        fields = list(inputs.values)
        for place, name in enumerate(fields):
            read = {lookup.source for lookup in inputs.head(name)} & set(fields)
            assert read == set(fields[:place])

    def test_every_table_and_every_column_is_used(self, inputs: Inputs) -> None:
        lookups = [*inputs.trunk, *(lookup for name in inputs.values for lookup in inputs.head(name))]
        assert {lookup.table for lookup in lookups} == set(inputs.tables)
        assert {lookup.source for lookup in lookups} - set(inputs.values) == set(inputs.columns)

    def test_json_round_trip(self, inputs: Inputs) -> None:
        assert Inputs.from_json(json.loads(json.dumps(inputs.to_json()))) == inputs


@pytest.mark.parametrize("with_velocity", [False, True])
def test_every_index_fits_its_table_on_real_tunes(
    real_tunes: list[Score], fit: Callable[..., Vocabulary], with_velocity: bool
) -> None:
    vocabulary = fit(real_tunes[:10], with_velocity)  # the others bring values and meters that it does not hold
    inputs = Inputs.of(vocabulary)
    contexts, targets = context_of(real_tunes, vocabulary)
    context, target = np.concatenate(contexts), np.concatenate(targets)
    fields = list(inputs.values)
    assert target.min() >= 0
    assert (target.max(axis=0) < [inputs.values[name] for name in fields]).all()
    for lookup in (*inputs.trunk, *(lookup for name in fields for lookup in inputs.head(name))):
        rows = inputs.tables[lookup.table][0]
        if lookup.source in fields:
            # END stands in the last row of a piece, where no later head is asked
            index = np.concatenate([t[:-1, fields.index(lookup.source)] for t in targets])
        else:
            index = context[:, inputs.place(lookup.source)]
        assert index.max() < rows, lookup


def test_sizes() -> None:
    tables = INPUTS[1].tables
    assert tables["previous_pitch"][0] == tables["said_pitch"][0] == 41  # one for "nothing"
    assert tables["settled_pitch"][0] == 40
    assert "settled_velocity" not in tables
    assert tables["meter"][0] == 4
    assert tables["position"][0] == tables["head_position"][0] == 55
