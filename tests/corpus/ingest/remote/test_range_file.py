"""A file made of ranges reads as the bytes that it is made of."""

from __future__ import annotations

import io
import threading

import numpy as np
import pytest

from melodyrnn.corpus.ingest.remote.range_file import BLOCK_BYTES, RangeFile

DATA = np.random.default_rng(1).integers(0, 256, 5 * BLOCK_BYTES + 77, dtype=np.uint8).tobytes()


class Ranges:
    """Gives ranges of DATA and counts them."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.lock = threading.Lock()

    def __call__(self, start: int, stop: int) -> bytes:
        with self.lock:
            self.asked.append(start // BLOCK_BYTES)
        return DATA[start:stop]


def test_read_from_the_start_each_block_is_fetched_once() -> None:
    ranges = Ranges()
    with io.BufferedReader(RangeFile(ranges, len(DATA))) as file:
        assert file.read() == DATA
    assert sorted(ranges.asked) == list(range(6))


def test_read_anywhere_it_is_the_same_as_in_memory() -> None:
    rng = np.random.default_rng(2)
    with io.BufferedReader(RangeFile(Ranges(), len(DATA))) as file, io.BytesIO(DATA) as other:
        for _ in range(60):
            whence = int(rng.integers(0, 3))
            offset = int(rng.integers(*{0: (0, len(DATA) + 9), 1: (0, 9000), 2: (-len(DATA), 9)}[whence]))
            assert file.seek(offset, whence) == other.seek(offset, whence)
            size = int(rng.integers(0, 2 * BLOCK_BYTES))
            assert file.read(size) == other.read(size)
            assert file.tell() == other.tell()


def test_an_error_of_a_range_is_that_of_reading() -> None:
    def fail(start: int, stop: int) -> bytes:
        raise ValueError(f"no {start}")

    with io.BufferedReader(RangeFile(fail, 10)) as file, pytest.raises(ValueError, match="no 0"):
        file.read()


def test_an_empty_one() -> None:
    with io.BufferedReader(RangeFile(Ranges(), 0)) as file:
        assert file.read() == b""
