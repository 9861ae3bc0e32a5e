"""A corpus is a sequence of melodies; one without a folder of its own goes with its object."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path

import pytest

import melodyrnn
from melodyrnn.errors import CorpusError


def test_a_corpus_is_a_sequence(corpus_folder: Path, tunes: list[object]) -> None:
    corpus = melodyrnn.open_corpus(corpus_folder)
    assert isinstance(corpus, Sequence)
    assert len(corpus) == 10
    assert list(corpus) == corpus.melodies() == corpus[:] == tunes
    assert corpus[0] == tunes[0]
    assert corpus[-1] == tunes[9]
    assert corpus[8:1:-3] == [tunes[8], tunes[5], tunes[2]]
    assert tunes[3] in corpus
    assert corpus.index(corpus[3]) == 3
    assert list(reversed(corpus)) == tunes[::-1]
    assert all(isinstance(melody, melodyrnn.Score) for melody in corpus)
    with pytest.raises(IndexError):
        corpus[10]


def test_the_splits_of_a_corpus(corpus_folder: Path, tunes: list[object]) -> None:
    corpus = melodyrnn.open_corpus(corpus_folder)
    assert corpus.splits == ["train"] * 8 + ["validation", "test"]
    assert corpus.melodies("train") == tunes[:8]
    assert corpus.melodies("test") == tunes[9:]
    with pytest.raises(CorpusError, match="a split must be one of train, validation, test and all"):
        corpus.melodies("half")


def test_a_corpus_shows_its_first_melodies(corpus_folder: Path) -> None:
    corpus = melodyrnn.open_corpus(corpus_folder)
    shown = corpus._repr_html_()
    assert shown.count("<svg") == 3
    assert "tune 0" in shown
    assert "and 7 more" in shown


def test_an_ingest_without_output_is_deleted_with_its_corpus() -> None:
    corpus = melodyrnn.ingest("samples", min_notes=60, workers=1)
    folder = corpus.path
    assert (folder / "report.jsonl").is_file()
    assert corpus.summary.splits == {split: corpus.splits.count(split) for split in ("train", "validation", "test")}
    melody = corpus[0]
    assert min(len(one) for one in corpus) >= 60
    del corpus
    gc.collect()
    assert not folder.parent.exists()
    assert len(melody) >= 60


def test_an_ingest_that_finds_nothing_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with pytest.raises(CorpusError):
        melodyrnn.ingest("samples", min_notes=100_000, workers=1)
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_words_change_given_settings(tmp_path: Path) -> None:
    filters = melodyrnn.Filters(min_notes=60, min_bars=30)
    by_words = melodyrnn.ingest("samples", tmp_path / "a", min_notes=60, min_bars=20, workers=1)
    by_both = melodyrnn.ingest("samples", tmp_path / "b", filters=filters, min_bars=20, workers=1)
    assert list(by_words) == list(by_both)
    assert by_words.stored.settings == by_both.stored.settings
