"""N-gram experts take part in all that is drawn: new music, and pitches that are varied."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from note_rows import experts

from melodyrnn.checkpoint import Metadata, load_checkpoint
from melodyrnn.conditions.layouts import Layouts
from melodyrnn.evaluation.bits import evaluate
from melodyrnn.generation.generator import Generator
from melodyrnn.generation.request import Request
from melodyrnn.music.meter import Meter
from melodyrnn.music.notation import parse_notes
from melodyrnn.network.network import Network
from melodyrnn.ngrams.ngrams import Ngrams
from melodyrnn.score.score import Score
from melodyrnn.score.typed import melody_of_notes
from melodyrnn.shipped import model_path

FOURTHS = {"pitch": (0.3, 0.0, 0.0, 1.0, 0.0)}  # weights that heed the intervals of the tune


@pytest.fixture(scope="module")
def tune() -> Score:
    """A tune of fourths, which is unlike all others."""
    return melody_of_notes(parse_notes("C4 F4 C4 G3 C4 F4 Bb4 F4 C4 F4 C4 G3 D3 G3 C4 F4"), Meter(4, 4))


def generator(metadata: Metadata, weights: dict[str, np.ndarray], tune: Score | None) -> Generator:
    if tune is not None:
        counted = experts([metadata.vocabulary.encode_score(tune)[0]], FOURTHS)
        metadata = replace(metadata, ngrams=replace(counted, fields=tuple(metadata.vocabulary.values)))
    return Generator(metadata, Network(metadata, weights, batch_invariant=True), "folk")


@pytest.fixture(scope="module")
def alone_and_mixed(tune: Score) -> tuple[Generator, Generator]:
    metadata, weights = load_checkpoint(model_path("folk"))
    vocabulary = replace(metadata.vocabulary, layouts=Layouts())  # with layouts, experts are not drawn from
    metadata = replace(metadata, vocabulary=vocabulary, ngrams=Ngrams())
    return generator(metadata, weights, None), generator(metadata, weights, tune)


def share_of_fourths(pitch: np.ndarray) -> float:
    return float((np.abs(np.diff(pitch)) == 5).mean())


@pytest.mark.parametrize("changes", [{}, {"form_weight": 0.0}])
def test_new_music_follows_the_experts(alone_and_mixed: tuple[Generator, Generator], changes: dict[str, float]) -> None:
    before, after = (
        np.mean([share_of_fourths(piece.tracks[0].notes.pitch) for piece in model.generate(request)])
        for model in alone_and_mixed
        for request in [Request(**{"seed": 1, "bars": 8, "num": 3, **changes})]
    )
    assert after > before + 0.3


def test_a_piece_is_the_same_whatever_else_is_generated(alone_and_mixed: tuple[Generator, Generator]) -> None:
    _, mixed = alone_and_mixed
    one, three = (list(mixed.generate(Request(seed=4, bars=4, num=num))) for num in (1, 3))
    assert (one[0].tracks[0].notes.pitch == three[0].tracks[0].notes.pitch).all()


def test_varied_pitches_follow_the_experts(alone_and_mixed: tuple[Generator, Generator], tune: Score) -> None:
    steps = melody_of_notes(parse_notes("C4 D4 E4 D4 C4 D4 E4 F4 G4 F4 E4 D4 C4 D4 E4 C4"), Meter(4, 4))
    before, after = (
        [share_of_fourths(piece.tracks[0].notes.pitch) for piece in model.generate(request)]
        for model in alone_and_mixed
        for request in [Request(num=4, seed=1, primer=steps, vary=1.0, end="any", form_weight=0)]
    )
    assert max(before) < min(after)


def test_a_tune_that_the_experts_know_costs_fewer_bits(
    alone_and_mixed: tuple[Generator, Generator], tune: Score
) -> None:
    alone, mixed = (evaluate(model.network, model.vocabulary, [tune]) for model in alone_and_mixed)
    pitch = alone.fields.index("pitch")
    assert mixed.bits[0][:, pitch].mean() < alone.bits[0][:, pitch].mean() - 1
    others = [place for place in range(len(alone.fields)) if place != pitch]
    assert (mixed.bits[0][:, others] == alone.bits[0][:, others]).all()
