"""Chooses the best of many pieces: those of typical probability whose features are close to those of real melodies."""

from __future__ import annotations

import numpy as np

from ..checkpoint import Metadata
from ..evaluation.bits import evaluate
from ..network.network import Network
from ..score.score import Score
from ..score.statistics import CORPUS_FEATURES


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
