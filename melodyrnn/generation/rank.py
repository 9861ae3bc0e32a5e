"""The best of many: pieces the network itself finds likely and whose features are those of real melodies."""

from __future__ import annotations

import numpy as np

from ..checkpoint import Metadata
from ..evaluation.bits import evaluate
from ..events.melody import Melody
from ..events.statistics import FEATURES
from ..inference.network import Network


def best(network: Network, metadata: Metadata, melodies: list[Melody], num: int) -> list[Melody]:
    """The best of each group of `len(melodies) / num`: piece i of the result comes from every num-th drawn.

    A piece's badness is the sum of two squared distances, in standard deviations over the group: of its bits per note
    from the network's own expectation (a piece far too likely is as odd as one far too unlikely), and of its features
    from the means of the corpus.
    """
    evaluation = evaluate(network, metadata.vocabulary, melodies)
    bits = np.array([table.sum(axis=1).mean() for table in evaluation.bits])
    badness = ((bits - np.median(bits)) / (bits.std() + 1e-9)) ** 2
    real = metadata.corpus.get("features", {})
    for name, feature in FEATURES.items():
        if name in real:
            mean, deviation = real[name]
            badness += ((np.array([feature(m) for m in melodies]) - mean) / (deviation + 1e-9)) ** 2 / len(real)
    group = len(melodies) // num
    order = np.arange(len(melodies)).reshape(num, group)
    return [melodies[row[int(np.argmin(badness[row]))]] for row in order]
