"""Bars are numbered as a musician counts them: from 1, and anew at each change of meter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.music.bars import Bars, last_onset, num_bars, with_grouped_beats
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, TimeSignature, Track


def _piece(onset: int, duration: int, *meters: tuple[int, Meter]) -> Piece:
    notes = Notes.of([0, onset], [240, duration], [60, 62], [90, 90])
    changes = tuple(TimeSignature(tick, meter) for tick, meter in meters or [(0, Meter(4, 4))])
    return Piece(480, (Track(notes),), meters=changes, end=onset + duration)


def test_a_change_of_meter_begins_a_new_bar_even_within_one() -> None:
    bars = Bars.of([TimeSignature(0, Meter(4, 4)), TimeSignature(2880, Meter(3, 4))], 480)
    assert [bars.tick_of(number) for number in (1, 2, 3, 4)] == [0, 1920, 2880, 4320]
    assert [bars.number_at(tick) for tick in (0, 1919, 1920, 2879, 2880, 4320)] == [1, 1, 2, 2, 3, 4]


def test_of_several_meters_at_one_tick_the_last_counts() -> None:
    assert Bars.of([TimeSignature(0, Meter(4, 4)), TimeSignature(0, Meter(3, 4))], 480).tick_of(2) == 1440


def test_a_meter_without_whole_ticks_counts_as_common_time() -> None:
    assert Bars.of([TimeSignature(0, Meter(1, 64))], 1).tick_of(2) == 4


METERS = st.lists(
    st.tuples(st.integers(1, 20_000), st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(7, 8), Meter(6, 8)])), max_size=5
)


@given(METERS, st.integers(0, 100_000))
def test_a_tick_is_in_the_bar_of_its_number(changes: list[tuple[int, Meter]], tick: int) -> None:
    signatures = [TimeSignature(0, Meter(4, 4)), *(TimeSignature(t, meter) for t, meter in sorted(changes))]
    bars = Bars.of(signatures, 480)
    number = bars.number_at(tick)
    assert bars.tick_of(number) <= tick < bars.tick_of(number + 1)
    assert bars.number_at(bars.tick_of(number)) == number


@pytest.mark.parametrize(
    ("onset", "duration", "expected"),
    [
        (7200, 480, 4),
        (7200, 481, 4),  # a little over the bar line
        (7200, 480 + 479, 4),
        (7200, 480 + 480, 5),  # a beat over it
        (7680, 60, 5),  # a note that begins at the bar line is no overhang
        (1, 10, 1),
    ],
)
def test_a_note_held_a_little_over_the_bar_line_adds_no_bar(onset: int, duration: int, expected: int) -> None:
    assert num_bars(_piece(onset, duration)) == expected


def test_a_rest_at_the_end_counts_its_bars() -> None:
    assert num_bars(replace(_piece(0, 480), end=4 * 1920)) == 4


def test_the_last_onset_is_that_of_all_tracks() -> None:
    piece = _piece(960, 480)
    later = Track(Notes.of([5000], [10], [60], [90]))
    assert last_onset(replace(piece, tracks=(*piece.tracks, later, Track(Notes.of([], [], [], []))))) == 5000
    assert last_onset(replace(piece, tracks=())) == 0


@pytest.mark.parametrize(("end", "expected"), [(4 * 480, Meter(4, 4)), (3 * 480, Meter(1, 4))])
def test_a_meter_of_one_beat_that_lasts_for_four_has_four(end: int, expected: Meter) -> None:
    piece = _piece(0, end, (0, Meter(1, 4)))
    assert with_grouped_beats(piece).meters == (TimeSignature(0, expected),)
