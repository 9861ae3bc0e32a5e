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
