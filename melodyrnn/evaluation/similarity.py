"""The similarity of the distributions of two sets of numbers, after Yang and Lerch (2018).

Densities are Gaussian kernel estimates on a grid: each sample is divided between the two nearest grid points, and the
counts are convolved with the kernel. For the many distances between two sets of pieces this is thousands of times
faster than a sum over samples, with the same result (the tests compare it with scipy.stats.gaussian_kde).

Both densities of a comparison have the same bandwidth, that of Scott (1992) for the real set. With one bandwidth for
each set, as scipy chooses by default, two sets of different sizes and equal distributions overlap less than they should
where many values are equal.

Intra-set distances are those between any two pieces of one set, inter-set distances those between a piece of one set
and a piece of the other. The distance is the absolute difference of a feature. The overlapping area of both
densities is 1 where the other set's pieces are as far from the real ones as the real ones are from each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Float64s

_GRID = 1024  # points
_REACH = 6.0  # bandwidths beyond the outermost sample: with fewer, the missing tails change the divergence
_SMALLEST = 1e-10  # lower bound of a density in the divergence, which would be infinite otherwise


@dataclass(frozen=True, slots=True)
class Likeness:
    """Similarity of two densities: overlapping area, 0..1, and Kullback-Leibler divergence of real || other, nats."""

    overlap: float
    divergence: float


def compare_sets(real: Float64s, other: Float64s, bandwidth: float | None = None) -> Likeness:
    """Return the similarity of the intra-set distances of `real` and its inter-set distances to `other`.

    Args:
        real, other: values of a feature, shape (num_pieces,) each.
        bandwidth: of both densities; None for that of Scott.
    """
    intra, inter = intra_distances(real), inter_distances(real, other)
    return compare_samples(intra, inter, scott(intra) if bandwidth is None else bandwidth)


def compare_samples(real: Float64s, other: Float64s, bandwidth: float) -> Likeness:
    """Return the similarity of two samples, shape (num_values,) each, by their densities at one bandwidth."""
    low = min(real.min(), other.min()) - _REACH * bandwidth
    high = max(real.max(), other.max()) + _REACH * bandwidth
    if high - low < 1e-12:  # all values are the same
        return Likeness(1.0, 0.0)
    p, step = density(real, low, high, bandwidth)
    q, _ = density(other, low, high, bandwidth)
    overlap = float(np.minimum(p, q).sum() * step)
    p, q = np.maximum(p, _SMALLEST), np.maximum(q, _SMALLEST)
    return Likeness(min(1.0, overlap), float((p * np.log(p / q)).sum() * step))


def intra_distances(values: Float64s) -> Float64s:
    """Return the absolute differences of the n (n − 1) / 2 pairs of values of a set."""
    first, second = np.triu_indices(len(values), 1)
    return np.abs(values[first] - values[second])


def inter_distances(one: Float64s, other: Float64s) -> Float64s:
    """Return the absolute differences of every value of one set and every value of the other, (n · m,)."""
    return np.abs(one[:, None] - other[None]).ravel()


def scott(sample: Float64s) -> float:
    """Return the bandwidth of Scott (1992); for equal samples a thousandth of their value, at least 1e-6."""
    spread = float(sample.std(ddof=1)) if len(sample) > 1 else 0.0
    return max(spread * len(sample) ** -0.2, 1e-3 * float(np.abs(sample).max(initial=0)), 1e-6)


def density(sample: Float64s, low: float, high: float, bandwidth: float) -> tuple[Float64s, float]:
    """Return the kernel density estimate at `_GRID` points from `low` to `high`, (_GRID,), and their spacing."""
    step = (high - low) / (_GRID - 1)
    place = (sample - low) / step
    left = np.clip(place.astype(np.int64), 0, _GRID - 2)
    counts = np.bincount(left, weights=left + 1 - place, minlength=_GRID)
    counts += np.bincount(left + 1, weights=place - left, minlength=_GRID)
    reach = min(_GRID - 1, max(1, round(_REACH * bandwidth / step)))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / bandwidth) ** 2)
    smooth: Float64s = np.convolve(counts, kernel / kernel.sum())[reach : reach + _GRID]
    return smooth / (len(sample) * step), step
