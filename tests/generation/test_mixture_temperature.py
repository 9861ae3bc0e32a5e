"""With n-gram experts the default temperature draws from the mixture as it is; without, nothing changes."""

from __future__ import annotations

import pytest

from melodyrnn.generation.mixture_temperature import sampling_with
from melodyrnn.generation.request import DEFAULT_TEMPERATURE
from melodyrnn.generation.sampling import Sampling
from melodyrnn.ngrams.ngrams import Ngrams

EXPERTS = Ngrams(weights={"duration": (0.8, 0.1, 0.1)})


@pytest.mark.parametrize(
    ("wanted", "rhythm", "temperature", "rhythm_temperature"),
    [(DEFAULT_TEMPERATURE, None, 1, None), (0, 0, 0, 0), (1.7, DEFAULT_TEMPERATURE / 2, 2, 0.5)],
)
def test_temperatures_count_from_the_default(
    wanted: float, rhythm: float | None, temperature: float, rhythm_temperature: float | None
) -> None:
    found = sampling_with(Sampling(wanted, rhythm, top_k=3), EXPERTS)
    assert found.temperature == pytest.approx(temperature)
    assert found.rhythm_temperature == pytest.approx(rhythm_temperature)
    assert found.top_k == 3


def test_without_experts_they_stay() -> None:
    sampling = Sampling(0.7, 0.9)
    assert sampling_with(sampling, Ngrams()) is sampling
