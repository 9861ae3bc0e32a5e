"""A simple synthesizer for machines without FluidSynth: harmonics with an envelope, and drums.

Conventions: times are seconds from the start of the piece; the sound of a note is mono, float32 of shape (num_frames,).
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from ..arrays import Float32s
from ..music.piece import Piece
from ..music.timeline import last_bar_line, seconds_at
from .kit import drum_sound

_TABLE = 2048  # samples in one period of the wave table
_MAX_PARTIALS = 12
_ATTACK, _DECAY, _RELEASE = 0.006, 0.6, 0.08  # seconds


def render_plain(piece: Piece, rate: int) -> Float32s:
    """Return the sound of a piece up to the end of its last release, in two equal channels, (num_frames, 2)."""
    seconds = float(seconds_at(piece, last_bar_line(piece)))  # no note ends later
    out = np.zeros(int((seconds + 5 * _RELEASE) * rate) + rate, np.float32)
    for track in piece.tracks:
        notes = track.notes
        starts, stops = seconds_at(piece, notes.onset), seconds_at(piece, notes.end)
        for start, stop, pitch, velocity in zip(
            starts.tolist(), stops.tolist(), notes.pitch.tolist(), notes.velocity.tolist(), strict=True
        ):
            sound = drum_sound(pitch, rate) if track.is_drums else _tone(pitch, stop - start, rate)
            at = round(start * rate)
            out[at : at + len(sound)] += (velocity / 127) ** 1.5 * sound[: len(out) - at]
    return np.repeat(out[:, None], 2, axis=1)


@lru_cache(maxsize=256)  # bounded, because played notes have many different lengths
def _tone(pitch: int, seconds: float, rate: int) -> Float32s:
    """Return the sound of a note that lasts `seconds`, followed by its release."""
    hertz = 440.0 * 2 ** ((pitch - 69) / 12)
    time = np.arange(int((seconds + 5 * _RELEASE) * rate)) / rate
    phase = (time * hertz % 1.0 * _TABLE).astype(np.int64)
    wave = _period(max(1, min(_MAX_PARTIALS, int(0.45 * rate / hertz))))[phase]
    envelope = np.minimum(1, time / _ATTACK) * (0.35 + 0.65 * np.exp(-time / _DECAY))
    envelope *= np.exp(-np.maximum(0, time - seconds) / _RELEASE)
    return (wave * envelope).astype(np.float32)


@cache
def _period(partials: int) -> Float32s:
    """Return one period of the first harmonics, the n-th with amplitude 1/n², scaled to a peak of 1."""
    turn = np.arange(_TABLE) / _TABLE * 2 * np.pi
    wave = sum(np.sin(n * turn) / n**2 for n in range(1, partials + 1))
    return np.asarray(wave / np.abs(wave).max(), np.float32)
