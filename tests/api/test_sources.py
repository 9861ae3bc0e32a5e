"""The music that is measured: models, corpora, scores and pieces, each as it is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import melodyrnn
from melodyrnn import Piece
from melodyrnn.errors import CorpusError, SettingError
from melodyrnn.score.score import Score


def test_scores_and_pieces_are_measured_alike(model_file: Path, corpus_folder: Path) -> None:
    model, corpus = melodyrnn.load(model_file), melodyrnn.open_corpus(corpus_folder)
    tune = corpus[9]
    bits = model.evaluate(corpus).bits_per_note
    assert model.evaluate(tune).bits_per_note == model.evaluate([tune]).bits_per_note == bits
    piece = tune.to_piece()
    (melody,) = piece.melodies()
    assert model.evaluate(piece).bits_per_note == model.evaluate([melody]).bits_per_note
    assert len(model.evaluate([piece, tune]).bits) == 2
    pieces = model.generate(num=3, bars=2, seed=1)
    assert len(melodyrnn.evaluate(model, pieces).bits) == 3


def test_pieces_without_a_melody_are_left_out_with_the_reason(model_file: Path, corpus_folder: Path) -> None:
    model, corpus = melodyrnn.load(model_file), melodyrnn.open_corpus(corpus_folder)
    evaluation = model.evaluate([Piece(480, ()), corpus[0], corpus[1].to_piece()])
    assert len(evaluation.bits) == 2
    assert [str(one) for one in evaluation.left_out] == [
        "1 of 3 pieces was left out: 1 a piece must have a melody. Received: no notes (piece 1)"
    ]
    with pytest.raises(CorpusError, match=r"Received: none; 1 of 1 pieces was left out: 1 a piece must have a melody"):
        model.evaluate(Piece(480, ()))
    comparison = melodyrnn.compare([Piece(480, ()), *corpus[:5]], corpus[5:])
    assert [one.num for one in comparison.left_out] == [1]


def test_a_split_is_that_of_a_corpus(model_file: Path, tunes: list[Score]) -> None:
    with pytest.raises(SettingError, match="split is for a corpus; MIDI files have no split"):
        melodyrnn.evaluate(model_file, tunes, "train")


def test_a_loaded_model_is_compared_as_its_file(model_file: Path, corpus_folder: Path) -> None:
    model, corpus = melodyrnn.load(model_file), melodyrnn.open_corpus(corpus_folder)
    by_file = melodyrnn.compare(model_file, corpus_folder, split="train", num=6)
    assert melodyrnn.compare(model, corpus, split="train", num=6).to_json() == by_file.to_json()
    assert by_file.generated.pieces == 6


def test_baselines_are_measured_where_there_is_a_corpus(model_file: Path, corpus_folder: Path) -> None:
    model, corpus = melodyrnn.load(model_file), melodyrnn.open_corpus(corpus_folder)
    evaluation = melodyrnn.evaluate(model, corpus, baselines=True)
    assert {"order 0", "order 2", "PPM both"} <= set(evaluation.baselines)
    assert evaluation.baselines == model.evaluate(corpus_folder, baselines=True).baselines
    assert not model.evaluate(corpus).baselines
    for music, split, received in (
        (corpus, "all", "split all"),
        (corpus[:2], None, "no corpus"),
        (corpus, "train", "split train"),
    ):
        with pytest.raises(
            SettingError, match=f"^baselines need the test or validation split of a corpus.*{received}$"
        ):
            model.evaluate(music, split, baselines=True)
