"""A request holds typed values, however they were given, and writes them as a command that repeats it."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from melodyrnn.errors import SettingError
from melodyrnn.generation.request import Request
from melodyrnn.generation.scales import ModalKey
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter


def test_a_meter_and_a_key_are_values_however_they_are_given() -> None:
    request = Request(meter=(6, 8), key="E dorian")  # type: ignore[arg-type]
    assert request.meter == Meter(6, 8)
    assert type(request.meter) is Meter
    assert request.key == ModalKey(Key(4, "dorian"), "dorian", "E dorian")
    assert Request(key=Key(2, "minor")).key == ModalKey.parse("D minor")  # type: ignore[arg-type]
    assert Request(key=request.key).key is request.key
    assert Request().key is None


def test_an_invalid_key_is_refused_at_once() -> None:
    with pytest.raises(SettingError, match=r"a key must be a tonic .* Received: 'I'"):
        Request(key="I")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, []),
        ({"meter": (6, 8), "tempo": 90.0}, ["--meter", "6/8", "--tempo", "90"]),
        ({"key": "Gb minor"}, ["--key", "Gb minor"]),  # as it was written
        ({"key": Key(6, "minor")}, ["--key", "F# minor"]),
        (
            {"range": (60, 73), "infill": (2, 3), "primer": "C4"},
            ["--range", "C4:C#5", "--primer", "C4", "--infill", "2-3"],
        ),
        ({"guard": False, "include_primer": False, "seed": 3}, ["--seed", "3", "--no-include-primer", "--no-guard"]),
    ],
)
def test_the_recipe(fields: dict[str, Any], words: list[str]) -> None:
    recipe = Request(num=9, **fields).recipe("songs", 2)
    command, _, number = recipe.partition(" # ")
    found = shlex.split(command)
    assert number == "piece 2"
    assert found[:4] == ["melodyrnn", "generate", "--checkpoint", "songs"]
    rest = found[4:]
    for option, value in (("--num", "2"), ("--bars", "16"), ("--temperature", "0.85")):
        place = rest.index(option)
        assert rest[place + 1] == value
        del rest[place : place + 2]
    assert rest == words


@pytest.mark.parametrize("tempo", [96.0, 123.45678, 120.1, 1 / 3 + 100])
def test_a_recipe_holds_numbers_exactly(tempo: float) -> None:
    words = shlex.split(Request(tempo=tempo, seed=1).recipe(None, 1))
    assert float(words[words.index("--tempo") + 1]) == tempo
    assert len(words[words.index("--tempo") + 1]) <= 2 + len(repr(tempo))
