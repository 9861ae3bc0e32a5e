from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import MidiError
from melodyrnn.formats.playback import MAX_BARS, played_bars
from melodyrnn.formats.sheet import BEGINNING, SEGNO, Bar

SIGNS = {
    "|:": lambda bar: setattr(bar, "starts_repeat", True),
    ":|": lambda bar: setattr(bar, "times_played", 2),
    "::|": lambda bar: setattr(bar, "times_played", 3),
    "||": lambda bar: setattr(bar, "ends_section", True),
    "1": lambda bar: setattr(bar, "endings", (1,)),
    "2": lambda bar: setattr(bar, "endings", (2,)),
    "S": lambda bar: setattr(bar, "is_segno", True),
    "DC": lambda bar: setattr(bar, "jump", BEGINNING),
    "DS": lambda bar: setattr(bar, "jump", SEGNO),
    "fine": lambda bar: setattr(bar, "is_fine", True),
    "to": lambda bar: setattr(bar, "leads_to_coda", True),
    "coda": lambda bar: setattr(bar, "is_coda", True),
}


def bars_of(text: str) -> list[Bar]:
    """Bars from their signs: "|: / :|" are two, of which the first starts a repeat that the second ends."""
    bars = []
    for signs in text.split("/"):
        bars.append(Bar())
        for sign in signs.split():
            SIGNS[sign](bars[-1])
    return bars


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("/ :| /", [0, 1, 0, 1, 2]),
        ("/ |: / :|", [0, 1, 2, 1, 2]),
        (":| / :|", [0, 0, 1, 1]),
        ("|: ::| / ", [0, 0, 0, 1]),
        ("|| / :|", [0, 1, 1]),
        ("|: || / :|", [0, 1, 0, 1]),
        ("|: / 1 :| / 2 / ", [0, 1, 0, 2, 3]),
        ("|: / 1 / 1 :| / 2 / 2 || / :|", [0, 1, 2, 0, 3, 4, 5, 5]),
        ("|: / 1 :| / 2 :| / |: / 1 :| / 2", [0, 1, 0, 2, 3, 4, 3, 5]),
        ("|: :| / 1 / 2 / DC", [0, 0, 1, 3, 0, 2, 3]),
        ("/ S / fine / DS", [0, 1, 2, 3, 1, 2]),
        ("/ to / DC / coda", [0, 1, 2, 0, 1, 3]),
        ("/ DS", [0, 1, 0, 1]),
    ],
)
def test_orders(text: str, order: list[int]) -> None:
    assert played_bars(bars_of(text)) == order


@given(st.lists(st.lists(st.sampled_from(sorted(SIGNS)), max_size=3), max_size=20))
def test_any_signs_come_to_an_end(signs: list[list[str]]) -> None:
    text = "/".join(" ".join(bar) for bar in signs)
    order = played_bars(bars_of(text))
    assert all(0 <= index <= len(signs) for index in order)
    assert len(order) <= 2 * 3 * (len(signs) + 1)


def test_bars_without_signs_are_played_once() -> None:
    assert played_bars([Bar() for _ in range(5)]) == [0, 1, 2, 3, 4]
    assert played_bars([]) == []


def test_parts_are_played_in_order() -> None:
    bars = bars_of("/ / :|")
    bars[0].part, bars[1].part = "A", "B"
    assert played_bars(bars, "BAxB") == [1, 2, 1, 2, 0, 1, 2, 1, 2]
    assert played_bars(bars, "x") == [0, 1, 2, 0, 1, 2]


def test_more_bars_than_a_piece_has_are_refused() -> None:
    bars = bars_of("/")
    bars[0].part = "A"
    with pytest.raises(
        MidiError, match=rf"^a piece must have at most {MAX_BARS} bars, with its repeats\. Received: more$"
    ):
        played_bars(bars, "A" * MAX_BARS)
