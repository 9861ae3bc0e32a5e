"""A trained model gets n-gram experts where they save bits on its validation split."""

from __future__ import annotations

from dataclasses import replace

import pytest
from band_models import band_generator

from melodyrnn.corpus.store import Corpus
from melodyrnn.evaluation.bits import evaluate
from melodyrnn.model.experts import with_experts
from melodyrnn.model.settings import SMALL
from melodyrnn.network.network import Network
from melodyrnn.ngrams.fit import USUAL
from melodyrnn.ngrams.ngrams import Ngrams


@pytest.mark.slow
def test_training_ends_with_experts_that_save_bits(plain_corpus, learned):
    metadata, training = learned.metadata, learned.metadata.training
    assert set(metadata.ngrams.weights) <= set(USUAL)
    assert "pitch" in metadata.ngrams.weights
    pieces = plain_corpus.scores("validation")
    alone = Network(replace(metadata, ngrams=Ngrams()), learned.weights)
    for network, name in ((alone, "network"), (Network(metadata, learned.weights), "validation")):
        found = evaluate(network, metadata.vocabulary, pieces).bits_per_note
        assert found == pytest.approx(training[f"{name}_bits_per_note"], abs=1e-4)
    assert training["validation_bits_per_note"] < training["network_bits_per_note"] - 0.02


@pytest.mark.slow
def test_without_a_validation_split_a_small_corpus_has_the_usual_weights(plain_corpus, learned):
    metadata = replace(learned.metadata, ngrams=Ngrams())
    whole = all_train(plain_corpus, 1)
    found = with_experts(metadata, learned.weights, whole)
    assert found.ngrams.weights == USUAL
    assert found.training == metadata.training
    times = SMALL // sum(piece.num_notes for piece in whole.pieces) + 1
    assert with_experts(metadata, learned.weights, all_train(plain_corpus, times)) is metadata


def test_several_parts_have_none(plain_corpus):
    metadata = band_generator().metadata
    assert with_experts(metadata, {}, plain_corpus) is metadata


def all_train(corpus: Corpus, times: int) -> Corpus:
    """The pieces of a corpus, some times over, all to train on."""
    return replace(corpus, pieces=[replace(piece, split="train") for piece in corpus.pieces] * times)
