"""Expressive timing of finished pieces: swing, and small random deviations of time and velocity.

Swing applies to pairs of eighths, the halves of a quarter; in meters that count eighths or shorter notes (6/8, 7/8) to
the halves of such a note, so that every beat stays in its place. Neither swing nor deviations move a bar line or the
end of the track or change the order of the moments at which notes begin, which stay at least one tick apart. The
notes of one moment, a chord, move together; the higher ones follow the lowest by a few ticks, by less than a step of
the grid. Notes that did not overlap do not overlap afterwards: a note ends by the moment before which it ended.
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
    """Return the piece with swing and random deviations.

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
        late = np.rint(rng.normal(0, humanize * _MAX_DEVIATION_TICKS / 3, len(notes))).astype(np.int64)
        louder = np.rint(rng.normal(0, humanize * _MAX_DEVIATION_VELOCITY / 3, len(notes))).astype(np.int64)
        onset, end = _timed(notes, swing, pair, late, piece.end)
        velocity = np.clip(notes.velocity + louder, 1, 127)
        tracks.append(replace(track, notes=Notes.of(onset, end - onset, notes.pitch, velocity)))
    return replace(piece, tracks=tuple(tracks))


def _timed(notes: Notes, swing: float, pair: int, late: IntArray, end: int) -> tuple[IntArray, IntArray]:
    """Return onsets and ends of notes, of which each may be `late` by some ticks, in a piece that ends at `end`."""
    written, first, moment = np.unique(notes.onset, return_index=True, return_inverse=True)
    times = _in_order(np.maximum(_swung(written, swing, pair) + late[first], 0), end)
    times = np.append(times, end)  # after the last moment
    behind = np.minimum(np.abs(late) // 2, _MAX_DEVIATION_TICKS)
    behind[first] = 0
    onset = np.minimum(times[moment] + behind, times[moment + 1] - 1)
    latest = times[np.searchsorted(written, notes.end)]  # the moment before which the note ended
    return onset, np.minimum(np.maximum(_swung(notes.end, swing, pair), onset + 1), latest)


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
