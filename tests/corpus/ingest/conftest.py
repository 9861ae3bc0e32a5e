"""A folder of small tunes."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from melodyrnn.midi.write import write_piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Make = Callable[..., Score]


@pytest.fixture
def folder(tmp_path: Path, make_melody: Make) -> Path:
    """A hundred and fifty small tunes: three batches."""
    rng = random.Random(3)
    folder = tmp_path / "midi"
    folder.mkdir()
    for number in range(150):
        pitches = [rng.randrange(60, 80) for _ in range(20)]
        write_piece(to_piece(make_melody(pitches, 12)), folder / f"{number:03d}.mid")
    return folder
