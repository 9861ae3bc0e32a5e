"""The best of many: pieces the network itself finds likely and whose features are those of real melodies."""

from __future__ import annotations

import numpy as np

from ..checkpoint import Metadata
from ..evaluation.bits import evaluate
from ..network.network import Network
from ..score.score import Score
from ..score.statistics import CORPUS_FEATURES


def best(network: Network, metadata: Metadata, melodies: list[Score], num: int) -> list[Score]:
    """The best of each `len(melodies) / num` drawn in a row, so that a piece does not depend on how many there are.

    A piece's badness is the sum of two squared distances: of its bits per note from the median of its group, in the
    group's standard deviations (a piece far too likely is as odd as one far too unlikely), and the mean over features
    of their distance from the corpus's means, in the corpus's standard deviations.
    """
    evaluation = evaluate(network, metadata.vocabulary, melodies)
    bits = np.array([table.sum(axis=1).mean() for table in evaluation.bits])
    groups = bits.reshape(num, -1)
    middle, spread = np.median(groups, axis=1, keepdims=True), groups.std(axis=1, keepdims=True)
    badness = (((groups - middle) / (spread + 1e-9)) ** 2).ravel()
    real = metadata.corpus.get("features", {})
    for name, feature in CORPUS_FEATURES.items():
        if name in real:
            mean, deviation = real[name]
            badness += ((np.array([feature(m) for m in melodies]) - mean) / (deviation + 1e-9)) ** 2 / len(real)
    order = np.arange(len(melodies)).reshape(num, -1)
    return [melodies[row[int(np.argmin(badness[row]))]] for row in order]
