from __future__ import annotations

from fractions import Fraction

import pytest

from melodyrnn.formats.abc.fields import (
    default_unit,
    parse_key,
    parse_meter,
    parse_order,
    parse_tempo,
    parse_transposition,
    parse_unit,
    signature_alterations,
)
from melodyrnn.formats.sheet import FREE
from melodyrnn.music.keys import Key, signature
from melodyrnn.music.meter import Meter


@pytest.mark.parametrize(
    ("text", "key", "sharps"),
    [
        ("C", Key(0, "major"), 0),
        ("F#", Key(6, "major"), 6),
        ("Gb", Key(6, "major"), -6),
        ("Bbm", Key(10, "minor"), -5),
        ("c#", None, None),
        ("G Major", Key(7, "major"), 1),
        ("Amin", Key(9, "minor"), 0),
        ("D aeolian clef=bass", Key(2, "minor"), -1),
        ("C ionian", Key(0, "major"), 0),
    ],
)
def test_keys(text: str, key: Key | None, sharps: int | None) -> None:
    found = parse_key(text)
    assert found.key == key
    if key is not None and found.key is not None:
        assert signature(found.key) == sharps


@pytest.mark.parametrize(
    ("text", "alterations"),
    [
        ("Edor", {"F": 1, "C": 1}),
        ("A Mix", {"F": 1, "C": 1}),
        ("F lydian", {}),
        ("B locrian", {}),
        ("E phr", {}),
        ("Cm", {"B": -1, "E": -1, "A": -1}),
        ("D ^g", {"F": 1, "C": 1, "G": 1}),
        ("D exp _b", {"B": -1}),
        ("none", {}),
        ("clef=alto", None),
    ],
)
def test_alterations(text: str, alterations: dict[str, int] | None) -> None:
    assert parse_key(text).alterations == alterations


def test_a_signature_alters_fifths_in_order() -> None:
    assert signature_alterations(7) == dict.fromkeys("FCGDAEB", 1)
    assert signature_alterations(-2) == {"B": -1, "E": -1}


@pytest.mark.parametrize(
    ("text", "meter"),
    [
        ("6/8", Meter(6, 8)),
        ("C", Meter(4, 4)),
        ("C|", Meter(2, 2)),
        ("none", FREE),
        ("2+3/8", Meter(5, 8)),
        ("(2+2+3)/8", Meter(7, 8)),
        ("4/3", None),
        ("0/4", None),
        ("x", None),
    ],
)
def test_meters(text: str, meter: Meter | None) -> None:
    assert parse_meter(text) == meter


def test_units() -> None:
    assert (parse_unit("1/8"), parse_unit("1"), parse_unit("x"), parse_unit("1/0")) == (Fraction(1, 2), 4, None, None)
    assert [default_unit(Meter(*m)) for m in ((2, 4), (6, 8), (4, 4))] == [
        Fraction(1, 4),
        Fraction(1, 2),
        Fraction(1, 2),
    ]
    assert default_unit(FREE) == Fraction(1, 2)


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("1/4=120", 500_000),
        ("3/8=80", 500_000),
        ("1/4 3/8 1/4=40", 428_571),
        ("120", 1_000_000),
        ("C3=40", 1_000_000),
        ('"Allegro 3" 1/2=60', 500_000),
        ("1/4=96.5", 621_762),
        ('"Allegro"', None),
        ("1/4=0", None),
    ],
)
def test_tempos(text: str, microseconds: int | None) -> None:
    assert parse_tempo(text, Fraction(1, 2)) == microseconds


@pytest.mark.parametrize(
    ("text", "order"), [("ABA", "ABA"), ("A2B3", "AABBB"), ("(AB)2.C", "ABABC"), ("((AB)2(CD)2)2", "ABABCDCDABABCDCD")]
)
def test_orders(text: str, order: str) -> None:
    assert parse_order(text) == order


def test_an_order_is_bounded() -> None:
    assert len(parse_order("(" * 6 + "A" + "9)" * 6)) <= 1000
    assert len(parse_order("((((A99)99)99)99)99")) == 1000


@pytest.mark.parametrize(
    ("text", "semitones"),
    [("C", None), ("C transpose=-3", -3), ("C octave=1", 12), ("G clef=treble-8", -12), ("C bass+8 transpose=2", 14)],
)
def test_transpositions(text: str, semitones: int | None) -> None:
    assert parse_transposition(text) == semitones
