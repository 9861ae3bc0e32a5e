"""How a piece is played: swing and small irregularities, in ticks, after the notes are settled.

Neither moves a bar line, the end of track, or a note into another: a note's end is held back to the next onset.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ..music.piece import Notes, Piece

_MAX_STRAY_TICKS = 24  # at humanize 1: a twentieth of a quarter
_MAX_STRAY_VELOCITY = 18

IntArray = npt.NDArray[np.int64]


def perform(piece: Piece, swing: float, humanize: float, seed: tuple[int, int]) -> Piece:
    """The piece with its off-beat eighths at `swing` of the beat (0.5..0.75) and strayed by `humanize` (0..1)."""
    if swing == 0.5 and humanize == 0:
        return piece
    rng = np.random.default_rng(np.random.SeedSequence([*seed, 1]))
    tracks = []
    for track in piece.tracks:
        notes = track.notes
        onset = _swung(notes.onset, swing, piece.ticks_per_quarter)
        end = _swung(notes.end, swing, piece.ticks_per_quarter)
        stray = np.rint(rng.normal(0, humanize * _MAX_STRAY_TICKS / 3, len(notes))).astype(np.int64)
        onset = np.maximum.accumulate(np.clip(onset + stray, 0, piece.end - 1))
        onset = np.minimum(onset, end - 1)
        end = np.minimum(end, np.r_[onset[1:], piece.end])
        louder = np.rint(rng.normal(0, humanize * _MAX_STRAY_VELOCITY / 3, len(notes))).astype(np.int64)
        velocity = np.clip(notes.velocity + louder, 1, 127)
        played = Notes.of(onset, np.maximum(1, end - onset), notes.pitch, velocity)
        tracks.append(replace(track, notes=played))
    return replace(piece, tracks=tuple(tracks))


def _swung(tick: IntArray, swing: float, ticks_per_quarter: int) -> IntArray:
    """Stretch the first half of each beat to `swing` of it and squeeze the second into the rest."""
    beat, place = np.divmod(tick, ticks_per_quarter)
    share = place / ticks_per_quarter
    moved = np.where(share < 0.5, share * 2 * swing, swing + (share - 0.5) * 2 * (1 - swing))
    return np.rint((beat + moved) * ticks_per_quarter).astype(np.int64)
