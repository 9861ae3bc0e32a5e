"""Bits by part, and of parts where others are given."""

from __future__ import annotations

import numpy as np
import pytest
from band_models import BASS, LEAD, NAMES, band, band_generator, only

import melodyrnn
from melodyrnn.api.model import Model
from melodyrnn.errors import SettingError
from melodyrnn.evaluation.bits import Evaluation, bits_of_batch, evaluate
from melodyrnn.events.context import context_of
from melodyrnn.events.parts.ahead import Events, add_given

SCORES = [band(num_bars=2), band(num_bars=3)]
GENERATOR = band_generator()


def measured(*given: int) -> Evaluation:
    return evaluate(GENERATOR.network, GENERATOR.vocabulary, SCORES, given=given)


def test_the_bits_of_all_parts_are_those_of_the_whole() -> None:
    evaluation = measured()
    figures = evaluation.to_json()
    assert tuple(figures["parts"]) == NAMES
    parts = figures["parts"].values()
    assert sum(own["notes"] for own in parts) == evaluation.num_notes == sum(map(len, SCORES))
    whole = sum(figures["fields"].values()) * figures["notes"]
    assert sum(own["bits_per_note"] * own["notes"] for own in parts) == pytest.approx(whole)
    assert not any(own["given"] for own in parts)
    assert figures["parts"]["melody"]["fields"]["chord"] == 0


def test_of_given_notes_only_what_comes_before_them_is_measured() -> None:
    evaluation = measured(LEAD, BASS)
    contexts, targets = context_of(SCORES, GENERATOR.vocabulary)
    for n, (context, target) in enumerate(zip(contexts, targets, strict=True)):
        is_given = np.isin(target[:-1, 1], (LEAD, BASS))
        events = Events.of(target[:-1], GENERATOR.vocabulary)
        add_given(context, events, is_given, GENERATOR.vocabulary, GENERATOR.network.inputs)
        (expected,) = bits_of_batch(GENERATOR.network, [context], [target])
        expected[:-1][is_given, 2:] = 0
        np.testing.assert_allclose(evaluation.bits[n], expected[:-1], rtol=1e-5)
    figures = evaluation.to_json()
    assert [name for name, own in figures["parts"].items() if own["given"]] == ["melody", "bass"]
    assert figures["notes"] == sum(int((~np.isin(score.part, (LEAD, BASS))).sum()) for score in SCORES)
    assert figures["parts"]["harmony"]["bits_per_note"] != measured().to_json()["parts"]["harmony"]["bits_per_note"]


def test_some_notes_must_not_be_given() -> None:
    with pytest.raises(SettingError, match=r"there must be notes that are not given\. Received: none in these pieces"):
        evaluate(GENERATOR.network, GENERATOR.vocabulary, [only(SCORES[0], LEAD, BASS)], given=(LEAD, BASS))
    alone = evaluate(GENERATOR.network, GENERATOR.vocabulary, [only(SCORES[0], LEAD, BASS)], given=(LEAD,))
    assert alone.num_notes == int((SCORES[0].part == BASS).sum())


def test_a_model_measures_the_parts_that_are_not_given() -> None:
    model = Model(GENERATOR)
    assert model.evaluate(SCORES, given=["melody", "Bass"]).bits_per_note == measured(LEAD, BASS).bits_per_note
    assert melodyrnn.evaluate(model, SCORES, given=("melody",)).num_notes == measured(LEAD).num_notes
    with pytest.raises(SettingError, match=r"given must name parts of this model \(.*\)\. Received: 'flute'"):
        model.evaluate(SCORES, given=["flute"])
    with pytest.raises(
        SettingError, match=r"baselines predict all parts, none of them given\. Received: baselines and"
    ):
        model.evaluate(SCORES, given=["melody"], baselines=True)
    with pytest.raises(
        SettingError, match=r"given parts need a model of several parts\. Received: folk, a model of mel"
    ):
        melodyrnn.evaluate("folk", SCORES, given=["melody"])
