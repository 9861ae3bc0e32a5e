"""The buffer for results that arrive early."""

from __future__ import annotations

from pathlib import Path

from melodyrnn.corpus.ingest.reorder import ReorderBuffer


def test_results_are_returned_by_number_and_the_file_is_removed(tmp_path: Path) -> None:
    buffer = ReorderBuffer(tmp_path / "early", 5)
    for number in (3, 0, 4):
        buffer.put(number, bytes([number + 1]) * 16, b"result" * (number + 1))
    assert [number in buffer for number in range(5)] == [True, False, False, True, True]
    for number in (4, 3, 0):
        assert buffer.get(number) == (bytes([number + 1]) * 16, b"result" * (number + 1))
    buffer.close()
    assert list(tmp_path.iterdir()) == []
