"""How a piece is played: swing and small deviations of time and velocity, in ticks, applied to finished pieces.

Neither moves a bar line or the end of the track, or makes notes overlap: a note ends by the next onset.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..arrays import IntArray
from ..music.piece import Notes, Piece

_MAX_DEVIATION_TICKS = 24  # three standard deviations at humanize 1: a twentieth of a quarter
_MAX_DEVIATION_VELOCITY = 18


def perform(piece: Piece, swing: float, humanize: float, seed: tuple[int, int]) -> Piece:
    """The piece with its off-beat eighths at `swing` of the beat (0.5..0.75), and irregular by `humanize` (0..1).

    `seed` is that of the deviations: of the request, and the number of the piece.
    """
    if swing == 0.5 and humanize == 0:
        return piece
    rng = np.random.default_rng(np.random.SeedSequence([*seed, 1]))
    tracks = []
    for track in piece.tracks:
        notes = track.notes
        onset = _swung(notes.onset, swing, piece.ticks_per_quarter)
        end = _swung(notes.end, swing, piece.ticks_per_quarter)
        late = np.rint(rng.normal(0, humanize * _MAX_DEVIATION_TICKS / 3, len(notes))).astype(np.int64)
        onset = np.maximum.accumulate(np.clip(onset + late, 0, piece.end - 1))
        onset = np.minimum(onset, end - 1)
        end = np.minimum(end, np.r_[onset[1:], piece.end])
        louder = np.rint(rng.normal(0, humanize * _MAX_DEVIATION_VELOCITY / 3, len(notes))).astype(np.int64)
        velocity = np.clip(notes.velocity + louder, 1, 127)
        played = Notes.of(onset, np.maximum(1, end - onset), notes.pitch, velocity)
        tracks.append(replace(track, notes=played))
    return replace(piece, tracks=tuple(tracks))


def _swung(tick: IntArray, swing: float, ticks_per_quarter: int) -> IntArray:
    """The ticks with the first half of each beat stretched to `swing` of it, the second half fitted into the rest."""
    beat, place = np.divmod(tick, ticks_per_quarter)
    share = place / ticks_per_quarter
    moved = np.where(share < 0.5, share * 2 * swing, swing + (share - 0.5) * 2 * (1 - swing))
    return np.rint((beat + moved) * ticks_per_quarter).astype(np.int64)
