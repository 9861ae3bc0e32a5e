"""The form of a melody: compared with a naive implementation of its definition, and as a user writes it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.conditions.bar_repeats import BARS_BACK, NEW, Labels, form_of
from melodyrnn.conditions.form import as_text, draw_forms, parse_form
from melodyrnn.errors import SettingError
from melodyrnn.score.score import Score


def naive(melody: Score) -> list[int]:
    """Bar by bar, with sets."""
    bars: list[set[tuple[int, int]]] = [set() for _ in range(melody.num_bars)]
    for onset, pitch in zip(melody.onset.tolist(), melody.pitch.tolist(), strict=True):
        bars[onset // melody.bar].add((onset % melody.bar, pitch))

    def alike(b: int, back: int) -> bool:
        if not back <= b < len(bars) or not bars[b - back]:
            return False
        return len(bars[b] & bars[b - back]) >= 0.7 * len(bars[b] | bars[b - back])

    def run(b: int, back: int) -> int:
        if not alike(b, back):
            return 0
        first = last = b
        while alike(first - 1, back):
            first -= 1
        while alike(last + 1, back):
            last += 1
        return last - first + 1

    out = []
    for b in range(len(bars)):
        runs = [run(b, back) for back in BARS_BACK]
        out.append(NEW if max(runs) == 0 else NEW + 1 + runs.index(max(runs)))
    return out


@given(st.lists(melodies(max_notes=60), min_size=1, max_size=4))
def test_labels_equal_the_definition_in_any_batch(several: list[Score]) -> None:
    assert [labels.tolist() for labels in form_of(several)] == [naive(melody) for melody in several]


def test_labels_of_real_tunes(real_tunes: list[Score]) -> None:
    assert [labels.tolist() for labels in form_of(real_tunes)] == [naive(melody) for melody in real_tunes]


A, B, C = [60, 62, 64, 65], [67, 65, 64, 62], [72, 71, 69, 67]


@pytest.mark.parametrize(
    ("bars", "text"),
    [
        ([A, B, A, B], "1133"),  # two bars and a repeat of both
        ([A, A, A], "122"),
        ([A, B, C, [76, 74, 72, 71], A, B, C, [60] * 4], "11114441"),
        ([A, B, C], "111"),
    ],
)
def test_digits_of_the_labels(make_melody: Callable[..., Score], bars: list[list[int]], text: str) -> None:
    melody = make_melody([pitch for bar in bars for pitch in bar])
    (labels,) = form_of([melody])
    assert as_text(labels, 0) == text


def test_a_repeat_in_another_rhythm_is_new(make_melody: Callable[..., Score]) -> None:
    melody = make_melody(A + A, [12, 12, 12, 12, 6, 18, 6, 18])
    assert form_of([melody])[0].tolist() == [NEW, NEW]


def test_the_pickup_is_left_out_of_the_text(make_melody: Callable[..., Score]) -> None:
    melody = make_melody([55, *A, *A], first=36)
    (labels,) = form_of([melody])
    assert melody.pickup_bars == 1
    assert as_text(labels, 1) == "12"


def test_a_bar_that_repeats_the_pickup_is_new() -> None:
    """The repeated bar is not in the text: bar 1 repeats the bar before, bar 3 the bar three before."""
    assert as_text(np.array([1, 2, 1, 4, 3], dtype=np.uint8), 1) == "1113"


def drawn(forms: dict[str, int], num_bars: int, num: int = 1) -> list[Labels]:
    return draw_forms(forms, num_bars, [np.random.default_rng(seed) for seed in range(num)])


class TestDraw:
    FORMS = {"1122": 40, "1111": 20, "11111111": 5}  # noqa: RUF012 -- read only

    def test_shares_are_those_of_the_corpus(self) -> None:
        found = [as_text(form, 0) for form in drawn(self.FORMS, 4, 3000)]
        assert set(found) == {"1122", "1111"}
        assert abs(found.count("1122") / 3000 - 2 / 3) < 0.03

    def test_beginnings_of_longer_tunes_are_used_where_few_have_the_length(self) -> None:
        assert as_text(*drawn(self.FORMS, 6), 0) == "111111"
        assert {as_text(form, 0) for form in drawn(self.FORMS, 3, 200)} == {"112", "111"}

    def test_unknown_where_no_tune_is_long_enough(self) -> None:
        assert drawn(self.FORMS, 9)[0].tolist() == [0] * 9
        assert drawn({}, 2)[0].tolist() == [0, 0]

    def test_no_bar_repeats_what_comes_before_the_piece(self) -> None:
        """Older model files contain such forms."""
        assert drawn({"24133": 1}, 5)[0].tolist() == [1, 1, 1, 3, 3]


class TestParse:
    @pytest.mark.parametrize(
        ("text", "bars", "labels"),
        [
            ("AABB", 8, "11331133"),
            ("aaba", 16, "1111444411115555"),
            ("ABAB", 32, "1" * 16 + "6" * 16),
            ("AAAA", 4, "1222"),
            ("AB", 6, "111111"),
            (" A A b a ", 4, "1213"),
            ("free", 3, "000"),
        ],
    )
    def test_sections(self, text: str, bars: int, labels: str) -> None:
        assert as_text(parse_form(text, bars), 0) == labels

    @pytest.mark.parametrize(
        ("text", "bars", "rule"),
        [
            ("AAB", 16, "must have a number of sections that divides the bars. Received: 'AAB' for 16 bars"),
            ("A1", 16, "A' for varied, A2 for another ending), or free. Received: 'A1'"),
            ("", 16, "must be letters"),
            ("AABB", 2, "must have a number of sections that divides the bars"),
            (
                "AB" + "C" * 2 + "A",
                15,
                "must repeat a section after 1, 2, 4, 8, 16 bars. Received: 'ABCCA', where C repeats after 3",
            ),
            ("ABCABBA", 7, "where A repeats after 3"),
        ],
    )
    def test_refusals(self, text: str, bars: int, rule: str) -> None:
        with pytest.raises(SettingError, match=r"form ") as refusal:
            parse_form(text, bars)
        assert rule in str(refusal.value)
