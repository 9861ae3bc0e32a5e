"""The table of wishes has every field of a request once, and its limits are those that the request keeps."""

from __future__ import annotations

from dataclasses import fields

import click
import pytest

from melodyrnn.cli.generate import command
from melodyrnn.errors import SettingError
from melodyrnn.generation.part_wishes import PartWishes
from melodyrnn.generation.request import Request
from melodyrnn.generation.wish import Wish
from melodyrnn.generation.wish_table import WISHES

OF_THE_CALL = {"num", "of_parts"}  # what is no wish


def test_every_field_of_a_request_is_a_wish() -> None:
    assert {field.name for field in fields(Request)} - OF_THE_CALL == set(WISHES) - {"polyphony"}
    assert {field.name for field in fields(PartWishes)} - {"low", "high"} == {
        wish.name for wish in WISHES.values() if wish.per_part
    } - {"range"}


def test_every_wish_is_an_option_of_generate_with_its_default() -> None:
    options = {option.name: option for option in command.params if isinstance(option, click.Option)}
    for wish in WISHES.values():
        assert options[wish.name].help == wish.words
        if not wish.per_part and wish.name != "roles":
            assert options[wish.name].get_default(click.Context(command)) == wish.default


@pytest.mark.parametrize("wish", [w for w in WISHES.values() if w.kind in ("integer", "number")], ids=lambda w: w.name)
def test_what_lies_below_a_limit_is_refused_by_the_command(wish: Wish) -> None:
    below = "0" if wish.is_above else f"{(wish.low or 0) - 1:g}"
    with pytest.raises(click.BadParameter, match="is not in the range"):
        command.make_context("generate", ["--" + wish.name.replace("_", "-"), below])


@pytest.mark.parametrize("name", ["bars", "tempo", "swing", "humanize", "rank", "max_copy", "seed", "form_weight"])
def test_the_limits_are_those_of_a_request(name: str) -> None:
    wish = WISHES[name]
    assert wish.low is not None
    Request(**{name: wish.low + wish.is_above})  # type: ignore[arg-type]
    with pytest.raises(SettingError, match=f"{name} must be "):
        Request(**{name: wish.low - 1})  # type: ignore[arg-type]
    if wish.high is not None:
        Request(**{name: wish.high})  # type: ignore[arg-type]
        with pytest.raises(SettingError, match=f"{name} must be "):
            Request(**{name: wish.high + 1})  # type: ignore[arg-type]
