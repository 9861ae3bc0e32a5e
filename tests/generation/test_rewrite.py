"""Infill and variations change only the requested notes."""

import numpy as np
import pytest

from melodyrnn.errors import SettingError
from melodyrnn.generation.generator import load
from melodyrnn.generation.primer import read_primer
from melodyrnn.generation.request import Request
from melodyrnn.generation.rewrite import infill, vary
from melodyrnn.shipped import data_folder


@pytest.fixture(scope="module")
def model():
    return load()


TUNES = ["frere-jacques", "ode-to-joy", "greensleeves"]


def _tune(name):
    found = sorted((data_folder("samples") / "tunes").glob(f"*{name}*.mid"))
    assert found, f"no tune named {name}"
    return str(found[0])


@pytest.mark.parametrize("name", TUNES)
@pytest.mark.parametrize("bars", [(1, 1), (3, 4)])
def test_infill_changes_nothing_outside_its_bars(model, name, bars):
    primer = read_primer(_tune(name)).view(None).score
    start, end = (bars[0] - 1) * primer.bar * 40, bars[1] * primer.bar * 40
    for piece in model.generate(Request(num=2, seed=1, primer=primer, infill=bars)):
        notes = piece.tracks[0].notes
        for column in ("onset", "duration", "pitch", "velocity"):
            tick = 40 if column in ("onset", "duration") else 1
            own = getattr(primer, column) * tick
            outside = (primer.onset * 40 < start) | (primer.onset * 40 >= end)
            kept = (notes.onset < start) | (notes.onset >= end)
            np.testing.assert_array_equal(getattr(notes, column)[kept], own[outside])
        inside = (notes.onset >= start) & (notes.onset < end)
        assert inside.any()
        assert notes.end[inside].max() <= end
        assert piece.end == primer.num_bars * primer.bar * 40


def test_vary_keeps_rhythm_and_about_the_share_of_pitches(model):
    primer = read_primer(_tune("ode-to-joy")).view(None).score
    (same,) = model.generate(Request(seed=1, primer=primer, vary=0.0))
    np.testing.assert_array_equal(same.tracks[0].notes.pitch, primer.pitch)
    pieces = model.generate(Request(num=6, seed=1, primer=primer, vary=0.4))
    for piece in pieces:
        notes = piece.tracks[0].notes
        np.testing.assert_array_equal(notes.onset, primer.onset * 40)
        np.testing.assert_array_equal(notes.duration, primer.duration * 40)
        assert (notes.pitch != primer.pitch).mean() <= 0.6
    assert any((p.tracks[0].notes.pitch != primer.pitch).any() for p in pieces)


@pytest.mark.parametrize("rewrite", [vary, infill])
def test_without_a_primer_there_is_nothing_to_rewrite(model, rewrite):
    plan = model.plan(Request(bars=2, seed=1))
    with pytest.raises(SettingError, match=rf"{rewrite.__name__} needs a primer to work on\. Received: none"):
        rewrite(model.network, model.vocabulary, plan, (1, 1) if rewrite is infill else 0.5)
