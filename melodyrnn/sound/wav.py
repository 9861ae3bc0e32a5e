"""Sound as a WAV file.

Conventions: samples are floats of shape (num_frames, num_channels), full scale −1..1; a file holds 16 bits.
"""

from __future__ import annotations

import os
import wave
from typing import Any

import numpy as np
import numpy.typing as npt

from ..files import atomic_file

Samples = npt.NDArray[np.float32]
_FULL_SCALE = 32767


def write_wav(path: str | os.PathLike[str], samples: Any, rate: int, force: bool = False) -> None:
    """Write samples, atomically; what is beyond full scale is cut. Raises OutputError where it cannot be written."""
    whole = np.rint(np.clip(samples, -1, 1) * _FULL_SCALE).astype("<i2")
    with atomic_file(path, force) as temporary, wave.open(str(temporary), "wb") as file:
        file.setnchannels(whole.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(whole.tobytes())
