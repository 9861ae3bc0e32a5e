"""Drawing values from distributions: temperature, masks, and one stream of random numbers per piece.

Shapes: B melodies, V values. A mask says which values may come; among them the network's own proportions stay.
Draws invert the cumulative distribution at a uniform number, in float64.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..errors import SettingError

Floats = npt.NDArray[np.floating]
Bools = npt.NDArray[np.bool_]


def check_temperature(temperature: float) -> None:
    """Raise SettingError unless the temperature can be used."""
    if not (np.isfinite(temperature) and temperature >= 0):
        raise SettingError(f"temperature must be >= 0. Received: {temperature}")


def sharpen(probabilities: Floats, temperature: float, allowed: Bools) -> npt.NDArray[np.float64]:
    """p^(1/temperature) among the allowed values, normalised; temperature 0 leaves the likeliest alone.

    Args:
        probabilities: (B, V).
        temperature: >= 0.
        allowed: (B, V), at least one value in each row. Where the network gives all of them 0, they are equal.
    """
    with np.errstate(divide="ignore"):
        log_p = np.where(allowed, np.log(probabilities.astype(np.float64)), -np.inf)
    hopeless = ~np.isfinite(log_p).any(axis=1)
    log_p[hopeless] = np.where(allowed[hopeless], 0.0, -np.inf)
    log_p -= log_p.max(axis=1, keepdims=True)
    if temperature == 0:
        p = (log_p == 0).astype(np.float64)
        p *= np.cumsum(p, axis=1) == 1  # of several likeliest the first
    else:
        p = np.exp(log_p / temperature)
    out: npt.NDArray[np.float64] = p / p.sum(axis=1, keepdims=True)
    return out


def draw(probabilities: npt.NDArray[np.float64], uniform: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The value at which the cumulative distribution (B, V) passes `uniform` (B,) in [0, 1)."""
    cumulative = np.cumsum(probabilities, axis=1)
    index = (cumulative <= uniform[:, None] * cumulative[:, -1:]).sum(axis=1)
    # rounding may leave the last step short of the sum: never fall on a value of probability 0
    last = probabilities.shape[1] - 1 - np.argmax(probabilities[:, ::-1] > 0, axis=1)
    return np.minimum(index, last)


def streams(seed: int, num: int, draws: int) -> npt.NDArray[np.float64]:
    """Uniform numbers (num, draws): row i is the stream of piece i under this seed, whatever `num` is."""
    return np.stack([np.random.default_rng(np.random.SeedSequence([seed, i])).random(draws) for i in range(num)])
