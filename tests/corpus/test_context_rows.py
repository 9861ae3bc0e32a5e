"""Helpers write the rows of their share, and the files are those of one process, whatever happens to a helper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.corpus import context_rows, contexts
from melodyrnn.corpus.context_rows import Helper, Places, Share, shares_of
from melodyrnn.corpus.contexts import FOLDER, training_examples
from melodyrnn.corpus.processes import start_python
from melodyrnn.corpus.store import Corpus, open_corpus, read_train, write_corpus
from melodyrnn.score.score import Score


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=40), st.integers(1, 9))
def test_shares_are_all_pieces_one_after_another_and_none_is_empty(sizes: list[int], num: int) -> None:
    shares = shares_of(sizes, num)
    assert 1 <= len(shares) <= num
    assert (shares[0].first, shares[0].row, shares[-1].stop) == (0, 0, len(sizes))
    for one, following in pairwise(shares):
        assert (one.stop, one.row + one.num_rows) == (following.first, following.row)
    for share in shares:
        assert share.num_rows == sum(sizes[share.first : share.stop]) > 0
        assert share.num_rows <= sum(sizes) / num + max(sizes)


def files_of(corpus: Corpus) -> dict[str, bytes]:
    training_examples(corpus)
    return {path.name: path.read_bytes() for path in (corpus.path / FOLDER).iterdir()}


@pytest.fixture
def three_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "NOTES_PER_PROCESS", 1)
    monkeypatch.setattr(contexts, "num_cores", lambda: 3)


@pytest.fixture
def expected(corpus_folder: Path, tunes: list[Score], tmp_path: Path) -> dict[str, bytes]:
    """The files that one process writes."""
    write_corpus(tmp_path / "again", tunes, splits_of(open_corpus(corpus_folder)))
    return files_of(open_corpus(tmp_path / "again"))


def splits_of(corpus: Corpus) -> Sequence[str]:
    return [record.split for record in corpus.pieces]


def test_three_processes_write_what_one_writes(
    expected: dict[str, bytes], corpus_folder: Path, three_processes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[int | None] = []

    class Noted(Helper):
        def has_written(self) -> bool:
            codes.append(self._process and self._process.wait())
            return super().has_written()

    monkeypatch.setattr(contexts, "Helper", Noted)
    assert files_of(open_corpus(corpus_folder)) == expected
    assert codes == [0, 0]


@pytest.mark.parametrize("code", ["raise SystemExit(1)", "import os; os.kill(os.getpid(), 9)"])
def test_what_a_helper_has_not_written_is_written_by_this_process(
    expected: dict[str, bytes], corpus_folder: Path, three_processes: None, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(context_rows, "START", code)
    assert files_of(open_corpus(corpus_folder)) == expected


def test_what_a_helper_that_cannot_start_should_write_is_written_too(
    expected: dict[str, bytes], corpus_folder: Path, three_processes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("melodyrnn.corpus.processes.sys.executable", "/nowhere/python")
    assert files_of(open_corpus(corpus_folder)) == expected


def test_a_helper_of_a_corpus_that_was_replaced_has_not_written_its_share(corpus_folder: Path, tmp_path: Path) -> None:
    for name in ("contexts", "targets"):
        (tmp_path / name).touch()
    share = Share(0, 2, 0, 10_000)
    helper = Helper(corpus_folder, share, Places(str(tmp_path / "contexts"), 0, str(tmp_path / "targets"), 0), 100)
    assert not helper.has_written()
    helper.close()


def test_a_helper_ends_with_its_parent() -> None:
    with start_python("from melodyrnn.corpus import context_rows; context_rows._end_with_parent()") as process:
        assert process.stdin is not None
        process.stdin.write(b"{}\n")
        process.stdin.close()
        assert process.wait() == 1


def test_training_pieces_are_read_one_by_one(corpus_folder: Path) -> None:
    corpus = open_corpus(corpus_folder)
    vocabulary, pieces = read_train(corpus_folder, 2, 5)
    assert vocabulary == corpus.vocabulary
    found = list(pieces)
    assert [record for record, _ in found] == corpus.records("train")[2:5]
    for (_, score), wanted in zip(found, corpus.scores("train")[2:5], strict=True):
        np.testing.assert_array_equal(score.pitch, wanted.pitch)
        np.testing.assert_array_equal(score.onset, wanted.onset)
    entries = json.loads((corpus_folder / "pieces.json").read_text())
    entries[1]["first"] += 1
    (corpus_folder / "pieces.json").write_text(json.dumps(entries))
    with pytest.raises(ValueError, match="must have a split and follow"):
        list(read_train(corpus_folder, 0, 5)[1])
