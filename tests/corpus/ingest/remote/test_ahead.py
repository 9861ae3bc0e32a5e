"""Things are fetched ahead in order, some at once, within a bound of bytes."""

from __future__ import annotations

import threading

import pytest
from waiting import LIMIT, until

from melodyrnn.corpus.ingest.remote.ahead import ReadAhead


class Shelf:
    """Gives each number as so many bytes, once it is let go; notes what was asked for."""

    def __init__(self, *held: int) -> None:
        self.asked: list[int] = []
        self.gates = {number: threading.Event() for number in held}

    def fetch(self, number: int) -> bytes:
        self.asked.append(number)
        if number in self.gates:
            assert self.gates[number].wait(LIMIT)
        if number < 0:
            raise ValueError(f"no {number}")
        return bytes(number)


def ahead(shelf: Shelf, num_threads: int = 2, max_bytes: int = 1000) -> ReadAhead[int]:
    return ReadAhead(shelf.fetch, lambda number: 10, num_threads, max_bytes)


def test_what_is_expected_is_fetched_once_and_in_order() -> None:
    shelf = Shelf()
    reader = ahead(shelf, 1)
    reader.expect([5, 3, 5, 4])
    reader.expect([4, 6])
    until(lambda: len(shelf.asked) == 4)
    assert [len(reader.take(number)) for number in (5, 3, 4, 6)] == [5, 3, 4, 6]
    assert shelf.asked == [5, 3, 4, 6]
    assert len(reader.take(9)) == 9  # it was not expected
    reader.close()


def test_some_are_fetched_at_once() -> None:
    shelf = Shelf(1, 2, 3)
    reader = ahead(shelf)
    reader.expect([1, 2, 3])
    until(lambda: len(shelf.asked) == 2)
    shelf.gates[2].set()
    until(lambda: shelf.asked[2:] == [3])
    shelf.gates[1].set()
    assert [len(reader.take(number)) for number in (1, 2)] == [1, 2]
    shelf.gates[3].set()
    assert len(reader.take(3)) == 3
    reader.close()


def test_no_more_is_held_than_the_bound() -> None:
    """Two of 400 bytes and one more fill 1000; the fourth waits until one was taken."""
    shelf = Shelf()
    reader = ahead(shelf, 1)
    reader.expect([400, 401, 402, 403, 404])
    until(lambda: len(shelf.asked) == 3)
    assert len(reader.take(400)) == 400
    until(lambda: len(shelf.asked) == 4)
    assert shelf.asked == [400, 401, 402, 403]
    assert len(reader.take(404)) == 404  # what waits for room is fetched when it is asked for
    assert [len(reader.take(number)) for number in (401, 402, 403)] == [401, 402, 403]
    assert shelf.asked == [400, 401, 402, 403, 404]
    reader.close()


def test_an_error_reaches_the_one_who_takes() -> None:
    shelf = Shelf()
    reader = ahead(shelf)
    reader.expect([-1, 2])
    with pytest.raises(ValueError, match="no -1"):
        reader.take(-1)
    assert len(reader.take(2)) == 2
    reader.close()


def test_what_is_forgotten_is_fetched_anew() -> None:
    shelf = Shelf()
    reader = ahead(shelf, 1)
    reader.expect([1])
    until(lambda: shelf.asked == [1])
    assert len(reader.take(1)) == 1
    reader.forget()
    reader.expect([1])
    assert len(reader.take(1)) == 1
    assert shelf.asked == [1, 1]
    reader.close()
