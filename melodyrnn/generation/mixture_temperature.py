"""The temperature of a model with n-gram experts.

A network alone is drawn from at a temperature under 1, which brings back the structure of real melodies. The mixture
with experts has that structure by itself; sharpened in the same way, it narrows range and variety. So with experts a
temperature counts from the default, at which values are drawn from the mixture as it is (docs/decisions.md).
"""

from __future__ import annotations

from dataclasses import replace

from ..ngrams.ngrams import Ngrams
from .request import DEFAULT_TEMPERATURE
from .sampling import Sampling


def sampling_with(sampling: Sampling, ngrams: Ngrams) -> Sampling:
    """Return how values of a model with these experts are drawn where a request asks for `sampling`."""
    if not ngrams.weights:
        return sampling
    rhythm = sampling.rhythm_temperature
    return replace(
        sampling,
        temperature=sampling.temperature / DEFAULT_TEMPERATURE,
        rhythm_temperature=None if rhythm is None else rhythm / DEFAULT_TEMPERATURE,
    )
