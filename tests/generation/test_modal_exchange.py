"""Keys in modes beside major and minor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.modal_exchange import Exchange
from melodyrnn.generation.request import Request
from melodyrnn.generation.scales import SCALES
from melodyrnn.generation.wishes import Wishes
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.modes import OWN_DEGREES

VOCABULARY = Vocabulary(
    {"shift": (0, 12), "duration": (12,), "pitch": tuple(range(50, 80))}, (Meter(4, 4),), 48, {"major": 1}, {1: 1}
)
OTHERS = tuple(OWN_DEGREES)


def wishes_in(mode: str, scale: tuple[int, ...] | None) -> Wishes:
    return Wishes(Key(3, mode), scale, keep_key=True)


@pytest.mark.parametrize("mode", OTHERS)
def test_a_degree_takes_the_probability_of_the_one_that_it_replaces(mode: str) -> None:
    own, replaced = OWN_DEGREES[mode]
    exchange = Exchange.of(VOCABULARY, wishes_in(mode, SCALES[mode]))
    assert exchange is not None
    p = np.random.default_rng(0).dirichlet(np.ones(30), 4).astype(np.float32)
    before = p.copy()
    found = exchange.exchanged(p)
    np.testing.assert_array_equal(p, before)
    pitches = np.arange(50, 80)
    for pitch in pitches:
        place = pitch - 50
        if pitch % 12 == replaced and 50 <= pitch + own - replaced < 80:
            assert not found[:, place].any()
        elif pitch % 12 == own and 50 <= pitch + replaced - own < 80:
            np.testing.assert_allclose(found[:, place], p[:, place] + p[:, place + replaced - own])
        else:
            np.testing.assert_array_equal(found[:, place], p[:, place])
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-6)


def test_all_modes_but_major_and_minor_exchange_whether_the_model_knows_them_or_not() -> None:
    knowing = replace(VOCABULARY, modes=("major", "minor", "dorian"))
    for vocabulary in (VOCABULARY, knowing):
        assert Exchange.of(vocabulary, wishes_in("dorian", SCALES["dorian"])) is not None
        for mode in ("major", "minor"):
            assert Exchange.of(vocabulary, wishes_in(mode, SCALES[mode])) is None


@pytest.mark.parametrize("scale", [None, SCALES["chromatic"], SCALES["minor-pentatonic"]])
def test_nothing_is_exchanged_under_another_scale(scale: tuple[int, ...] | None) -> None:
    assert Exchange.of(VOCABULARY, wishes_in("dorian", scale)) is None


@pytest.fixture(scope="module")
def model() -> Generator:
    return load()


@pytest.mark.parametrize("mode", OTHERS)
def test_pieces_have_the_degree_of_the_mode_and_its_scale_alone(model: Generator, mode: str) -> None:
    """Of 12 pieces of 16 bars at least half have it, whether the model knows the mode or not."""
    request = Request(num=12, bars=16, seed=4, key=f"D {mode}")  # type: ignore[arg-type]
    degrees = [(piece.tracks[0].notes.pitch - 2) % 12 for piece in model.generate(request)]
    assert set(np.concatenate(degrees).tolist()) <= set(SCALES[mode])
    assert sum(OWN_DEGREES[mode][0] in own for own in degrees) >= 6
