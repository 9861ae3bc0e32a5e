"""The drums of the plain synthesizer: bursts of noise, and falling tones for drums with a skin.

Conventions: pitches are drums of General MIDI; times are seconds, frequencies hertz; sounds are mono, float32 of shape
(num_frames,), with a peak of 1, and the same at every call.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ..arrays import Float32s, Float64s

_FADE = 5.0  # time constants after which a sound is cut
_MIX = 0.35  # of the noise beside a skin


@dataclass(frozen=True, slots=True)
class _Drum:
    """A drum: the time constant of its fade, whether its noise is bright, and the tone of its skin, 0 without one."""

    fade: float
    is_bright: bool = False
    tone: float = 0.0


_KICK, _SNARE, _HAT, _OPEN = _Drum(0.07, tone=50), _Drum(0.06), _Drum(0.018, True), _Drum(0.11, True)
_CYMBAL, _RIDE, _SHAKER, _CLICK = _Drum(0.35, True), _Drum(0.16, True), _Drum(0.025, True), _Drum(0.012, tone=1700)
_SKIN, _OTHER = _Drum(0.05, tone=260), _Drum(0.03)
_TOM_TONES = {41: 80, 43: 95, 45: 115, 47: 140, 48: 165, 50: 195}
_KIT = (
    dict.fromkeys((35, 36), _KICK)
    | dict.fromkeys((38, 39, 40), _SNARE)
    | dict.fromkeys((42, 44), _HAT)
    | dict.fromkeys((46,), _OPEN)
    | dict.fromkeys((49, 52, 55, 57), _CYMBAL)
    | dict.fromkeys((51, 53, 59), _RIDE)
    | dict.fromkeys((54, 69, 70, 82), _SHAKER)
    | dict.fromkeys((31, 37, 75, 76, 77, 85), _CLICK)
    | dict.fromkeys(range(60, 67), _SKIN)
    | {pitch: _Drum(0.08, tone=tone) for pitch, tone in _TOM_TONES.items()}
)


@cache
def drum_sound(pitch: int, rate: int) -> Float32s:
    """Return the sound of a drum at `rate` samples per second."""
    drum = _KIT.get(pitch, _OTHER)
    time = np.arange(int(_FADE * drum.fade * rate)) / rate
    sound = _noise(pitch, drum.is_bright, len(time))
    if drum.tone:
        sound = _MIX * sound * np.exp(-time / 0.01) + _skin(drum.tone, time)
    sound = sound * np.exp(-time / drum.fade)
    return np.asarray(sound / np.abs(sound).max(), np.float32)


def _noise(seed: int, is_bright: bool, size: int) -> Float64s:
    """Return noise, with little bass where it is bright, else with little treble."""
    noise = np.random.default_rng(seed).uniform(-1, 1, size + 1)
    return np.diff(noise) if is_bright else (noise[1:] + noise[:-1]) / 2


def _skin(tone: float, time: Float64s) -> Float64s:
    """Return a tone that falls from nearly three times its frequency to it within some hundredths of a second."""
    return np.sin(2 * np.pi * tone * (time + 1.8 * 0.02 * (1 - np.exp(-time / 0.02))))
