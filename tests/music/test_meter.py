"""Lengths of bars."""

from __future__ import annotations

import pytest

from melodyrnn.music.meter import Meter


def test_bar_length() -> None:
    assert [Meter(n, d).bar(12) for n, d in ((4, 4), (3, 4), (6, 8), (9, 8), (7, 16), (2, 2))] == [
        48,
        36,
        36,
        54,
        21,
        48,
    ]
    with pytest.raises(ValueError, match=r"a bar of 1/64 is no whole number of units, 12 a quarter"):
        Meter(1, 64).bar(12)
    with pytest.raises(ValueError, match="0/4"):
        Meter(0, 4).bar(12)
