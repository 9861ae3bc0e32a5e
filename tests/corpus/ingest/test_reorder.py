"""Results in the order of the files, whatever the order in which they come."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.corpus.ingest.identity import NO_DIGEST
from melodyrnn.corpus.ingest.reorder import InOrder, ReorderBuffer
from melodyrnn.corpus.ingest.sources import Source

REFUSED = ("not a regular file", None)


def result_of(number: int) -> tuple[bytes, bytes]:
    return bytes([number + 1]) * 16, b"result" * number


@given(st.lists(st.booleans(), max_size=20), st.randoms(use_true_random=False))
def test_results_are_handed_on_in_order(refused: list[bool], random: st.random_module) -> None:  # type: ignore[valid-type]
    sources = [(3 * n + 1, Source(str(n), refusal=REFUSED if no else None)) for n, no in enumerate(refused)]
    got: list[tuple[Source, bytes, bytes | None]] = []
    wanted = [number for number, source in sources if source.refusal is None]
    random.shuffle(wanted)  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "early")
        with contextlib.closing(InOrder(path, sources, lambda *one: got.append(one))) as in_order:
            for number in wanted:
                in_order.offer(number, *result_of(number))
        assert not path.exists()
    assert got == [(source, *((NO_DIGEST, None) if source.refusal else result_of(n))) for n, source in sources]


def test_each_is_there_at_once_when_it_is_next(tmp_path: Path) -> None:
    got: list[str] = []
    sources = [(n, Source(str(n))) for n in range(4)]
    with contextlib.closing(InOrder(tmp_path / "early", sources, lambda source, *_: got.append(source.name))) as found:
        for number, expected in ((0, ["0"]), (2, ["0"]), (3, ["0"]), (1, ["0", "1", "2", "3"])):
            found.offer(number, *result_of(number))
            assert got == expected


@pytest.mark.parametrize(("max_held", "on_disk"), [(0, 6 * (3 + 4)), (6 * 3, 6 * 4), (1000, 0)])
def test_the_buffer_gives_each_once_and_its_file_does_not_grow_without_end(
    tmp_path: Path, max_held: int, on_disk: int
) -> None:
    with contextlib.closing(ReorderBuffer(tmp_path / "early", max_held)) as buffer:
        for _ in range(3):
            for number in (3, 0, 4):
                buffer.put(number, *result_of(number))
            assert buffer.take(1) is None
            for number in (4, 3, 0):
                assert buffer.take(number) == result_of(number)
                assert buffer.take(number) is None
        assert (tmp_path / "early").stat().st_size == on_disk
    assert not (tmp_path / "early").exists()
