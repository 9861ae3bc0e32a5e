"""Contexts on disk are those of `context_of`, computed once, and never those of other data."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from melodyrnn.corpus import context_rows, contexts
from melodyrnn.corpus.batches import Batches
from melodyrnn.corpus.contexts import FOLDER, Cut, Examples, training_examples
from melodyrnn.corpus.store import Corpus, open_corpus, write_corpus
from melodyrnn.events.context import context_of
from melodyrnn.events.inputs import Inputs
from melodyrnn.score.score import Score


def agree(found: Examples, corpus: Corpus) -> None:
    expected = context_of(corpus.melodies("train"), corpus.vocabulary, with_conditions=True)
    for pieces, wanted in zip((found.contexts, found.targets), expected, strict=True):
        assert len(pieces) == len(wanted) > 0
        for piece, rows in zip(pieces, wanted, strict=True):
            np.testing.assert_array_equal(piece, rows)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many melodies each computation took."""
    seen: list[int] = []

    def spy(melodies: list[Score], *rest: object, **wishes: object) -> object:
        seen.append(len(melodies))
        return context_of(melodies, *rest, **wishes)  # type: ignore[arg-type]

    monkeypatch.setattr(context_rows, "context_of", spy)
    return seen


def test_contexts_on_disk_equal_context_of_and_are_computed_once(corpus_folder: Path, computed: list[int]) -> None:
    corpus = open_corpus(corpus_folder)
    sizes = [record.num_notes for record in corpus.records("train")]
    agree(training_examples(corpus, notes_at_once=sum(sizes[:3])), corpus)
    assert computed[0] == 3
    assert sum(computed) == len(sizes) == 8
    number = len(computed)
    agree(training_examples(open_corpus(corpus_folder)), corpus)
    assert len(computed) == number


def test_a_piece_of_more_notes_than_are_computed_at_once_is_computed_alone(
    corpus_folder: Path, computed: list[int]
) -> None:
    corpus = open_corpus(corpus_folder)
    agree(training_examples(corpus, notes_at_once=1), corpus)
    assert computed == [1] * 8


def test_another_corpus_or_another_definition_recomputes_contexts(
    corpus_folder: Path, tunes: list[Score], computed: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training_examples(open_corpus(corpus_folder))
    other = tmp_path / "other"
    write_corpus(other, tunes[::-1], ["train"] * 8 + ["validation", "test"])  # of the same shape
    shutil.copytree(corpus_folder / FOLDER, other / FOLDER)
    corpus = open_corpus(other)
    agree(training_examples(corpus), corpus)
    assert computed == [8, 8]
    changed = tmp_path / "events"
    shutil.copytree(Path(str(contexts.events.__file__)).parent, changed)
    with (changed / "context.py").open("a") as file:
        file.write("# defined otherwise\n")
    monkeypatch.setattr(contexts.events, "__file__", str(changed / "__init__.py"))
    agree(training_examples(corpus), corpus)
    assert computed == [8, 8, 8]


@pytest.mark.parametrize("name", ["key.txt", "contexts.npy", "targets.npy"])
@pytest.mark.parametrize("damage", ["gone", "short"])
def test_damaged_contexts_are_recomputed(corpus_folder: Path, computed: list[int], name: str, damage: str) -> None:
    corpus = open_corpus(corpus_folder)
    training_examples(corpus)
    path = corpus_folder / FOLDER / name
    kept = path.read_bytes()
    path.unlink()
    if damage == "short":
        path.write_bytes(kept[:-5])
    agree(training_examples(corpus), corpus)
    agree(training_examples(corpus), corpus)
    assert computed == [8, 8]


def test_contexts_are_temporary_where_the_corpus_is_read_only(
    corpus_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (corpus_folder / FOLDER).write_text("in the way")  # a file, because root could write into any folder
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(contexts.tempfile, "tempdir", str(place))
    corpus = open_corpus(corpus_folder)
    found = training_examples(corpus)
    assert list(place.iterdir()) == []
    agree(found, corpus)
    assert (corpus_folder / FOLDER).read_text() == "in the way"


def test_batches_are_cut_from_contexts_without_a_copy(corpus_folder: Path) -> None:
    corpus = open_corpus(corpus_folder)
    found, expected = (
        training_examples(corpus),
        context_of(corpus.melodies("train"), corpus.vocabulary, with_conditions=True),
    )
    inputs = Inputs.of(corpus.vocabulary)
    drawn, wanted = (
        Batches(*of, inputs, length=8, size=5).draw(np.random.default_rng(2))
        for of in ((found.contexts, found.targets), expected)
    )
    for name in drawn[0]:
        np.testing.assert_array_equal(drawn[0][name], wanted[0][name])
    for pieces in (found.contexts, found.targets):
        base: object = pieces[0]
        while isinstance(base, np.ndarray) and base.base is not None and not isinstance(base, np.memmap):
            base = base.base
        assert isinstance(base, np.memmap)
        assert not pieces[0].flags.writeable


def test_a_cut_is_a_sequence_of_views() -> None:
    rows = np.arange(12).reshape(6, 2)
    cut = Cut(rows, [1, 3, 2])
    assert [piece.tolist() for piece in cut] == [[[0, 1]], [[2, 3], [4, 5], [6, 7]], [[8, 9], [10, 11]]]
    assert cut[-1].tolist() == cut[2].tolist()
    assert [piece.tolist() for piece in cut[1:]] == [piece.tolist() for piece in (cut[1], cut[2])]
    assert np.shares_memory(cut[1], rows)
    with pytest.raises(IndexError):
        cut[3]
