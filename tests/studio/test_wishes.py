"""Wishes as JSON: each kind is read, each refusal names its wish."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, partial

import pytest

from melodyrnn.errors import SettingError
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.part_wishes import PartWishes
from melodyrnn.generation.request import Request
from melodyrnn.generation.scales import ModalKey
from melodyrnn.music.meter import Meter
from melodyrnn.studio.endpoint import CallError
from melodyrnn.studio.verbs import check_request
from melodyrnn.studio.wishes import OFFERED, culprit, describe, fields_of, request_of


def test_the_table_is_json_and_has_every_wish_with_its_default() -> None:
    rows = {row["name"]: row for row in json.loads(json.dumps(describe()))}
    assert list(rows) == list(OFFERED)
    assert (rows["temperature"]["kind"], rows["temperature"]["default"]) == ("number", Request().temperature)
    assert (rows["tempo"]["low"], rows["tempo"]["high"], rows["tempo"]["isAbove"]) == (4, 1000, False)
    assert (rows["density"]["low"], rows["density"]["isAbove"], rows["density"]["perPart"]) == (0, True, True)
    assert (rows["end"]["choices"], rows["parts"]["model"], rows["rank"]["model"]) == (
        ["tonic", "close", "open", "any"],
        "parts",
        "melody",
    )
    assert "primer" not in rows


@pytest.mark.parametrize(
    ("wish", "value", "read"),
    [
        ("bars", 8, 8),
        ("bars", 8.0, 8),
        ("tempo", 90.5, 90.5),
        ("key", "E dorian", ModalKey.parse("E dorian")),
        ("meter", "6/8", Meter(6, 8)),
        ("range", [60, 84], (60, 84)),
        ("range", "C4:C6", (60, 84)),
        ("program", "violin", 40),
        ("program", 40, 40),
        ("parts", ["bass", "alto"], ("bass", "alto")),
        ("guard", False, False),
        ("end", "open", "open"),
        ("chords", "C:2 G:2", "C:2 G:2"),
    ],
)
def test_each_kind_of_value_is_read(wish: str, value: object, read: object) -> None:
    assert fields_of({wish: value}) == {wish: read}
    assert fields_of({wish: None}) == {}


def test_parts_have_wishes_of_their_own() -> None:
    wishes = {"bass": {"range": [28, 52], "density": 4, "program": None}, "alto": {"polyphony": 2}}
    own = (("bass", PartWishes(low=28, high=52, density=4)), ("alto", PartWishes(polyphony=2)))
    assert fields_of({"of_parts": wishes}) == {"of_parts": own}


@pytest.mark.parametrize(
    ("wishes", "wish", "message"),
    [
        ({"bars": 0}, "bars", "bars must be a number >= 1. Received: 0"),
        ({"bars": 2.5}, "bars", "bars must be a whole number. Received: 2.5"),
        ({"bars": "8"}, "bars", 'bars must be a number >= 1. Received: "8"'),
        ({"bars": True}, "bars", "bars must be a number >= 1. Received: true"),
        ({"seed": 2**60}, "seed", "seed must be a number >= 0"),
        ({"tempo": 5000}, "tempo", "tempo must be a number >= 4, at most 1000. Received: 5000"),
        ({"top_p": 0}, "top_p", "top_p must be a number > 0, at most 1. Received: 0"),
        ({"key": "H dur"}, "key", "a key must be a tonic and one of major, minor"),
        ({"key": 3}, "key", "key must be a text of at most 10000 characters. Received: 3"),
        ({"meter": "waltz"}, "meter", "a meter must be like 4/4 or 6/8. Received: 'waltz'"),
        ({"range": [84, 60]}, "range", "range must be a lowest and a highest pitch, as in"),
        ({"range": [1, 2, 3]}, "range", "range must be a lowest and a highest pitch"),
        ({"range": ["C4", "C5"]}, "range", "range must be a number >= 0, at most 127"),
        ({"range": "high"}, "range", "a range must be"),
        ({"end": "loud"}, "end", 'end must be one of tonic, close, open, any. Received: "loud"'),
        ({"guard": 1}, "guard", "guard must be true or false. Received: 1"),
        ({"program": "kazoo"}, "program", "a program must be 0..127 or name one General MIDI instrument"),
        ({"parts": "bass"}, "parts", 'parts must be a list of at most 64 values. Received: "bass"'),
        ({"polyphony": 2}, "polyphony", "a wish must be one of bars, seed, temperature"),
        ({"primer": "/etc/passwd"}, "primer", "a wish must be one of"),
        ({"no\nthing": 1}, "no thing", "a wish must be one of .*Received: no thing"),
        ({"of_parts": {"bass": {"tempo": 3}}}, "of_parts", "a wish for a part must be range, max_interval, density"),
        ({"of_parts": {"bass": {"density": 0.5}}}, "density", "density must be a whole number of notes per bar"),
        ({"of_parts": {"bass": 3}}, None, "the wishes for bass must be a JSON object. Received: 3"),
        ([], None, "wishes must be a JSON object. Received: list"),
    ],
)
def test_a_refusal_names_its_wish(wishes: object, wish: str | None, message: str) -> None:
    with pytest.raises(CallError, match=message) as refused:
        fields_of(wishes)
    assert refused.value.wish == wish


def test_a_verb_may_take_more_wishes() -> None:
    assert fields_of({"vary": 0.5}, ("vary",)) == {"vary": 0.5}
    with pytest.raises(CallError, match="vary must be a number >= 0, at most 1"):
        fields_of({"vary": 2}, ("vary",))


def test_what_a_request_refuses_names_its_wish() -> None:
    with pytest.raises(CallError, match="rank must be >= 1") as refused:
        request_of({"rank": 0})
    assert refused.value.wish == "rank"
    with pytest.raises(CallError, match="max_copy is for pieces drawn anew") as refused:
        request_of({"max_copy": 1.0, "vary": 0.5, "primer": "C4"})
    assert refused.value.wish == "max_copy"


@cache
def folk() -> Generator:
    return load("folk")


@pytest.mark.parametrize(
    ("fields", "wish"),
    [
        ({"tempo": 90.0, "scale": "1,2", "end": "tonic"}, "scale"),
        ({"bars": 4, "form": "AABZ9"}, "form"),
        ({"bars": 4, "meter": Meter(31, 4)}, "meter"),
        ({"bars": 4, "parts": ("bass",)}, "parts"),
        ({"bars": 4, "render_chords": True}, "render_chords"),
    ],
)
def test_the_wish_is_found_without_which_a_request_can_be_met(fields: Mapping[str, object], wish: str) -> None:
    request = request_of(fields)
    with pytest.raises(SettingError) as refused:
        check_request(folk(), request)
    assert culprit(request, str(refused.value), fields, partial(check_request, folk())) == wish
    check_request(folk(), request_of({name: value for name, value in fields.items() if name != wish}))


def test_no_wish_is_named_where_the_given_music_is_at_fault() -> None:
    request = request_of({"bars": 2, "primer": "C4", "infill": (7, 9)})
    with pytest.raises(SettingError) as refused:
        folk().plan(request)
    assert culprit(request, str(refused.value), {"bars": 2}, partial(check_request, folk())) is None
