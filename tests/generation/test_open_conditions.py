"""Conditions that a plan leaves open are drawn from streams of their own, apart from those of the notes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from band_models import band_metadata

from melodyrnn.conditions.form import draw_forms
from melodyrnn.conditions.table import conditions_of_parts, usual_conditions
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.generation.open_conditions import with_drawn_conditions

FORMS = {f"{a}{b}{c}{d}": 1 for a in "12" for b in "12" for c in "13" for d in "14"}


def vocabulary_of(conditions: tuple[str, ...]) -> Vocabulary:
    return replace(band_metadata().vocabulary, conditions=conditions, forms=FORMS)


@pytest.mark.parametrize("conditions", [usual_conditions(True), conditions_of_parts(True)], ids=["melody", "parts"])
def test_a_form_is_drawn_by_other_numbers_than_the_notes(conditions: tuple[str, ...]) -> None:
    numbers, seed = range(40), 7
    found = with_drawn_conditions(vocabulary_of(conditions), {}, 4, seed, numbers)

    def forms(*stream: int) -> list[list[int]]:
        rngs = (np.random.default_rng(np.random.SeedSequence([seed, number, *stream])) for number in numbers)
        return [labels.tolist() for labels in draw_forms(FORMS, 4, rngs)]

    drawn = [np.asarray(own["form"]).tolist() for own in found]
    assert drawn == forms(1)
    assert forms() == forms(0)
    assert drawn != forms()


def test_what_is_known_is_not_drawn() -> None:
    known = {"form": np.ones(4, dtype=np.uint8), "plays": True}
    assert with_drawn_conditions(vocabulary_of(usual_conditions(True)), known, 4, 1, range(2)) == [known, known]
