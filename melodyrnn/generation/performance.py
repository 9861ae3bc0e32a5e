"""Expressive timing of finished pieces: swing, and small random deviations of time and velocity.

Swing applies to pairs of eighths, the halves of a quarter; in meters that count eighths or shorter notes (6/8, 7/8) to
the halves of such a note, so that every beat stays in its place. Neither swing nor deviations move a bar line or the
end of the track, change the order of notes or make them overlap: onsets stay at least one tick apart, and a note ends
by the next onset.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..arrays import IntArray
from ..music.meter import Meter
from ..music.piece import Notes, Piece

_MAX_DEVIATION_TICKS = 24  # three standard deviations at humanize 1: a twentieth of a quarter
_MAX_DEVIATION_VELOCITY = 18


def perform(piece: Piece, swing: float, humanize: float, seed: tuple[int, int]) -> Piece:
    """Return the piece with swing and random deviations. Its tracks must be monophonic.

    Args:
        swing: where the second note of each pair begins, as a share of the pair, 0.5 (straight) to 0.75.
        humanize: size of the random deviations of onsets and velocities, 0..1.
        seed: of the deviations: the seed of the request, and the number of the piece.
    """
    if swing == 0.5 and humanize == 0:
        return piece
    rng = np.random.default_rng(np.random.SeedSequence([*seed, 1]))
    pair = Meter(1, max(4, piece.meters[0].meter.denominator)).bar(piece.ticks_per_quarter)
    tracks = []
    for track in piece.tracks:
        notes = track.notes
        onset = _swung(notes.onset, swing, pair)
        end = _swung(notes.end, swing, pair)
        late = np.rint(rng.normal(0, humanize * _MAX_DEVIATION_TICKS / 3, len(notes))).astype(np.int64)
        onset = _in_order(np.maximum(onset + late, 0), piece.end)
        end = np.minimum(np.maximum(end, onset + 1), np.append(onset[1:], piece.end))
        louder = np.rint(rng.normal(0, humanize * _MAX_DEVIATION_VELOCITY / 3, len(notes))).astype(np.int64)
        velocity = np.clip(notes.velocity + louder, 1, 127)
        played = Notes.of(onset, end - onset, notes.pitch, velocity)
        tracks.append(replace(track, notes=played))
    return replace(piece, tracks=tuple(tracks))


def _in_order(onset: IntArray, end: int) -> IntArray:
    """Return onsets, at least 0, moved as little as needed to be in order, at least one tick apart and before `end`."""
    number = np.arange(len(onset))
    onset = np.maximum.accumulate(onset - number) + number
    return np.minimum(onset, end - len(onset) + number)


def _swung(tick: IntArray, swing: float, pair: int) -> IntArray:
    """Return the ticks with the first half of each `pair` stretched to `swing` of it and the second half compressed."""
    number, place = np.divmod(tick, pair)
    share = place / pair
    moved = np.where(share < 0.5, share * 2 * swing, swing + (share - 0.5) * 2 * (1 - swing))
    return np.rint((number + moved) * pair).astype(np.int64)
