from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from melodyrnn.events.context import context_of
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.events.wiring import Wiring
from melodyrnn.score.score import Score

WIRINGS = (
    Wiring({"shift": 12, "duration": 11, "pitch": 40}, 2, 48),
    Wiring({"shift": 12, "duration": 11, "pitch": 40, "velocity": 9}, 3, 54),
    Wiring({"shift": 12, "duration": 11, "pitch": 40}, 2, 48, forms=True),
)


@pytest.mark.parametrize("wiring", WIRINGS)
class TestNames:
    def test_every_source_is_there(self, wiring: Wiring) -> None:
        for lookup in wiring.trunk:
            assert lookup.source in wiring.layout.before
            assert lookup.table in wiring.tables
        fields = list(wiring.values)
        for place, name in enumerate(fields):
            for lookup in wiring.head(name):
                assert lookup.source in (*wiring.layout.columns, *fields[:place])
                assert lookup.table in wiring.tables

    def test_the_first_head_reads_nothing_of_its_own_onset(self, wiring: Wiring) -> None:
        assert {lookup.source for lookup in wiring.head("shift")} <= set(wiring.layout.before)

    def test_a_head_reads_earlier_fields_and_no_later_ones(self, wiring: Wiring) -> None:
        fields = list(wiring.values)
        for place, name in enumerate(fields):
            read = {lookup.source for lookup in wiring.head(name)} & set(fields)
            assert read == set(fields[:place])

    def test_every_table_and_every_column_is_used(self, wiring: Wiring) -> None:
        lookups = [*wiring.trunk, *(lookup for name in wiring.values for lookup in wiring.head(name))]
        assert {lookup.table for lookup in lookups} == set(wiring.tables)
        assert {lookup.source for lookup in lookups} - set(wiring.values) == set(wiring.layout.columns)

    def test_json_round_trip(self, wiring: Wiring) -> None:
        assert Wiring.from_json(json.loads(json.dumps(wiring.to_json()))) == wiring


@pytest.mark.parametrize("with_velocity", [False, True])
def test_every_index_fits_its_table_on_real_tunes(
    real_tunes: list[Score], fit: Callable[..., Vocabulary], with_velocity: bool
) -> None:
    vocabulary = fit(real_tunes[:10], with_velocity)  # the others bring values and meters that it does not hold
    wiring = Wiring.of(vocabulary)
    contexts, targets = context_of(real_tunes, vocabulary)
    context, target = np.concatenate(contexts), np.concatenate(targets)
    fields = list(wiring.values)
    assert target.min() >= 0
    assert (target.max(axis=0) < [wiring.values[name] for name in fields]).all()
    for lookup in (*wiring.trunk, *(lookup for name in fields for lookup in wiring.head(name))):
        rows = wiring.tables[lookup.table][0]
        if lookup.source in fields:
            # END stands in the last row of a piece, where no later head is asked
            index = np.concatenate([t[:-1, fields.index(lookup.source)] for t in targets])
        else:
            index = context[:, wiring.layout.place(lookup.source)]
        assert index.max() < rows, lookup


def test_sizes() -> None:
    tables = WIRINGS[1].tables
    assert tables["previous_pitch"][0] == tables["said_pitch"][0] == 41  # one for "nothing"
    assert tables["settled_pitch"][0] == 40
    assert "settled_velocity" not in tables
    assert tables["meter"][0] == 4
    assert tables["position"][0] == tables["head_position"][0] == 55
