"""How much of a training is done, and how long the rest will take."""

from __future__ import annotations


def share_done(steps: int, num_steps: int, seconds: float, max_seconds: float | None) -> float:
    """Return the share of a training that is done, 0..1: by steps or by time spent, whichever is larger.

    Args:
        seconds: the time spent, and `max_seconds` its limit; None for none.
    """
    by_time = seconds / max_seconds if max_seconds else 0.0
    return min(1.0, max(steps / max(1, num_steps), by_time))


def seconds_left(elapsed: float, first: float, done: float, limit: float | None) -> float | None:
    """Return an estimate of the time left, in seconds; None while nothing is known.

    Args:
        elapsed: seconds since the first step that was shown, and `first` the share of the run that was done then.
        done: share of the run that is done now.
        limit: the time limit of the training, in seconds, or None.
    """
    known = [] if limit is None else [max(0.0, limit - elapsed)]
    if done > first:
        known.append(elapsed * (1 - done) / (done - first))
    return min(known, default=None)
