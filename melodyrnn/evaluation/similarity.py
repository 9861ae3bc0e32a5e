"""How alike two sets of numbers are distributed, after Yang and Lerch (2018).

Densities are Gaussian kernel estimates on a grid: samples are shared out between the two nearest grid points and the
counts convolved with the kernel, which for as many distances as two sets of pieces have is thousands of times faster
than a sum over samples and agrees with it (the tests hold it against scipy.stats.gaussian_kde).

Both densities of a comparison have one bandwidth, Scott's (1992) for the real set. With a bandwidth each, as
scipy's default has it, two sets that agree perfectly but differ in size overlap less where many values coincide.

Intra-set distances are those between any two pieces of the real set, inter-set distances those between any piece of
one set and any of the other; a feature of one number per piece has absolute differences as distances. The
overlapping area of the two densities is 1 where a piece of the other set is as far from the real ones as they are
from each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_GRID = 1024
_REACH = 6.0  # bandwidths beyond the outermost sample: less would cut tails that the divergence feels
_SMALLEST = 1e-10  # a density under this counts as this in the divergence, which would be infinite otherwise


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two densities compared: overlapping area, 0..1, and Kullback-Leibler divergence of real || other, nats."""

    overlap: float
    divergence: float


def compare_sets(real: Floats, other: Floats, bandwidth: float | None = None) -> Likeness:
    """Intra-set distances of `real` beside its inter-set distances to `other`, each of shape (num_pieces,)."""
    intra, inter = intra_distances(real), inter_distances(real, other)
    return compare_samples(intra, inter, scott(intra) if bandwidth is None else bandwidth)


def compare_samples(real: Floats, other: Floats, bandwidth: float) -> Likeness:
    """Two samples compared by their densities."""
    low = min(real.min(), other.min()) - _REACH * bandwidth
    high = max(real.max(), other.max()) + _REACH * bandwidth
    if high - low < 1e-12:  # one value, the same in both
        return Likeness(1.0, 0.0)
    p, step = density(real, low, high, bandwidth)
    q, _ = density(other, low, high, bandwidth)
    overlap = float(np.minimum(p, q).sum() * step)
    p, q = np.maximum(p, _SMALLEST), np.maximum(q, _SMALLEST)
    return Likeness(min(1.0, overlap), float((p * np.log(p / q)).sum() * step))


def intra_distances(values: Floats) -> Floats:
    """Between any two of a set, each pair once: (n (n - 1) / 2,)."""
    first, second = np.triu_indices(len(values), 1)
    return np.abs(values[first] - values[second])


def inter_distances(one: Floats, other: Floats) -> Floats:
    """Between any of one set and any of the other: (n * m,)."""
    return np.abs(one[:, None] - other[None]).ravel()


def scott(sample: Floats) -> float:
    """Scott's bandwidth, never quite 0: where all samples are one value, a thousandth of it."""
    spread = float(sample.std(ddof=1)) if len(sample) > 1 else 0.0
    return max(spread * len(sample) ** -0.2, 1e-3 * float(np.abs(sample).max(initial=0)), 1e-6)


def density(sample: Floats, low: float, high: float, bandwidth: float) -> tuple[Floats, float]:
    """The kernel density estimate at `_GRID` points from low to high, and their distance."""
    step = (high - low) / (_GRID - 1)
    place = (sample - low) / step
    left = np.clip(place.astype(np.int64), 0, _GRID - 2)
    counts = np.bincount(left, weights=left + 1 - place, minlength=_GRID)
    counts += np.bincount(left + 1, weights=place - left, minlength=_GRID)
    reach = min(_GRID - 1, max(1, round(_REACH * bandwidth / step)))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / bandwidth) ** 2)
    smooth: Floats = np.convolve(counts, kernel / kernel.sum())[reach : reach + _GRID]
    return smooth / (len(sample) * step), step
