"""How files and tunes are compared to find duplicates: digests of bytes, and what a tune keeps in every key."""

from __future__ import annotations

import hashlib

import numpy as np

from ...arrays import IntArray
from ...events.rows import SHIFT, encode
from ...score.score import Score

DIGEST_BYTES = 16
NO_DIGEST = bytes(DIGEST_BYTES)  # of a file that could not be read


def digest(data: bytes) -> bytes:
    """Return the 16 bytes that stand for `data`."""
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()


def tune_identity(score: Score, rows: IntArray | None = None) -> bytes:
    """Return what a tune keeps in every key and at every tempo: its intervals and inter-onset times, as bytes.

    Args:
        rows: the event rows of `score`, where they are known.
    """
    rows = encode(score) if rows is None else rows
    identity = np.empty((2, len(score) - 1), dtype=np.int32)
    identity[0] = score.pitch[1:] - score.pitch[:-1]
    identity[1] = rows[1:, SHIFT]
    return identity.tobytes()
