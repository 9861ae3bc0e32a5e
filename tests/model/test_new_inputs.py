"""Weights of a network that gets further inputs: it computes what it did before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from melodyrnn.checkpoint import Metadata
from melodyrnn.conditions.table import conditions_of_melodies
from melodyrnn.errors import SettingError
from melodyrnn.evaluation.bits import bits_of_batch
from melodyrnn.events.context import context_of
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.model.transfer import carry_over
from melodyrnn.network.cells import RecurrentConfig
from melodyrnn.network.network import Network, expected_shapes
from melodyrnn.score.score import Score


@pytest.mark.parametrize("cell", ["lstm", "gru", "feedforward"])
def test_new_conditions_change_nothing_at_first(fit: Callable[..., Vocabulary], tunes: list[Score], cell: str) -> None:
    old = fit(tunes)
    new = replace(old, conditions=conditions_of_melodies(True, True))
    recurrent = RecurrentConfig(8, 2, cell)
    rng = np.random.default_rng(0)
    shapes = expected_shapes(Inputs.of(old), recurrent)
    weights = {name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}
    carried = carry_over(weights, old, new)
    assert {name: value.shape for name, value in carried.items()} == expected_shapes(Inputs.of(new), recurrent)
    settings = {"units": 8, "num_layers": 2, "cell": cell, "dropout": 0.0}
    before = bits_of_batch(Network(Metadata(old, settings), weights), *context_of(tunes, old, with_conditions=True))
    after = bits_of_batch(Network(Metadata(new, settings), carried), *context_of(tunes, new, with_conditions=True))
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_a_corpus_without_what_the_model_reads_is_refused(fit: Callable[..., Vocabulary], tunes: list[Score]) -> None:
    old = fit(tunes)
    with pytest.raises(SettingError, match=r"ingest it anew. Received one without form"):
        carry_over({}, old, replace(old, conditions=("meter", "mode", "length")))
