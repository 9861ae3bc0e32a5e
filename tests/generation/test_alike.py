from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from band_models import BASS, LEAD, METERS, NAMES, PIANO, band, band_generator, only

from melodyrnn.errors import SettingError
from melodyrnn.generation.alike import generate_alike
from melodyrnn.generation.generator import load
from melodyrnn.generation.request import Request
from melodyrnn.music.keys import Key
from melodyrnn.score.score import Part, Score

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
    assert all(piece.num_bars - piece.pickup_bars <= bars[piece.meter] for piece in pieces)  # it may end on a rest
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


def test_pieces_have_the_parts_of_the_given_ones() -> None:
    given = [only(band(METERS[1], 2), LEAD, BASS), only(band(METERS[0], 1), PIANO)]
    pieces = generate_alike(band_generator(), given, 6, seed=2)
    found = Counter((piece.meter, tuple(part.role for part in piece.parts)) for piece in pieces)
    assert found == {(METERS[1], ("melody", "bass")): 3, (METERS[0], ("harmony",)): 3}
    assert {str(piece.key) for piece in pieces} == {"C major"}
    bars = {METERS[1]: 2, METERS[0]: 1}
    assert all(0 < piece.num_bars <= bars[piece.meter] for piece in pieces)
    again = generate_alike(band_generator(), given, 6, seed=2)
    assert [piece.pitch.tolist() for piece in pieces] == [piece.pitch.tolist() for piece in again]


def test_pieces_have_the_key_of_the_request_else_of_the_given_ones() -> None:
    given = [replace(only(band(num_bars=1), LEAD, BASS), key=Key(2, "minor"))]
    assert {str(piece.key) for piece in generate_alike(band_generator(), given, 2)} == {"D minor"}
    asked = Request(key="E minor")  # type: ignore[arg-type]  # a request reads text
    assert {str(piece.key) for piece in generate_alike(band_generator(), given, 2, request=asked)} == {"E minor"}


def test_a_piece_without_a_part_of_the_model_is_refused() -> None:
    strings = replace(only(band(num_bars=1), PIANO), parts=(Part("Strings", "melodic", 48, "other"),))
    known = ", ".join(NAMES)
    with pytest.raises(
        SettingError, match=rf"real pieces must have parts of band \({known}\)\. Received: one with none"
    ):
        generate_alike(band_generator(), [strings], 2)
