"""A plain synthesizer, for where there is no FluidSynth: a few partials under an envelope, noise for drums.

Conventions: seconds and samples from the start of the piece; a note is mono, shape (num_frames,).
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from ..music.piece import Piece
from ..music.timeline import last_bar_line, seconds_at

_TABLE = 2048  # samples of one period
_MAX_PARTIALS = 12
_ATTACK, _DECAY, _RELEASE = 0.006, 0.6, 0.08  # seconds
_DRUM = 0.12

Mono = npt.NDArray[np.float32]


def render_plain(piece: Piece, rate: int) -> Mono:
    """The piece from its start to the end of its last release, two equal channels: shape (num_frames, 2)."""
    seconds = float(seconds_at(piece, last_bar_line(piece)))  # no note ends after it
    out = np.zeros(int((seconds + 5 * _RELEASE) * rate) + rate, np.float32)
    for track in piece.tracks:
        notes = track.notes
        starts, stops = seconds_at(piece, notes.onset), seconds_at(piece, notes.end)
        for start, stop, pitch, velocity in zip(
            starts.tolist(), stops.tolist(), notes.pitch.tolist(), notes.velocity.tolist(), strict=True
        ):
            sound = _drum(pitch, rate) if track.is_drums else _tone(pitch, stop - start, rate)
            at = round(start * rate)
            out[at : at + len(sound)] += (velocity / 127) ** 1.5 * sound[: len(out) - at]
    return np.repeat(out[:, None], 2, axis=1)


@lru_cache(maxsize=256)  # typed music has few lengths; played music would fill the memory
def _tone(pitch: int, seconds: float, rate: int) -> Mono:
    """A note of a length, its release after it."""
    hertz = 440.0 * 2 ** ((pitch - 69) / 12)
    time = np.arange(int((seconds + 5 * _RELEASE) * rate)) / rate
    phase = (time * hertz % 1.0 * _TABLE).astype(np.int64)
    wave = _period(max(1, min(_MAX_PARTIALS, int(0.45 * rate / hertz))))[phase]
    envelope = np.minimum(1, time / _ATTACK) * (0.35 + 0.65 * np.exp(-time / _DECAY))
    envelope *= np.exp(-np.maximum(0, time - seconds) / _RELEASE)
    return (wave * envelope).astype(np.float32)


@cache
def _period(partials: int) -> Mono:
    """One period of partials that fall with the square of their number, highest point 1."""
    turn = np.arange(_TABLE) / _TABLE * 2 * np.pi
    wave = sum(np.sin(n * turn) / n**2 for n in range(1, partials + 1))
    return np.asarray(wave / np.abs(wave).max(), np.float32)


@cache
def _drum(pitch: int, rate: int) -> Mono:
    """Noise, the same every time, darker for lower drums."""
    time = np.arange(int(_DRUM * 4 * rate)) / rate
    noise = np.random.default_rng(pitch).uniform(-1, 1, len(time))
    width = max(1, int(rate / 44100 * 40 * 2 ** ((36 - pitch) / 12)))
    smooth = np.convolve(noise, np.ones(width) / width, "same")
    return np.asarray(smooth / np.abs(smooth).max() * np.exp(-time / (_DRUM / 4)), np.float32)
