"""Basses and ostinati are told from lines that lead."""

from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.extract.accompanying import accompaniment
from melodyrnn.music.piece import Notes


def line(pitches: list[int]) -> Notes:
    return Notes.of(np.arange(len(pitches)) * 480, [480] * len(pitches), pitches, [80] * len(pitches))


TUNE = [60, 62, 64, 65, 67, 64, 60, 67, 69, 71, 72, 67, 65, 64, 62, 60, 55, 57, 59, 60, 64, 62, 65, 64]


@pytest.mark.parametrize(
    ("pitches", "kind"),
    [
        (TUNE, None),
        ([p - 18 for p in TUNE], "bass"),
        (TUNE * 8, None),  # a tune that is played again and again
        ([60, 64, 67] * 20, "ostinato"),
        ([60] * 40, "ostinato"),
        ([60] * 8, None),  # too short to tell
        ([48] * 8, None),
        ([47] * 8, "bass"),
    ],
)
def test_kinds(pitches: list[int], kind: str | None) -> None:
    assert accompaniment(line(pitches)) == kind
