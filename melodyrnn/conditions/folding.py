"""Tunes of two sections, each played twice, without the repeats: a tune of 32 bars AABB is one of 16 bars AB.

That is how such tunes are written down. The bars of each section are told as they are the first time, but their numbers
of notes, last onsets and cadences are those of the second time, with the endings that lead on and end the tune.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..arrays import AnyInts, Bools
from .bar_repeats import BARS_BACK, NEW
from .layout import Layout
from .returns import EXACT, NEW_BAR, OTHER_ENDING, VARIED

_LEAST = 0.75  # share of the bars of a section that return where it is played again
_RETURNS = (EXACT, VARIED, OTHER_ENDING)


def folds(returns: AnyInts, sources: AnyInts) -> Bools:
    """Return which tunes have two sections of equal length, each played twice, (n,).

    Args:
        returns, sources: those of layouts of one length, (n, B).
    """
    section, rest = divmod(returns.shape[-1], 4)
    if rest or section not in BARS_BACK:
        return np.zeros(len(returns), dtype=bool)
    again = np.isin(returns, _RETURNS) & (sources == BARS_BACK.index(section) + 2)
    twice = [again[:, start : start + section].mean(axis=1) >= _LEAST for start in (section, 3 * section)]
    return np.logical_and(*twice)


def folded(layout: Layout) -> Layout | None:
    """Return the layout of a tune AABB as that of AB, half as long; None for any other tune."""
    if not folds(np.array([layout.returns]), np.array([layout.sources]))[0]:
        return None
    section = layout.num_bars // 4
    first = [*range(section), *range(2 * section, 3 * section)]
    second = [*range(section, 2 * section), *range(3 * section, 4 * section)]
    labels = [_nearer(int(layout.form[bar]), bar, section) for bar in first]
    sources = [_nearer(layout.sources[bar], bar, section) for bar in first]
    returns = [layout.returns[bar] if source > NEW else NEW_BAR for bar, source in zip(first, sources, strict=True)]

    def at(bars: Sequence[int], values: Sequence[int]) -> tuple[int, ...]:
        return tuple(values[bar] for bar in bars)

    return replace(
        layout,
        form="".join(map(str, labels)),
        returns=tuple(returns),
        sources=tuple(sources),
        notes=at(second, layout.notes),
        last=at(second, layout.last),
        cadences=at(second, layout.cadences),
    )


def _nearer(label: int, bar: int, section: int) -> int:
    """Return a label that says how many bars before `bar` its source is, without the repeats; NEW where none does."""
    if label <= NEW or bar < section:
        return label
    back = BARS_BACK[label - 2]
    if bar - back < section:  # the source is in the first section, of which the repeat is left out
        back -= section
    return BARS_BACK.index(back) + 2 if back in BARS_BACK else NEW
