"""A plan takes the missing values of a request from the primer, else from the corpus statistics of the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from laid_out import laid_out_model

from melodyrnn.conditions.form import parse_form
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.request import Request
from melodyrnn.generation.sampling import Sampling
from melodyrnn.generation.scales import SCALES
from melodyrnn.generation.wishes import Wishes
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter


@pytest.fixture(scope="module")
def model() -> Generator:
    return load()


def test_a_key_brings_its_scale_and_its_tonic_as_the_end(model: Generator) -> None:
    plan = model.plan(Request(key="E dorian"))  # type: ignore[arg-type]
    assert plan.wishes == Wishes(Key(4, "dorian"), SCALES["dorian"], keep_key=True, end="tonic")
    assert plan.key == Key(4, "dorian")
    named = model.plan(Request(key="E dorian", scale="0,7", end="any"))  # type: ignore[arg-type]
    assert named.wishes == Wishes(Key(4, "dorian"), (0, 7), keep_key=True)


def test_without_a_key_that_of_the_primer_restricts_no_note(model: Generator) -> None:
    plan = model.plan(Request(primer="D4 F4 A4 D5 C5 A4 D4:2", end="open"))
    assert plan.wishes == Wishes(Key(2, "minor"), end="open")


def test_without_layouts_the_end_is_the_tonic_where_the_other_wishes_allow_it(model_file: Path) -> None:
    model = load(model_file)
    assert model.plan(Request(range=(60, 72))).wishes.end == "tonic"
    tonic = model.plan(Request()).key.tonic
    assert model.plan(Request(range=(61 + tonic, 65 + tonic))).wishes.end is None


@pytest.mark.parametrize(
    ("wishes", "end"),
    [
        ({}, None),
        ({"range": (60, 72)}, None),
        ({"key": "C"}, "tonic"),
        ({"key": "C", "end": "any"}, None),
        ({"end": "tonic"}, "tonic"),
        ({"primer": "C4 E4 G4:2"}, "tonic"),
    ],
)
def test_the_layout_says_the_end_unless_there_is_a_key_or_a_primer(wishes: dict[str, Any], end: str | None) -> None:
    assert laid_out_model().plan(Request(**wishes)).wishes.end == end


def test_a_pentatonic_scale_has_the_mode_of_the_key(model: Generator) -> None:
    for key, scale in (("D minor", "minor-pentatonic"), ("D major", "major-pentatonic")):
        asked = model.plan(Request(key=key, scale="pentatonic")).wishes  # type: ignore[arg-type]
        assert asked.scale == model.plan(Request(key=key, scale=scale)).wishes.scale  # type: ignore[arg-type]


def test_the_primer_brings_meter_tempo_and_bars(model: Generator) -> None:
    plan = model.plan(Request(bars=3, meter=Meter(3, 4), primer="C4 E4 G4 | C5:3", density=2))
    assert (plan.meter, plan.num_bars, plan.bar, plan.start, plan.stop) == (Meter(3, 4), 5, 36, 72, 180)
    assert plan.primer is not None
    assert plan.microseconds_per_quarter == plan.primer.microseconds_per_quarter
    assert model.plan(Request(tempo=90)).microseconds_per_quarter == round(60e6 / 90)


def test_the_sampling_of_the_request_is_used(model: Generator) -> None:
    plan = model.plan(Request(temperature=0.7, rhythm_temperature=0.5, top_k=9, top_p=0.9, min_p=0.01))
    assert plan.sampling == Sampling(0.7, 0.5, 9, 0.9, 0.01)


def test_the_form_is_followed_where_it_is_requested_or_no_layout_tells_it(model: Generator) -> None:
    requests = [Request(), Request(form="AABA"), Request(form_weight=0.5), Request(primer="C4 E4 G4")]
    assert [model.plan(request).form_weight for request in requests] == [0, 1, 0.5, 1]


def test_the_form_as_labels(model: Generator) -> None:
    assert model.plan(Request(form="AABB", bars=8)).conditions["form"].tolist() == parse_form("AABB", 8).tolist()
    assert model.plan(Request(bars=8)).conditions == {}
    assert len(model.plan(Request(bars=8, primer="C4 E4")).conditions["form"]) == 0
