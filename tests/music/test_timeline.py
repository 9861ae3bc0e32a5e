"""Seconds and bar lines, against sums over single ticks and against pretty_midi."""

from __future__ import annotations

import numpy as np
import pretty_midi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.midi.write import to_pretty_midi
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, Tempo, TimeSignature, Track
from melodyrnn.music.timeline import MAX_BAR_LINES, bar_lines, last_bar_line, length_seconds, num_bars, seconds_at


def piece(
    end: int,
    tempos: tuple[Tempo, ...] = (Tempo(0, 500_000),),
    meters: tuple[TimeSignature, ...] = (TimeSignature(0, Meter(4, 4)),),
) -> Piece:
    return Piece(480, (Track(Notes.of([0], [max(1, end)], [60], [90])),), tempos, meters, end=end)


@given(
    st.lists(st.tuples(st.integers(1, 2000), st.integers(10_000, 2_000_000)), max_size=6),
    st.lists(st.integers(0, 4_000), min_size=1, max_size=10),
)
def test_seconds_are_the_sum_over_ticks_and_those_of_pretty_midi(
    changes: list[tuple[int, int]], ticks: list[int]
) -> None:
    starts = np.cumsum([0] + [gap for gap, _ in changes])
    paces = [500_000] + [pace for _, pace in changes]
    tempos = tuple(Tempo(int(s), p) for s, p in zip(starts, paces, strict=True))
    timed = piece(4_000, tempos)
    slow = np.zeros(4_001)
    for tick in range(1, 4_001):
        slow[tick] = slow[tick - 1] + paces[int(np.searchsorted(starts, tick - 1, side="right")) - 1] / 1e6 / 480
    assert seconds_at(timed, ticks) == pytest.approx(slow[ticks], abs=1e-6)
    midi: pretty_midi.PrettyMIDI = to_pretty_midi(timed)
    assert seconds_at(timed, ticks) == pytest.approx([midi.tick_to_time(t) for t in ticks], abs=1e-6)


@pytest.mark.parametrize(
    ("end", "line", "bars"), [(0, 1920, 1), (1, 1920, 1), (1920, 1920, 1), (1921, 3840, 2), (15360, 15360, 8)]
)
def test_the_last_bar_line_is_the_first_at_or_after_the_end(end: int, line: int, bars: int) -> None:
    assert last_bar_line(piece(end)) == line
    assert num_bars(piece(end)) == bars == len(bar_lines(piece(end)))
    assert length_seconds(piece(end)) == pytest.approx(line / 960)


def test_a_change_of_meter_begins_a_new_bar() -> None:
    timed = piece(
        1920 + 3 * 1440 + 10,
        meters=(
            TimeSignature(0, Meter(4, 4)),
            TimeSignature(1920, Meter(3, 4)),
            TimeSignature(1920 + 2 * 1440, Meter(6, 8)),
        ),
    )
    assert bar_lines(timed) == [(0, 1), (1920, 2), (3360, 3), (4800, 4), (6240, 5)]
    assert last_bar_line(timed) == 7680


def test_a_meter_without_a_valid_bar_counts_as_4_4() -> None:
    assert bar_lines(piece(3840, meters=(TimeSignature(0, Meter(0, 4)),))) == [(0, 1), (1920, 2)]
    assert last_bar_line(piece(100, meters=(TimeSignature(0, Meter(1, 2**20)),))) == 1920


def test_of_millions_of_bars_only_some_are_returned() -> None:
    lines = bar_lines(
        piece(1920 * 1_000_000, meters=(TimeSignature(0, Meter(4, 4)), TimeSignature(1920 * 500_001, Meter(3, 4))))
    )
    assert MAX_BAR_LINES / 2 <= len(lines) <= MAX_BAR_LINES + 2
    assert all(tick == 1920 * (n - 1) for tick, n in lines if n <= 500_001)
    assert all(tick == 1920 * 500_001 + 1440 * (n - 500_002) for tick, n in lines if n > 500_002)
