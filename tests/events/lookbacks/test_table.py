"""A new look-back needs only a file and an entry in the table, which this test adds without touching other modules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from networks import random_network

from melodyrnn.arrays import IntArray
from melodyrnn.evaluation.bits import evaluate
from melodyrnn.events.context import context_of
from melodyrnn.events.history import History
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.lookbacks.table import LOOKBACKS
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.score.score import Score


class FirstNote:
    """Always proposes the first note of the piece, for this test."""

    name = "first"

    def begin(self, history: History, others: Sequence[FirstNote]) -> _State:
        assert not others  # it is the only one of its kind
        return _State(history)


class _State:
    def __init__(self, history: History) -> None:
        self._history = history
        self.run = np.zeros((1, len(history.bar)), dtype=np.int64)

    def append(self) -> None:
        last = self._history.pitch[:, self._history.length - 1]
        self.run = np.where(last == self._history.pitch[:, 0], self.run + 1, 0)

    def next_shift(self) -> IntArray:
        return self._history.shift[:, 0][None]

    def source(self, onset: IntArray) -> IntArray:
        return np.zeros((1, len(onset)), dtype=np.int64)

    def adapt(self, field: str, values: IntArray) -> IntArray:
        return values


@pytest.fixture
def vocabulary(monkeypatch: pytest.MonkeyPatch, fit: Callable[..., Vocabulary], tunes: list[Score]) -> Vocabulary:
    monkeypatch.setitem(LOOKBACKS, "first", FirstNote())
    plain = fit(tunes)
    return replace(plain, lookbacks=(*plain.lookbacks, "first"))


def test_the_candidates_of_a_new_look_back_are_in_the_context(vocabulary: Vocabulary, tunes: list[Score]) -> None:
    inputs = Inputs.of(vocabulary)
    contexts, targets = context_of(tunes, vocabulary)
    for context, target in zip(contexts, targets, strict=True):
        assert (context[1:-1, inputs.place("pitch_first")] == target[0, 2] + 1).all()
        assert (context[1:-1, inputs.place("duration_first")] == target[0, 1] + 1).all()
        assert context[0, inputs.place("pitch_first")] == 0
    assert inputs.lookback_columns[inputs.place("run_first")]


def test_a_network_has_a_gate_for_a_new_look_back(vocabulary: Vocabulary, tunes: list[Score]) -> None:
    network = random_network(vocabulary)
    context = context_of(tunes[:1], vocabulary)[0][0]
    output, _ = network.step(context[:1, : len(network.inputs.before)], network.initial_state(1))
    found = network.head("pitch", output, context[:1], np.zeros((1, 3), dtype=np.int64))
    assert found.gates.shape == (1, 1 + len(vocabulary.lookbacks)) == (1, 8)
    assert found.probabilities().sum() == pytest.approx(1, abs=1e-5)
    assert evaluate(network, vocabulary, tunes).num_notes == sum(map(len, tunes))


def test_a_vocabulary_keeps_it_by_name(
    vocabulary: Vocabulary, fit: Callable[..., Vocabulary], tunes: list[Score]
) -> None:
    assert Vocabulary.from_json(vocabulary.to_json()) == vocabulary
    assert "first" not in fit(tunes).lookbacks
