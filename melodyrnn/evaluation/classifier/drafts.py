"""Reads melodies for a critic, and lets it choose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Float64s
from ...critic.critic import Judge, hashed
from ...score.score import Score
from .ngrams import ngrams
from .tune import Tune
from .values import Values


def read(tunes: Sequence[Tune]) -> tuple[tuple[str, ...], Float64s, Float64s]:
    """Return the names of the features, their values (n, F) and the counts of n-grams (n, NUM_HASHES) of tunes."""
    values = Values.of(tunes)
    names = tuple(f"{group}: {words}" for group, words in zip(values.groups, values.words, strict=True))
    return names, values.table, np.array([hashed(ngrams(tune)) for tune in tunes], dtype=np.float64)


def most_real(judge: Judge, drafts: Sequence[Score]) -> int:
    """Return which of some melodies the judge takes most for real; the first where it can read none."""
    tunes = [Tune.of(draft, judge.num_bars) for draft in drafts]
    readable = [number for number, tune in enumerate(tunes) if tune is not None]
    if len(readable) < 2:
        return readable[0] if readable else 0
    names, table, counts = read([tune for tune in tunes if tune is not None])
    columns = [names.index(name) for name in judge.names]
    return readable[int(np.argmin(judge.logits(table[:, columns], counts)))]
