"""Numbers of notes are scaled to a sum, within limits, and equal ones stay equal as far as it allows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.generation.counts import scaled

BARS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2), st.integers(3, 14)), min_size=1, max_size=20)


@given(bars=BARS, total=st.integers(0, 200), data=st.data())
def test_the_sum_is_exact_wherever_the_limits_allow_it(
    bars: list[tuple[int, int, int]], total: int, data: st.DataObject
) -> None:
    counts, low, high = (list(column) for column in zip(*bars, strict=True))
    counts[0] = max(1, counts[0])
    cuts = data.draw(st.lists(st.integers(0, 3), min_size=len(bars), max_size=len(bars)))
    groups = [[bar for bar, cut in enumerate(cuts) if cut == n] for n in range(4)]
    found = scaled(counts, total, low, high, [group for group in groups if group])
    if not sum(low) <= total <= sum(high):
        assert found is None
        return
    assert found is not None
    assert sum(found) == total
    assert all(least <= own <= most for least, own, most in zip(low, found, high, strict=True))


def test_the_same_sum_changes_nothing() -> None:
    assert scaled([3, 5, 0, 4], 12, [0] * 4, [12] * 4, [[0], [1], [2], [3]]) == [3, 5, 0, 4]


def test_bars_that_belong_together_stay_equal() -> None:
    counts = [4, 6, 4, 6, 8, 4]
    found = scaled(counts, 48, [1] * 6, [20] * 6, [[0, 2], [1, 3], [4], [5]])
    assert found is not None
    assert (found[0], found[1]) == (found[2], found[3])
    assert found[4] > found[1] > found[0]
    uneven = scaled([4, 4], 9, [0] * 2, [20] * 2, [[0, 1]])
    assert uneven is not None
    assert sorted(uneven) == [4, 5]
