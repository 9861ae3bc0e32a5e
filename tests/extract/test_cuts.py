"""Where long pieces are cut."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.extract.cuts import Stretch, stretches

BAR = 12


def cut(
    onset: list[int], end: list[int], max_bars: int = 8, max_rest: int = 48, doubles: tuple[int, ...] = ()
) -> list[Stretch]:
    return list(stretches(np.array(onset), np.array(end), BAR, max_bars, max_rest, doubles))


def bars(count: int) -> tuple[list[int], list[int]]:
    """A note of one bar in each bar."""
    onset = [BAR * n for n in range(count)]
    return onset, [BAR * (n + 1) for n in range(count)]


def test_what_fits_is_one_stretch() -> None:
    assert cut(*bars(8)) == [Stretch(0, 8, 0)]


def test_longer_pieces_are_cut_after_most_bars() -> None:
    assert cut(*bars(20)) == [Stretch(0, 8, 0), Stretch(8, 16, 8), Stretch(16, 20, 16)]


def test_at_a_line_where_nothing_is_held() -> None:
    onset, end = bars(12)
    held = [BAR * n + 1 for n in range(12) if n != 5]
    notes = sorted([*zip(onset, end, strict=True), *((start, start + BAR) for start in held)])
    found = cut([note[0] for note in notes], [note[1] for note in notes])
    assert [one.first_bar for one in found] == [0, 6]


def test_else_where_the_fewest_notes_are_held() -> None:
    notes = sorted(
        [(BAR * n, BAR * n + 13) for n in range(12)] + [(BAR * n + 1, BAR * n + 14) for n in range(12) if n != 6]
    )
    found = cut([note[0] for note in notes], [note[1] for note in notes])
    assert [one.first_bar for one in found] == [0, 7]


def test_double_bars_are_good_even_under_held_notes() -> None:
    onset = [BAR * n for n in range(12)]
    end = [at + 13 for at in onset]
    assert [one.first_bar for one in cut(onset, end, doubles=(5,))] == [0, 5]
    assert [one.first_bar for one in cut(onset, end)] == [0, 8]


def test_silences_cut_at_the_bar_of_the_next_note() -> None:
    assert cut([0, 12, 80, 100], [12, 24, 92, 112]) == [Stretch(0, 2, 0), Stretch(2, 4, 6)]
    assert cut([0, 12, 72, 100], [12, 24, 84, 112], 20) == [Stretch(0, 4, 0)]
    assert cut([0, 12, 80, 100], [12, 40, 92, 112], 20) == [Stretch(0, 4, 0)]  # a note sounds on


def test_a_note_of_any_length_is_no_reason_for_long_work() -> None:
    assert cut([0, 10**12], [10**13, 10**12 + 5]) == [Stretch(0, 1, 0), Stretch(1, 2, 10**12 // BAR)]


NOTES = st.lists(st.tuples(st.integers(0, 600), st.integers(1, 200)), min_size=1, max_size=60)


@given(NOTES, st.integers(1, 12), st.sets(st.integers(0, 50)))
def test_every_note_is_in_one_stretch_that_begins_in_its_bars(
    notes: list[tuple[int, int]], max_bars: int, doubles: set[int]
) -> None:
    notes.sort()
    onset = [note[0] for note in notes]
    found = cut(onset, [note[0] + note[1] for note in notes], max_bars, doubles=tuple(doubles))
    assert [place for one in found for place in range(one.start, one.stop)] == list(range(len(notes)))
    for one in found:
        assert all(
            one.first_bar <= onset[place] // BAR < one.first_bar + max_bars for place in range(one.start, one.stop)
        )
