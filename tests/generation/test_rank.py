"""The best pieces are chosen among those that are drawn."""

import pytest

from melodyrnn.generation.generator import load
from melodyrnn.generation.request import Request


@pytest.fixture(scope="module")
def model():
    return load()


def test_rank_chooses_among_what_it_drew(model):
    all_of_them = model.generate(Request(num=8, bars=8, seed=5))
    chosen = model.generate(Request(num=2, bars=8, seed=5, rank=4))
    everything = [p.tracks[0].notes for p in all_of_them]
    assert all(any(p.tracks[0].notes == n for n in everything) for p in chosen)
