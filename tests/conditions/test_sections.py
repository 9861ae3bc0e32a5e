"""Forms as a user writes them, with sections that return varied or with another ending."""

from __future__ import annotations

import pytest

from melodyrnn.conditions.form import parse_form
from melodyrnn.conditions.returns import EXACT, NEW_BAR, OTHER_ENDING, VARIED
from melodyrnn.conditions.sections import Sections, parse_sections, source_of
from melodyrnn.errors import SettingError


@pytest.mark.parametrize(("text", "num_bars"), [("AABA", 16), ("a b a c", 8), ("AB", 2), ("AA", 32)])
def test_plain_letters_are_new_or_return_exactly(text: str, num_bars: int) -> None:
    found = parse_sections(text, num_bars)
    assert list(found.labels) == parse_form(text, num_bars).tolist()
    assert found.sources == found.labels
    assert [kind == EXACT for kind in found.returns] == [label > 1 for label in found.labels]
    assert not found.has_kinds


def test_a_free_form_says_nothing() -> None:
    assert parse_sections("free", 3) == Sections((0, 0, 0), (0, 0, 0), (0, 0, 0))


@pytest.mark.parametrize("text", ["AA'", "A a’"])
def test_an_apostrophe_varies_every_bar(text: str) -> None:
    found = parse_sections(text, 8)
    assert found.returns == (NEW_BAR,) * 4 + (VARIED,) * 4
    assert found.labels == found.sources == (1,) * 4 + (4,) * 4
    assert found.has_kinds


def test_another_ending_differs_in_the_last_bar_or_the_last_two() -> None:
    short = parse_sections("AA2", 8)
    assert short.returns[4:] == (EXACT, EXACT, EXACT, OTHER_ENDING)
    assert (short.labels[4:], short.sources[4:]) == ((4, 4, 4, 1), (4, 4, 4, 4))
    long = parse_sections("AA2", 16)
    assert long.returns[8:] == (EXACT,) * 6 + (OTHER_ENDING, NEW_BAR)
    assert (long.labels[14:], long.sources[14:]) == ((1, 1), (5, 1))
    assert parse_sections("AA2", 2).returns == (NEW_BAR, OTHER_ENDING)


def test_sources_are_bars_before() -> None:
    sources = parse_sections("AA2", 16).sources
    assert [source_of(sources, bar) for bar in (0, 7, 8, 14, 15)] == [None, None, 0, 6, None]
    assert source_of((5, 5), 1) is None  # eight bars before the second


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A'A", r"form must vary a section that came before\. Received: \"A'A\", where A is new"),
        ("AB2", r"form must vary a section that came before\. Received: 'AB2', where B is new"),
        (
            "AA''",
            r"form must be letters, one a section, such as AABA \(A' for varied, A2 for another ending\), or free\.",
        ),
        ("AA3", r"form must be letters.*Received: 'AA3'"),
        ("2A", r"form must be letters.*Received: '2A'"),
        ("", r"form must be letters.*Received: ''"),
        ("AA2B", r"form must have a number of sections that divides the bars\. Received: 'AAB' for 8 bars"),
    ],
)
def test_other_texts_are_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        parse_sections(text, 8)
