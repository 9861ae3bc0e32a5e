"""Guidance: p (p / q)^w in bars that repeat an earlier one, and the unguided network elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from melodyrnn.conditions.outline import Outline
from melodyrnn.events.past import Past
from melodyrnn.events.rows import encode
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.request import Request
from melodyrnn.music.piece import Notes
from melodyrnn.network.guidance import GuidedNetwork
from melodyrnn.network.network import Network
from melodyrnn.score.score import Score


def distributions(
    model: Generator, network: Network | GuidedNetwork, melody: Score, labels: Sequence[int]
) -> list[dict[str, np.ndarray]]:
    """The distributions of each field at each note of the melody, with these labels of its bars."""
    vocabulary = model.vocabulary
    form = np.resize(np.array(labels, dtype=np.uint8), melody.num_bars)
    past = Past(vocabulary, [Outline.of(melody, {"form": form})], len(melody))
    indices, _ = vocabulary.encode(encode(melody))
    values, state, found = vocabulary.decode(indices), network.initial_state(1), []
    for index, row in zip(indices, values, strict=True):
        before = past.before()
        output, state = network.step(before, state)
        context = np.concatenate([before, past.at(row[:1])], axis=1)
        found.append({n: network.head(n, output, context, index[None]).probabilities()[0] for n in vocabulary.values})
        past.append(row[None])
    return found


@pytest.fixture
def model(model_file: Path) -> Generator:
    return load(model_file)


@pytest.mark.parametrize("weight", [0.5, 2.0])
def test_repeated_bars_are_guided(model: Generator, tunes: list[Score], weight: float) -> None:
    shown = distributions(model, model.network, tunes[0], [3])
    hidden = distributions(model, model.network, tunes[0], [0])
    guided = distributions(model, GuidedNetwork(model.network, weight), tunes[0], [3])
    differing = 0
    for p, q, g in zip(shown, hidden, guided, strict=True):
        for name in p:
            wanted = p[name] * (np.maximum(p[name], 1e-3) / np.maximum(q[name], 1e-3)) ** weight
            np.testing.assert_allclose(g[name], wanted / wanted.sum(), rtol=2e-4, atol=1e-7)
            differing += not np.allclose(g[name], p[name], atol=1e-3)
    assert differing > len(tunes[0])


@pytest.mark.parametrize("labels", [[0], [1]])
def test_new_and_unknown_bars_are_not_guided(model: Generator, tunes: list[Score], labels: list[int]) -> None:
    plain = distributions(model, model.network, tunes[0], labels)
    guided = distributions(model, GuidedNetwork(model.network, 2.0), tunes[0], labels)
    for p, g in zip(plain, guided, strict=True):
        for name in p:
            np.testing.assert_allclose(g[name], p[name], rtol=1e-4, atol=1e-7)


def test_guidance_needs_a_weight_and_a_form(model: Generator) -> None:
    def drawn(form: str, weight: float) -> list[Notes]:
        return [
            p.tracks[0].notes for p in model.generate(Request(num=6, bars=8, seed=2, form=form, form_weight=weight))
        ]

    assert drawn("AABB", 0.0) != drawn("AABB", 1.5)
    assert drawn("free", 0.0) == drawn("free", 1.5)


def test_pieces_do_not_depend_on_their_number(model: Generator) -> None:
    few, many = (model.generate(Request(num=num, bars=4, seed=5, form="AA", form_weight=1.0)) for num in (2, 7))
    assert [p.tracks[0].notes for p in few] == [p.tracks[0].notes for p in many[:2]]
