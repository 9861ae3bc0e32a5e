"""Values of the conditions that a plan leaves open, such as the form, drawn for each piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..conditions.table import ALWAYS, CONDITIONS
from ..events.vocabulary import Vocabulary


def with_drawn_conditions(
    vocabulary: Vocabulary, known: Mapping[str, object], num_bars: int, seed: int, numbers: Sequence[int]
) -> list[dict[str, object]]:
    """Return the known values of conditions for each piece, with a drawn one for each other condition.

    The values of each piece and condition are drawn from a separate stream of random numbers.

    Args:
        known: values by the name of the condition.
        numbers: of the pieces.
    """
    values = [dict(known) for _ in numbers]
    # Streams count from 1: the notes use those without this number, which NumPy takes for 0.
    for stream, name in enumerate((name for name in vocabulary.conditions if name not in ALWAYS), start=1):
        if name in known:
            continue
        rngs = (np.random.default_rng(np.random.SeedSequence([seed, number, stream])) for number in numbers)
        drawn = CONDITIONS[name].draw(num_bars, vocabulary, rngs)
        for own, value in zip(values, drawn or [], strict=False):
            own[name] = value
    return values
