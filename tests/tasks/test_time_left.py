"""The share of a training that is done, and the time left."""

from __future__ import annotations

import pytest

from melodyrnn.tasks.time_left import seconds_left, share_done


@pytest.mark.parametrize(
    ("given", "share"),
    [
        ((0, 0, 0.0, None), 0.0),
        ((30, 120, 9.0, None), 0.25),
        ((30, 120, 9.0, 12.0), 0.75),  # by time it is further
        ((90, 120, 3.0, 12.0), 0.75),  # by steps it is further
        ((30, 120, 13.0, 12.0), 1.0),
    ],
)
def test_the_share_that_is_done(given: tuple[int, int, float, float | None], share: float) -> None:
    assert share_done(*given) == share


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ((0.0, 0.0, 0.0, None), None),
        ((0.0, 0.0, 0.0, 60.0), 60.0),
        ((10.0, 0.0, 0.5, None), 10.0),
        ((10.0, 0.25, 0.5, None), 20.0),  # a resumed run
        ((10.0, 0.0, 0.1, 60.0), 50.0),
        ((59.0, 0.0, 0.99, 60.0), pytest.approx(59 / 99)),
        ((61.0, 0.0, 0.5, 60.0), 0.0),
        ((10.0, 0.5, 1.0, None), 0.0),
    ],
)
def test_the_time_left(given: tuple[float, float, float, float | None], left: float | None) -> None:
    assert seconds_left(*given) == left
