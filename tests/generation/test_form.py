"""The form of a request: the shipped checkpoint follows it, and recipe and seed include it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from melodyrnn.conditions.bar_repeats import form_of
from melodyrnn.conditions.form import parse_form
from melodyrnn.errors import SettingError
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.loop import generate_melodies
from melodyrnn.generation.request import Request
from melodyrnn.midi.write import midi_bytes
from melodyrnn.score.score import Score


def melodies(model: Generator, num: int, **wishes: Any) -> list[Score]:
    plan = model.plan(Request(num=num, seed=3, **wishes))
    return generate_melodies(model.network, model.vocabulary, plan)


def returning(found: list[Score], bars: range) -> float:
    """The share of these full bars (numbered from 0) that repeat an earlier one."""
    labels = [form[melody.pickup_bars :] for melody, form in zip(found, form_of(found), strict=True)]
    return float(np.mean([form[bars.start : bars.stop] > 1 for form in labels if len(form) >= bars.stop]))


@pytest.fixture(scope="module")
def shipped() -> Generator:
    return load()


class TestTheShippedCheckpoint:
    def test_repeated_sections_repeat_and_new_sections_are_new(self, shipped: Generator) -> None:
        same, other = melodies(shipped, 60, form="AA", bars=16), melodies(shipped, 60, form="AB", bars=16)
        assert returning(same, range(8, 16)) > 0.75
        assert returning(other, range(8, 16)) < 0.5

    def test_a_larger_form_weight_gives_more_repeats(self, shipped: Generator) -> None:
        plain, leant = (melodies(shipped, 60, form="AA", bars=16, temperature=2.0, form_weight=w) for w in (0.0, 2.0))
        assert returning(leant, range(8, 16)) > returning(plain, range(8, 16)) + 0.05

    def test_without_a_form_the_drawn_forms_differ(self, shipped: Generator) -> None:
        forms = {tuple(form.tolist()) for form in form_of(melodies(shipped, 20, bars=16))}
        assert len(forms) > 10


class TestRequest:
    def test_the_recipe_names_the_form(self, model_file: Path) -> None:
        piece = load(model_file).generate(Request(form="AABB", bars=4, seed=1))[0]
        assert "--form AABB" in piece.texts[0]
        assert "--form" not in load(model_file).generate(Request(bars=4, seed=1))[0].texts[0]

    def test_another_form_is_another_piece(self, model_file: Path) -> None:
        model = load(model_file)
        one, again, other = (model.generate(Request(form=form, bars=8, seed=1))[0] for form in ("AAAA", "aaaa", "ABCD"))
        assert one.tracks[0].notes == again.tracks[0].notes
        assert one.tracks[0].notes != other.tracks[0].notes

    def test_a_drawn_form_does_not_depend_on_the_number_of_pieces(self, model_file: Path) -> None:
        model = load(model_file)
        few, many = model.generate(Request(num=3, bars=4, seed=5)), model.generate(Request(num=9, bars=4, seed=5))
        assert [midi_bytes(p) for p in few] == [midi_bytes(p) for p in many[:3]]

    def test_sections_that_do_not_fit_are_refused(self, model_file: Path) -> None:
        with pytest.raises(SettingError, match="form must have a number of sections that divides the bars"):
            load(model_file).generate(Request(form="AAB", bars=16))

    def test_after_a_primer_the_form_is_that_of_the_new_bars(self, model_file: Path) -> None:
        model = load(model_file)
        plan = model.plan(Request(form="AABB", bars=4, primer="C4:4 E4:4 G4:2"))
        assert plan.conditions["form"].tolist() == [0, 0, 0, *parse_form("AABB", 4).tolist()]  # type: ignore[attr-defined]
        assert model.generate(Request(form="AABB", bars=4, primer="C4 E4 G4", seed=1))
        assert model.generate(Request(form="free", bars=4, primer="C4 E4 G4", seed=1))

    @pytest.mark.parametrize(("name", "value"), [("vary", 0.5), ("infill", (1, 1))])
    def test_a_form_is_refused_where_no_bars_are_new(self, model_file: Path, name: str, value: object) -> None:
        with pytest.raises(SettingError, match=f"form is for new bars, not for rewriting. Received: 'AABB' and {name}"):
            load(model_file).generate(Request(form="AABB", bars=4, primer="C4 E4", **{name: value}))  # type: ignore[arg-type]

    def test_a_model_without_forms_generates_but_refuses_a_form(self, formless_model_file: Path) -> None:
        model = load(formless_model_file)
        assert model.generate(Request(bars=4, seed=1))
        with pytest.raises(SettingError, match="form needs a model trained to follow one"):
            model.generate(Request(form="AABB", bars=4))
