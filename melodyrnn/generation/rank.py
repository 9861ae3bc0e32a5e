"""Chooses the best of several drafts of each melody.

Of drafts of new melodies the critic of the model says which is most like a real tune (critic/critic.py); where they
have a layout, they share it. Without a critic, and of drafts that continue music, the best is of typical probability,
with features close to those of real melodies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..checkpoint import Metadata
from ..evaluation.bits import evaluate
from ..network.network import Network
from ..score.score import Score
from ..score.statistics import CORPUS_FEATURES
from .drawn_note import OnNew
from .plan import Plan


def draw_best(
    draw: Callable[[Plan, OnNew | None], list[Score]],
    plan: Plan,
    network: Network,
    metadata: Metadata,
    on_new: OnNew | None = None,
) -> list[Score]:
    """Return the melodies of a plan, each the best of `plan.rank` drafts; it does not depend on the other melodies.

    Args:
        draw: returns the melodies of a plan, such as `generate_melodies` with its network.
        on_new: called with each new note of the first draft of a melody and, where another one is chosen, with all of
            its notes as those of another attempt.
    """
    if plan.rank == 1:
        return draw(plan, on_new)
    numbers = range(plan.num) if plan.streams is None else plan.streams
    streams = tuple(number * plan.rank + draft for number in numbers for draft in range(plan.rank))
    drafts = draw(replace(plan, num=len(streams), streams=streams), _of_first_drafts(on_new, plan.rank))
    judge = metadata.critic.judge_of(plan.num_bars) if plan.view is None else None
    if judge is None:
        return best(network, metadata, drafts, plan.num)
    from ..evaluation.classifier.drafts import most_real

    chosen = []
    for number, first in enumerate(range(0, len(drafts), plan.rank)):
        group = drafts[first : first + plan.rank]
        place = most_real(judge, group)
        chosen.append(group[place])
        if on_new is not None and place:
            on_new(number, 1, group[place])
    return chosen


def _of_first_drafts(on_new: OnNew | None, rank: int) -> OnNew | None:
    """Return what tells the notes of the first draft of each melody."""
    if on_new is None:
        return None

    def tell(draft: int, attempt: int, note: Score) -> None:
        if draft % rank == 0:
            on_new(draft // rank, attempt, note)

    return tell


def best(network: Network, metadata: Metadata, melodies: list[Score], num: int) -> list[Score]:
    """Return the best of each group of `len(melodies) / num` consecutive melodies, (num,).

    The best melody has the smallest sum of two squared distances: of its bits per note from the median of its group, in
    the group's standard deviations (a piece far too likely is as unusual as one far too unlikely), and the mean over
    features of their squared distance from the corpus's means, in the corpus's standard deviations.
    """
    evaluation = evaluate(network, metadata.vocabulary, melodies)
    bits = np.array([table.sum(axis=1).mean() for table in evaluation.bits])
    groups = bits.reshape(num, -1)
    middle, spread = np.median(groups, axis=1, keepdims=True), groups.std(axis=1, keepdims=True)
    distance = (((groups - middle) / (spread + 1e-9)) ** 2).ravel()
    real = metadata.corpus.get("features", {})
    for name, feature in CORPUS_FEATURES.items():
        if name in real:
            mean, deviation = real[name]
            distance += ((np.array([feature(m) for m in melodies]) - mean) / (deviation + 1e-9)) ** 2 / len(real)
    order = np.arange(len(melodies)).reshape(num, -1)
    return [melodies[row[int(np.argmin(distance[row]))]] for row in order]
