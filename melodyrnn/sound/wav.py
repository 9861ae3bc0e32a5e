"""Writes sound as a WAV file.

Conventions: samples are floats of shape (num_frames, num_channels) in −1..1; the file has 16 bits a sample.
"""

from __future__ import annotations

import os
import wave

import numpy as np

from ..arrays import AnyFloats
from ..files import atomic_file

_FULL_SCALE = 32767


def write_wav(path: str | os.PathLike[str], samples: AnyFloats, rate: int, force: bool = False) -> None:
    """Write samples; values outside −1..1 are clipped. Raises OutputError where the file cannot be written."""
    integers = np.rint(np.clip(samples, -1, 1) * _FULL_SCALE).astype("<i2")
    with atomic_file(path, force) as temporary, wave.open(str(temporary), "wb") as file:
        file.setnchannels(integers.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(integers.tobytes())
