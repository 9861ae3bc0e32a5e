"""What a tune is made of, as words: runs of intervals, lengths and rhythms, degrees by place, beginnings of bars.

Many of them are heard in a few tunes only, so that no single value holds them; a linear model over their counts does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from .tune import Tune

_SECTION = 8  # bars, within which the place of a bar is part of its words


def ngrams(tune: Tune) -> list[str]:
    """Return the words of a tune, as often as they are heard."""
    return [*_of_notes(tune), *_of_bars(tune)]


def _of_notes(tune: Tune) -> Iterator[str]:
    interval = tune.interval.tolist()
    steps = list(zip(interval, np.diff(tune.onset).tolist(), strict=True))
    degree = tune.degree.tolist()
    for name, values, lengths in (
        ("interval", interval, (2, 3, 4)),
        ("step", steps, (1, 2, 3)),
        ("length", tune.duration.tolist(), (2, 3)),
        ("degree", degree, (2,)),
        ("pitch", tune.pitch.tolist(), (1,)),
        ("place", list(zip(degree, tune.place.tolist(), strict=True)), (1,)),
    ):
        for k in lengths:
            yield from (f"{name} {run}" for run in _runs(values, k))


def _runs(values: Sequence[object], k: int) -> Iterator[tuple[object, ...]]:
    return zip(*(values[i:] for i in range(k)), strict=False)


def _of_bars(tune: Tune) -> Iterator[str]:
    for number, (notes, rhythm) in enumerate(zip(tune.bars, tune.rhythms, strict=True)):
        at = number % _SECTION
        yield f"rhythm {tune.bar} {rhythm}"
        yield f"rhythm of bar {at} {tune.bar} {rhythm}"
        yield f"contour {np.sign(np.diff(tune.pitch[notes])).tolist()}"
        if len(notes):
            yield f"first of bar {at} {tune.degree[notes[0]]}"
            yield f"last of bar {at} {tune.degree[notes[-1]]}"
