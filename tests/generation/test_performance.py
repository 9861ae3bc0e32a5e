"""Swing and deviations keep bar lines, the end of the piece and the order of notes."""

import numpy as np
import pytest

from melodyrnn.generation.generator import load
from melodyrnn.generation.request import Request


@pytest.fixture(scope="module")
def model():
    return load()


def test_swing_and_humanize_stay_between_the_lines(model):
    straight = model.generate(Request(num=3, bars=6, seed=4))
    played = model.generate(Request(num=3, bars=6, seed=4, swing=0.66, humanize=1.0))
    swung = model.generate(Request(num=3, bars=6, seed=4, swing=0.66))
    for a, b, c in zip(straight, played, swung, strict=True):
        n, s = b.tracks[0].notes, c.tracks[0].notes
        assert len(n) == len(a.tracks[0].notes)
        assert (n.onset[1:] >= n.end[:-1]).all()
        assert (n.duration >= 1).all()
        assert n.end.max() <= b.end == a.end
        off_beat = a.tracks[0].notes.onset % 480 == 240
        assert (s.onset[off_beat] % 480 == round(0.66 * 480)).all()
        on_beat = a.tracks[0].notes.onset % 480 == 0
        np.testing.assert_array_equal(s.onset[on_beat], a.tracks[0].notes.onset[on_beat])


@pytest.mark.parametrize("meter", [(6, 8), (9, 8), (3, 8), (7, 8), (5, 16), (2, 2), (3, 4)])
def test_swing_leaves_every_beat_in_its_place(model, meter):
    straight = model.generate(Request(num=2, bars=4, seed=5, meter=meter, density=8))
    swung = model.generate(Request(num=2, bars=4, seed=5, meter=meter, density=8, swing=0.66))
    pair = 1920 // max(4, meter[1])
    moved = 0
    for a, b in zip(straight, swung, strict=True):
        before, after = a.tracks[0].notes.onset, b.tracks[0].notes.onset
        np.testing.assert_array_equal(after[before % pair == 0], before[before % pair == 0])
        off_beat = before % pair == pair // 2
        assert (after[off_beat] == before[off_beat] - pair // 2 + round(0.66 * pair)).all()
        moved += off_beat.sum()
    assert moved or meter[1] > 4


@pytest.mark.parametrize("humanize", [0.5, 1.0])
@pytest.mark.parametrize("density", [4, 14])
def test_no_two_notes_begin_together_or_overlap(model, density, humanize):
    for piece in model.generate(Request(num=6, bars=4, seed=11, swing=0.75, humanize=humanize, density=density)):
        notes = piece.tracks[0].notes
        assert (np.diff(notes.onset) > 0).all()
        assert (notes.end[:-1] <= notes.onset[1:]).all()
        assert notes.end.max() <= piece.end
        assert notes.duration.min() >= 1
