"""Tracks and pieces of several parts for the tests of extractors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from melodyrnn.music.piece import Notes, Piece, Track

QUARTER = 480


def track(
    name: str, pitches: Sequence[int], length: float = 1, program: int = 0, channel: int = 0, first: float = 0
) -> Track:
    """Notes one after another, each `length` quarter notes long, from the quarter `first` on."""
    onset = np.rint((np.arange(len(pitches)) * length + first) * QUARTER).astype(np.int64)
    return Track(
        Notes.of(onset, [round(length * QUARTER)] * len(pitches), pitches, [80] * len(pitches)), name, program, channel
    )


def chords(name: str, pitches: Sequence[int], times: int, program: int = 0) -> Track:
    """A chord of four quarter notes, as often as `times`."""
    onset = np.repeat(np.arange(times) * 4 * QUARTER, len(pitches))
    return Track(Notes.of(onset, [4 * QUARTER] * len(onset), np.tile(pitches, times), [70] * len(onset)), name, program)


def piece(*tracks: Track, **more: object) -> Piece:
    end = max((int(one.notes.end.max()) for one in tracks if len(one.notes)), default=0)
    return Piece(QUARTER, tracks, end=end, **more)  # type: ignore[arg-type]


TUNE = [60, 62, 64, 65, 67, 65, 64, 62] * 4
LOW = [36, 36, 43, 43, 41, 41, 36, 36] * 4
BEAT = [36, 42, 38, 42] * 8
