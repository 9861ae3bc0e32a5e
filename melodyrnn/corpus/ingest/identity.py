"""Identities by which duplicates are found: digests of the bytes of files, and of tunes regardless of key."""

from __future__ import annotations

import hashlib

import numpy as np

from ...arrays import IntArray
from ...events.rows import SHIFT, encode
from ...score.score import Score

DIGEST_BYTES = 16
NO_DIGEST = bytes(DIGEST_BYTES)  # of a file that could not be read


def digest(data: bytes) -> bytes:
    """Return a digest of `data`, 16 bytes."""
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()


def tune_identity(score: Score, rows: IntArray | None = None) -> bytes:
    """Return bytes that are equal for a tune in every key and tempo: from its intervals and inter-onset times.

    Args:
        rows: the event rows of `score`; None to compute them.
    """
    rows = encode(score) if rows is None else rows
    identity = np.empty((2, len(score) - 1), dtype=np.int32)
    identity[0] = score.pitch[1:] - score.pitch[:-1]
    identity[1] = rows[1:, SHIFT]
    return identity.tobytes()
