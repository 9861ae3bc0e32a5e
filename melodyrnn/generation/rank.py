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
from .plan import Plan


def draw_best(draw: Callable[[Plan], list[Score]], plan: Plan, network: Network, metadata: Metadata) -> list[Score]:
    """Return the melodies of a plan, each the best of `plan.rank` drafts; it does not depend on the other melodies.

    Args:
        draw: returns the melodies of a plan, such as `generate_melodies` with its network.
    """
    if plan.rank == 1:
        return draw(plan)
    numbers = range(plan.num) if plan.streams is None else plan.streams
    streams = tuple(number * plan.rank + draft for number in numbers for draft in range(plan.rank))
    drafts = draw(replace(plan, num=len(streams), streams=streams))
    judge = metadata.critic.judge_of(plan.num_bars) if plan.view is None else None
    if judge is None:
        return best(network, metadata, drafts, plan.num)
    from ..evaluation.classifier.drafts import most_real

    groups = (drafts[first : first + plan.rank] for first in range(0, len(drafts), plan.rank))
    return [group[most_real(judge, group)] for group in groups]


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
