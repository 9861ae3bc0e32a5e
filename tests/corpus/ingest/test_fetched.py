"""Digests of what was fetched outlive an interrupted run, and serve the same shard alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from melodyrnn.corpus.ingest.fetched import Fetched, is_unfetched
from melodyrnn.corpus.ingest.prepared import prepare
from melodyrnn.corpus.ingest.reader import failure
from melodyrnn.corpus.ingest.sources import Source

HEAD: dict[str, object] = {"shard": 1, "found": "abc"}
A, B = bytes(range(16)), bytes(range(16, 32))


def opened(path: Path, head: dict[str, object] = HEAD) -> dict[int, bytes | None]:
    fetched = Fetched(path, head)
    found = {number: fetched.get(number) for number in (3, 5, 7)}
    fetched.close()
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    fetched = Fetched(tmp_path / "f", HEAD)
    fetched.add(3, A)
    fetched.add(7, A)
    fetched.add(7, B)
    fetched.close()
    return tmp_path / "f"


def test_they_are_there_again(path: Path) -> None:
    assert opened(path) == {3: A, 5: None, 7: B}
    fetched = Fetched(path, HEAD)
    fetched.add(5, A)
    fetched.close()
    assert opened(path) == {3: A, 5: A, 7: B}


@pytest.mark.parametrize("cut", [1, 9, 30])
def test_a_line_that_is_cut_is_dropped(path: Path, cut: int) -> None:
    path.write_bytes(path.read_bytes()[:-cut])
    assert opened(path) == {3: A, 5: None, 7: A}
    fetched = Fetched(path, HEAD)
    fetched.add(5, B)
    fetched.close()
    assert opened(path) == {3: A, 5: B, 7: A}


def test_those_of_another_shard_are_not_taken(path: Path) -> None:
    assert opened(path, {**HEAD, "found": "def"}) == {3: None, 5: None, 7: None}
    assert opened(path) == {3: None, 5: None, 7: None}


def test_what_could_not_be_fetched() -> None:
    reasons = ["cannot be fetched: 404 Not Found", "unreadable: cannot be fetched", "took over 60 seconds"]
    assert [is_unfetched(prepare(Source("a.mid"), failure(reason))) for reason in reasons] == [True, False, False]
