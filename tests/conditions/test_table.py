"""A new condition needs only a file and an entry in the table, which this test adds without touching other modules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from networks import random_network

from melodyrnn.arrays import IntArray
from melodyrnn.checkpoint import Metadata
from melodyrnn.conditions.base import Feature, FeatureAt, KnownMusic, NotesSoFar
from melodyrnn.conditions.outline import Outline
from melodyrnn.conditions.table import ALWAYS, CONDITIONS
from melodyrnn.corpus.batches import Batches
from melodyrnn.evaluation.bits import bits_of_batch
from melodyrnn.events.context import context_of
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.generation.loop import generate_melodies
from melodyrnn.generation.plan import plan_of
from melodyrnn.generation.request import Request
from melodyrnn.score.score import Score


class Register:
    """Whether a score is low (1) or high (2), for this test."""

    name = "register"
    features = (Feature("register", lambda sizes: 3, 5, is_read_by_heads=True, is_seen_ahead=True),)
    hidden_share: float | None = 0.25
    is_of_layout = False

    def follow(self, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar) -> dict[str, FeatureAt]:
        values = np.array([outline.values.get(self.name, 0) for outline in outlines], dtype=np.int64)

        def constant(onset: IntArray) -> IntArray:
            return values

        return {"register": constant}

    def of_scores(self, scores: Sequence[Score]) -> list[object] | None:
        return [1 + int(score.pitch.mean() >= 70) for score in scores]

    def draw(self, num_bars: int, known: KnownMusic, rngs: Iterable[np.random.Generator]) -> list[object] | None:
        return [1 + int(rng.integers(2)) for rng in rngs]


@pytest.fixture
def vocabulary(monkeypatch: pytest.MonkeyPatch, fit: Callable[..., Vocabulary], tunes: list[Score]) -> Vocabulary:
    monkeypatch.setitem(CONDITIONS, "register", Register())
    plain = fit(tunes)
    return replace(plain, conditions=(*plain.conditions, "register"))


def test_the_condition_has_columns_and_tables(vocabulary: Vocabulary) -> None:
    inputs = Inputs.of(vocabulary)
    own = [
        column for column, is_own in zip(inputs.columns, inputs.condition_columns("register"), strict=True) if is_own
    ]
    assert own == ["register", "next_register", "onset_register"]
    assert inputs.tables["register"] == inputs.tables["head_register"] == (3, 5)
    assert Inputs.from_json(inputs.to_json()) == inputs
    assert Vocabulary.from_json(vocabulary.to_json()) == vocabulary


def test_the_condition_is_computed_from_scores_and_unknown_in_evaluation(
    vocabulary: Vocabulary, tunes: list[Score]
) -> None:
    columns = Inputs.of(vocabulary).condition_columns("register")
    known, _ = context_of(tunes, vocabulary, with_conditions=True)
    judged, _ = context_of(tunes, vocabulary)
    for score, shown, hidden in zip(tunes, known, judged, strict=True):
        assert set(shown[:-1, columns].ravel()) == {1 + int(score.pitch.mean() >= 70)}
        assert not hidden[:, columns].any()


def test_the_condition_is_hidden_in_its_share_of_the_batches(vocabulary: Vocabulary, tunes: list[Score]) -> None:
    inputs = Inputs.of(vocabulary)
    drawn, _ = Batches(*context_of(tunes, vocabulary, with_conditions=True), inputs, 16, 2000).draw(
        np.random.default_rng(0)
    )
    shown = drawn["context"][:, 0][:, inputs.condition_columns("register")].any(axis=1)
    assert shown.mean() == pytest.approx(0.75, abs=0.03)


def test_a_network_reads_the_condition(vocabulary: Vocabulary, tunes: list[Score]) -> None:
    network = random_network(vocabulary)
    known, targets = context_of(tunes, vocabulary, with_conditions=True)
    judged, _ = context_of(tunes, vocabulary)
    bits = [bits_of_batch(network, contexts, targets) for contexts in (known, judged)]
    assert not any(np.allclose(one, other) for one, other in zip(*bits, strict=True))


def test_networks_without_the_condition_are_unchanged(fit: Callable[..., Vocabulary], tunes: list[Score]) -> None:
    assert fit(tunes).conditions == (*ALWAYS, "form")
    assert "register" not in Inputs.of(fit(tunes)).columns


def test_an_unknown_name_is_refused(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    written = vocabulary.to_json()
    monkeypatch.delitem(CONDITIONS, "register")
    with pytest.raises(
        ValueError,
        match=r"must name what is known \(meter, mode, length, form, .*\). Received: 'register'",
    ):
        Vocabulary.from_json(written)


def test_new_pieces_draw_the_condition_or_receive_it(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    def follow(
        self: Register, outlines: Sequence[Outline], known: KnownMusic, notes: NotesSoFar
    ) -> dict[str, FeatureAt]:
        drawn.append([outline.values["register"] for outline in outlines])
        return {"register": lambda onset: np.zeros(len(onset), dtype=np.int64)}

    monkeypatch.setattr(Register, "follow", follow)
    network = random_network(vocabulary, scale=0.1)
    plan = plan_of(Request(num=40, bars=2, seed=1), Metadata(vocabulary, {}))
    assert len(generate_melodies(network, vocabulary, plan)) == 40
    generate_melodies(network, vocabulary, replace(plan, num=3, conditions={**plan.conditions, "register": 2}))
    assert sorted(set(drawn[0])) == [1, 2]
    assert drawn[1] == [2, 2, 2]
