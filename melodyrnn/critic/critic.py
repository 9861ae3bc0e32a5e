"""The critic of a model: says which of several drafts of a melody is most like a real tune.

It is a classifier of real tunes and of pieces that the model draws, a linear one on the values of their features plus
one on their n-grams (evaluation/classifier/), each for the first bars of a melody. To keep of several drafts the one
that it takes most for real moves what is drawn towards the real tunes in all that it sees, which no temperature does
(discriminator rejection sampling, Azadi et al. 2019, with the best of a fixed number). This module has the
arithmetic; evaluation/classifier/ reads melodies for it (drafts.py) and fits it (judges.py).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ..arrays import Float64s, IntArray

NUM_HASHES = 2**14  # places of the n-grams
MOST = 3.0  # standard deviations from the mean at which values are cut


@dataclass(frozen=True, eq=False)
class Judge:
    """A critic for the first `num_bars` bars of a melody.

    Attributes:
        names: of the F features, as "group: words".
        mean, deviation: of each feature over the pieces that it was fitted on, (F,); the mean replaces values that are
            not defined.
        weights: of the features, (F,).
        rarity: of the n-grams, (NUM_HASHES,): the logarithm of their inverse share of pieces, + 1.
        ngram_weights: (NUM_HASHES,).
        bias: of both together.
    """

    num_bars: int
    names: tuple[str, ...]
    mean: Float64s
    deviation: Float64s
    weights: Float64s
    rarity: Float64s
    ngram_weights: Float64s
    bias: float

    def logits(self, table: Float64s, counts: Float64s) -> Float64s:
        """Return how much each melody seems drawn rather than real, (n,), as the logarithm of the odds.

        Args:
            table: values of its features, (n, F); NaN where one is not defined.
            counts: of its n-grams, (n, NUM_HASHES), as `hashed` returns them.
        """
        values = standard(table, self.mean, self.deviation) @ self.weights
        ngrams = frequencies(counts, self.rarity) @ self.ngram_weights
        logits: Float64s = values + ngrams + self.bias
        return logits


@dataclass(frozen=True, eq=False)
class Critic:
    """The judges of a model, for different numbers of bars in ascending order; without any it has no opinion."""

    judges: tuple[Judge, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.judges)

    def __repr__(self) -> str:
        return f"Critic of {' and '.join(str(judge.num_bars) for judge in self.judges)} bars"

    def judge_of(self, num_bars: int) -> Judge | None:
        """Return the judge of a melody of this many full bars: that of the most of them; None where it is too short."""
        return next((judge for judge in reversed(self.judges) if judge.num_bars <= num_bars), None)


def standard(table: Float64s, mean: Float64s, deviation: Float64s) -> Float64s:
    """Return values in standard deviations from their means, cut at ±3; 0 where one is not defined."""
    found = np.where(np.isnan(table), 0.0, (table - mean) / deviation)
    return np.clip(found, -MOST, MOST)


def frequencies(counts: Float64s, rarity: Float64s) -> Float64s:
    """Return damped counts of n-grams, times how rare they are, of length 1 in each row."""
    found = np.log1p(counts) * rarity
    length = np.sqrt((found**2).sum(axis=1, keepdims=True))
    frequent: Float64s = found / np.maximum(length, 1e-12)
    return frequent


def hashed(words: Iterable[str]) -> IntArray:
    """Return how often the words that fall on each place occur, (NUM_HASHES,)."""
    places = [zlib.crc32(word.encode("ascii")) % NUM_HASHES for word in words]
    return np.bincount(places, minlength=NUM_HASHES)
