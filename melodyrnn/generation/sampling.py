"""Draws values from distributions: masks, temperature, truncation, and one stream of random numbers per piece.

Shapes: B melodies, V values. In this order: the mask, which keeps the allowed values in the proportions of the network;
the temperature; top-k (Fan et al. 2018); top-p (Holtzman et al. 2020); min-p (Nguyen et al. 2024), each applied to the
result of the step before. All is computed in float64 from log-probabilities; a draw inverts the cumulative distribution
at a uniform number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ..arrays import AnyFloats, Bools, Float64s, IntArray
from ..errors import SettingError


@dataclass(frozen=True, slots=True)
class Sampling:
    """How values are drawn.

    Attributes:
        temperature: 1 leaves the distribution as it is; a lower one favours likely values, a higher one unlikely
            values; 0 always takes the likeliest.
        rhythm_temperature: the temperature of shift and duration; None is `temperature`.
        top_k: only the k likeliest values; None is all.
        top_p: only the likeliest values that together reach this share, 0..1; None is all.
        min_p: only values at least this share as likely as the likeliest, 0..1; None is all.
    """

    temperature: float = 1.0
    rhythm_temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None

    def __post_init__(self) -> None:
        for name in ("temperature", "rhythm_temperature"):
            value = getattr(self, name)
            if value is not None and not (np.isfinite(value) and value >= 0):
                raise SettingError(f"{name} must be >= 0. Received: {value}")
        if self.top_k is not None and self.top_k < 1:
            raise SettingError(f"top_k must be >= 1. Received: {self.top_k}")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise SettingError(f"top_p must be over 0 and at most 1. Received: {self.top_p}")
        if self.min_p is not None and not 0 <= self.min_p <= 1:
            raise SettingError(f"min_p must be from 0 to 1. Received: {self.min_p}")

    def of_field(self, name: str) -> float:
        """Return the temperature of a field."""
        if name in ("shift", "duration") and self.rhythm_temperature is not None:
            return self.rhythm_temperature
        return self.temperature

    def shape(self, name: str, probabilities: AnyFloats, allowed: Bools) -> Float64s:
        """Return the distribution from which a field is drawn, (B, V), normalised.

        Args:
            name: the field.
            probabilities: the network's, (B, V).
            allowed: (B, V), at least one value in each row. Where all of them have probability 0, they get equal ones.
        """
        p = sharpen(probabilities, self.of_field(name), allowed)
        if self.top_k is not None:
            p = _normalised(np.where(_rank(p) < self.top_k, p, 0))
        if self.top_p is not None:
            p = _normalised(np.where(_mass_before(p) < self.top_p, p, 0))
        if self.min_p is not None:
            p = _normalised(np.where(p >= self.min_p * p.max(axis=1, keepdims=True), p, 0))
        return p


def sharpen(probabilities: AnyFloats, temperature: float, allowed: Bools) -> Float64s:
    """Return p^(1/temperature) over the allowed values, normalised; temperature 0 leaves only the likeliest.

    Raises SettingError where a row allows no value.
    """
    with np.errstate(divide="ignore"):
        log_p = np.where(allowed, np.log(probabilities, dtype=np.float64), -np.inf)
    impossible = ~np.isfinite(log_p).any(axis=1)
    if impossible.any():
        _check_some(allowed[impossible])
        log_p[impossible] = np.where(allowed[impossible], 0.0, -np.inf)
    log_p -= log_p.max(axis=1, keepdims=True)
    if temperature == 0:
        p = (log_p == 0).astype(np.float64)
        p *= np.cumsum(p, axis=1) == 1  # of several likeliest values the first
    else:
        p = np.exp(log_p / temperature)
    return _normalised(p)


def _check_some(allowed: Bools) -> None:
    if not allowed.any(axis=1).all():
        raise SettingError(
            "the wishes must leave a value for every field of a note. Received: wishes that no value meets, though "
            "each pair of them can be met"
        )


def _normalised(p: Float64s) -> Float64s:
    return p / p.sum(axis=1, keepdims=True)


def _rank(p: Float64s) -> IntArray:
    """Return the rank of each value in its row, 0 for the likeliest; of equal values the first has the lower rank."""
    order = np.argsort(-p, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(p.shape[1])[None], axis=1)
    return rank


def _mass_before(p: Float64s) -> Float64s:
    """Return for each value the total probability of the values ranked before it."""
    order = np.argsort(-p, axis=1, kind="stable")
    ranked = np.take_along_axis(p, order, axis=1)
    mass = np.empty_like(p)
    np.put_along_axis(mass, order, np.cumsum(ranked, axis=1) - ranked, axis=1)
    return mass


def draw(probabilities: Float64s, uniform: Float64s) -> IntArray:
    """Return the index at which the cumulative distribution of `probabilities` (B, V) passes `uniform` (B,), 0..1."""
    cumulative = np.cumsum(probabilities, axis=1)
    index = (cumulative <= uniform[:, None] * cumulative[:, -1:]).sum(axis=1)
    # the rounded sum may be below 1: never return a value of probability 0
    last = probabilities.shape[1] - 1 - np.argmax(probabilities[:, ::-1] > 0, axis=1)
    return np.minimum(index, last)


def streams(seed: int, pieces: Iterable[int], draws: int) -> Float64s:
    """Return uniform numbers (pieces, draws); each piece has its own stream under this seed."""
    return np.stack([np.random.default_rng(np.random.SeedSequence([seed, i])).random(draws) for i in pieces])
