from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from melodyrnn.errors import SettingError
from melodyrnn.generation.alike import generate_alike
from melodyrnn.generation.generator import load
from melodyrnn.generation.request import Request
from melodyrnn.score.score import Score

Make = Callable[..., Score]


@pytest.fixture
def given(make_melody: Make) -> list[Score]:
    """Of one, two and three bars; the last has a pick-up before its two full ones."""
    return [
        make_melody([60, 62, 64, 60], meter=(4, 4), key="C major"),
        make_melody([62, 64] * 4, 6, meter=(6, 8), key="D minor"),
        make_melody([60, 62, 64, 65, 67, 65, 60], 12, first=24, meter=(3, 4), key="G major"),
    ]


def test_pieces_have_the_meters_modes_and_lengths_of_the_given_ones(given: list[Score]) -> None:
    done: list[int] = []
    pieces = generate_alike(load(), given, 7, seed=1, on_piece=done.append)
    assert len(pieces) == 7
    found = Counter((piece.meter, piece.key.mode) for piece in pieces)
    assert set(found) == {(m.meter, m.key.mode) for m in given}
    assert set(found.values()) <= {2, 3}  # each as often as another, as far as seven go
    bars = {m.meter: m.num_bars - m.pickup_bars for m in given}
    assert all(piece.num_bars <= bars[piece.meter] for piece in pieces)  # a piece may end on a rest
    assert done[-1] == 7
    assert done == sorted(done)


def test_one_seed_draws_the_same_pieces(given: list[Score]) -> None:
    model = load()
    one, again, other = (generate_alike(model, given, 4, seed=seed) for seed in (3, 3, 4))
    assert [m.pitch.tolist() for m in one] == [m.pitch.tolist() for m in again]
    assert [m.pitch.tolist() for m in one] != [m.pitch.tolist() for m in other]


def test_the_rest_of_the_request_is_followed(given: list[Score]) -> None:
    for piece in generate_alike(load(), given, 3, request=Request(key="E minor", range=(60, 72))):
        assert str(piece.key) == "E minor"
        assert piece.pitch.min() >= 60
        assert piece.pitch.max() <= 72


def test_without_melodies_it_is_refused() -> None:
    with pytest.raises(SettingError, match="must be melodies to take outlines from"):
        generate_alike(load(), [], 3)
