"""The strongest position of a time within a bar is found without a look at each position."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.formats.durations import SMALLEST, UNITS_PER_QUARTER, BarDivision
from melodyrnn.music.meter import Meter


@st.composite
def times(draw: st.DrawFn) -> tuple[BarDivision, int, int]:
    """A bar, whole or cut, and a time in it."""
    meter = Meter(draw(st.integers(1, 24)), 2 ** draw(st.integers(0, 7)))
    bar = draw(st.integers(1, max(1, 4 * UNITS_PER_QUARTER * meter.numerator // meter.denominator)))
    start = draw(st.integers(0, bar - 1))
    return BarDivision(meter, bar), start, draw(st.integers(start + 1, bar))


@given(times())
def test_the_strongest_position_is_the_last_of_the_highest_level(time: tuple[BarDivision, int, int]) -> None:
    division, start, stop = time
    inside = [at for at in range(start + 1, stop) if at % SMALLEST == 0]
    assert division.strongest(start, stop) == max(((division.level(at), at) for at in inside), default=(-1, start))


def test_the_largest_meter_is_divided_too() -> None:
    bar = 255 * 4 * UNITS_PER_QUARTER
    rests = list(BarDivision(Meter(255, 1), bar).split(SMALLEST, bar, is_rest=True))
    assert [one.start for one in rests[1:]] == [one.stop for one in rests[:-1]]
    assert (rests[0].start, rests[-1].stop) == (SMALLEST, bar)
