"""Variations keep the rhythm and change the share of pitches that is asked for."""

import numpy as np
import pytest

from melodyrnn.errors import SettingError
from melodyrnn.generation.generator import load
from melodyrnn.generation.request import Request
from melodyrnn.generation.variation import notes_to_draw, repeated_notes, vary
from melodyrnn.music.meter import Meter
from melodyrnn.music.notation import parse_notes
from melodyrnn.score.typed import melody_of_notes

TUNE = "C4 D4 E4 C4 | C4 D4 E4 C4 | E4 F4 G4:2 | E4 F4 G4:2 | G4:0.5 A4 G4 F4 E4:1 C4 | D4 G3 C4:2".replace("|", "")
NUM_NOTES = 23


@pytest.fixture(scope="module")
def model():
    return load()


@pytest.fixture(scope="module")
def tune():
    return melody_of_notes(parse_notes(TUNE), Meter(4, 4))


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9])
def test_the_share_of_pitches_changes_and_the_rhythm_stays(model, tune, share):
    for piece in model.generate(Request(num=3, seed=1, primer=tune, vary=share)):
        notes = piece.tracks[0].notes
        np.testing.assert_array_equal(notes.onset, tune.onset * 40)
        np.testing.assert_array_equal(notes.duration, tune.duration * 40)
        changed = (notes.pitch != tune.pitch).sum()
        assert abs(changed - share * (NUM_NOTES - 1)) <= 1


def test_all_pitches_change_but_the_last_that_closes(model, tune):
    for piece in model.generate(Request(num=3, seed=1, primer=tune, vary=1.0)):
        changed = piece.tracks[0].notes.pitch != tune.pitch
        assert changed[:-1].all()
        assert not changed[-1]
    (free,) = model.generate(Request(seed=1, primer=tune, vary=1.0, end="any"))
    assert (free.tracks[0].notes.pitch != tune.pitch).all()


def test_bars_that_repeat_are_varied_alike(model, tune):
    for piece in model.generate(Request(num=4, seed=1, primer=tune, vary=0.5)):
        pitch = piece.tracks[0].notes.pitch
        np.testing.assert_array_equal(pitch[:4], pitch[4:8])
        np.testing.assert_array_equal(pitch[8:11], pitch[11:14])


def test_repeated_notes_are_those_of_bars_with_all_the_same_notes(tune):
    expected = [*range(4), *range(4), 8, 9, 10, 8, 9, 10, *range(14, NUM_NOTES)]
    assert repeated_notes(tune).tolist() == expected
    other = melody_of_notes(parse_notes("C4 D4 E4 C4 C4 D4 E4 C5"), Meter(4, 4))
    assert repeated_notes(other).tolist() == list(range(8))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_the_notes_to_draw_are_the_share_of_those_that_may_be(tune, share):
    twin, stays = repeated_notes(tune), np.arange(NUM_NOTES) % 7 == 0
    for seed in range(20):
        chosen = notes_to_draw(twin, stays, np.random.default_rng(seed).random(NUM_NOTES), share)
        assert not (chosen & stays).any()
        assert abs(chosen.sum() - share * (~stays).sum()) <= 1
        alike = ~stays & ~stays[twin]
        np.testing.assert_array_equal(chosen[alike], chosen[twin][alike])


def test_the_largest_interval_is_kept_also_to_the_notes_that_stay(model):
    steps = melody_of_notes(parse_notes("C4 D4 E4 F4 G4 F4 E4 D4 C4:4"), Meter(4, 4))
    for share in (0.3, 0.6):
        for piece in model.generate(Request(num=4, seed=2, primer=steps, vary=share, max_interval=4)):
            assert np.abs(np.diff(piece.tracks[0].notes.pitch)).max() <= 4


def test_pitches_of_a_scale_of_two_change_where_they_can(model):
    for piece in model.generate(
        Request(num=2, seed=2, primer="C4 G4 C4 G4 C4:4", vary=1.0, scale="0,7", range=(60, 67))
    ):
        assert piece.tracks[0].notes.pitch.tolist() == [67, 60, 67, 60, 60]


def test_without_a_primer_there_is_nothing_to_vary(model):
    plan = model.plan(Request(bars=2, seed=1))
    with pytest.raises(SettingError, match=r"vary needs a primer to work on\. Received: none"):
        vary(model.network, model.vocabulary, plan, 0.5)
