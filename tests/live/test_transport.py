"""Beats and moments, by a fixed tempo and by a MIDI clock whose messages are late."""

from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.live.schedule import CLOCK, CONTINUE, START, STOP
from melodyrnn.live.transport import FollowedClock, OwnTempo

NOW = 1000.0  # seconds, of a clock that stands still


def test_own_tempo() -> None:
    own = OwnTempo(90)
    assert own.moment(0) is own.beat(0) is None
    own.start(100.0)
    assert own.moment(3) == pytest.approx(102.0)
    assert own.beat(102.0) == pytest.approx(3)


def feed(clock: FollowedClock, number: int, step: float, max_late: float = 0.0, seed: int = 0) -> float:
    """Send `number` clocks, the last one now; returns the moment at which the first was due."""
    begin = NOW - (number - 1) * step
    late = np.random.default_rng(seed).uniform(0, max_late, number)
    for n in range(number):
        clock.receive(begin + n * step + late[n], CLOCK)
    return begin


def test_a_clock_late_by_up_to_a_period_of_jack_is_followed_to_a_millisecond_or_two() -> None:
    step, errors = 60 / 120 / 24, []
    for seed in range(50):
        clock = FollowedClock(lambda: NOW)
        clock.receive(0, START)
        begin = feed(clock, 96, step, max_late=0.0054, seed=seed)
        moment = clock.moment(6.0)  # two quarters ahead
        assert moment is not None
        errors.append(moment - (begin + 6 * 24 * step))
        assert clock.beat(begin + 90 * step) == pytest.approx(90 / 24, abs=0.01)
        assert clock.seconds_per_quarter == pytest.approx(0.5, rel=0.01)
    assert np.abs(errors).max() < 0.004
    assert np.abs(errors).mean() < 0.0015


def test_start_stop_continue() -> None:
    clock = FollowedClock(lambda: NOW)
    assert clock.moment(0) is None
    feed(clock, 30, 0.01)
    assert clock.moment(0) is None  # clocks without Start only keep time
    clock.receive(0, START)
    starts = clock.num_starts
    feed(clock, 24, 0.01)
    assert clock.beat(NOW) == pytest.approx(23 / 24, abs=0.05)
    clock.receive(0, STOP)
    assert clock.moment(1) is None
    clock.receive(0, CONTINUE)
    feed(clock, 24, 0.01)
    assert clock.beat(NOW) == pytest.approx(47 / 24, abs=0.05)
    assert clock.num_starts == starts + 1
    clock.receive(0, START)
    feed(clock, 2, 0.01)
    assert clock.beat(NOW) == pytest.approx(1 / 24, abs=0.05)


def test_a_clock_without_messages_counts_as_stopped() -> None:
    clock = FollowedClock(lambda: NOW)
    clock.receive(0, START)
    for n in range(24):
        clock.receive(NOW - 5 + n * 0.02, CLOCK)
    assert clock.moment(1) is None
    assert clock.beat(NOW) is None


def test_clocks_that_arrive_together_do_not_change_the_tempo() -> None:
    """As on a machine that was busy for a moment."""
    clock = FollowedClock(lambda: NOW)
    clock.receive(0, START)
    now = NOW
    for _ in range(8):
        clock.receive(now, CLOCK)
    assert clock.seconds_per_quarter == pytest.approx(0.5)
    beat = clock.beat(now)
    assert beat is not None
    assert abs(beat) < 1
