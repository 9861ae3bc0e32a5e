"""Scores of several parts, written as a line of pitches a part."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from melodyrnn.midi.read import read_piece
from melodyrnn.music.keys import Key
from melodyrnn.score.score import Part, Score

Pitches = Sequence[int | tuple[int, ...] | None]
ROLES = ("melody", "harmony", "harmony", "bass")


@pytest.fixture
def make_parts() -> Callable[..., Score]:
    return score_of


def score_of(*lines: Pitches, step: int = 12, parts: Sequence[Part] = (), meter: tuple[int, int] = (4, 4)) -> Score:
    """A score of a line a part: every `step` steps a pitch, a chord as a tuple, or None for a rest."""
    rows = [
        (number * step, step, pitch, 90, part)
        for part, line in enumerate(lines)
        for number, chord in enumerate(line)
        for pitch in (chord if isinstance(chord, tuple) else () if chord is None else (chord,))
    ]
    parts = parts or [Part(role=ROLES[min(part, 3)]) for part in range(len(lines))]
    return Score(*zip(*rows, strict=True), meter=meter, key=Key(0, "major"), parts=tuple(parts))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def chorales(shared) -> list[Score]:  # type: ignore[no-untyped-def]
    """Chorales by Bach, all of the validation split, soprano first."""
    found = []
    for path in sorted((shared / "jsb-chorales" / "satb" / "valid").glob("*.mid")):
        piece = read_piece(path)
        columns = []
        for part, track in enumerate(piece.tracks):
            onset, end = (np.rint(t * 12 / piece.ticks_per_quarter) for t in (track.notes.onset, track.notes.end))
            columns.append((onset, end - onset, track.notes.pitch, track.notes.velocity, np.full(len(onset), part)))
        parts = tuple(Part(track.name, role=role) for track, role in zip(piece.tracks, ROLES, strict=True))
        together = (np.concatenate(column).astype(np.int64) for column in zip(*columns, strict=True))
        found.append(Score(*together, piece.meters[0].meter, Key(0, "major"), parts=parts))
    return found
