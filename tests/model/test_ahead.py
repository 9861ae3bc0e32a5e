"""Items computed ahead: the same ones in the same order, never many more than were used, and their errors."""

from __future__ import annotations

import threading
from itertools import islice

import pytest
from waiting import until

from melodyrnn.model.ahead import ahead


def test_items_come_in_order_and_only_a_few_ahead() -> None:
    computed: list[int] = []

    def square(n: int) -> int:
        computed.append(n)
        return n * n

    items = ahead(square, 3)
    assert list(islice(items, 5)) == [9, 16, 25, 36, 49]
    until(lambda: computed == list(range(3, 10)))
    items.close()  # type: ignore[attr-defined]
    until(lambda: not any(thread.name.startswith("melodyrnn-ahead") for thread in threading.enumerate()))
    assert computed == list(range(3, 10))


def test_an_error_comes_where_its_item_would() -> None:
    items = ahead(lambda n: 1 // (2 - n), 0)
    assert [next(items), next(items)] == [0, 1]
    with pytest.raises(ZeroDivisionError):
        next(items)
