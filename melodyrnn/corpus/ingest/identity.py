"""Identities by which duplicates are found: digests of the bytes of files, and of tunes regardless of key."""

from __future__ import annotations

import hashlib

import numpy as np

from ...arrays import IntArray
from ...events.rows import PART, PITCH, SHIFT, encode
from ...music.chords import transpose_codes
from ...score.score import Score
from ...score.slots import SLOTS
from ..part_counts import IS_MELODIC

DIGEST_BYTES = 16
_IS_CHORDS = np.array([slot.role == "chords" for slot in SLOTS])
NO_DIGEST = bytes(DIGEST_BYTES)  # of a file that could not be read


def digest(data: bytes) -> bytes:
    """Return a digest of `data`, 16 bytes."""
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()


def tune_identity(score: Score, rows: IntArray | None = None) -> bytes:
    """Return bytes that are equal for a tune in every key and tempo: from its intervals and inter-onset times.

    Of several parts it is from their slots too, and pitches are relative to the first one; drums are as they are.

    Args:
        rows: the event rows of `score`; None to compute them.
    """
    rows = encode(score) if rows is None else rows
    if len(score.parts) > 1:
        return _of_parts(rows)
    identity = np.empty((2, len(score) - 1), dtype=np.int32)
    identity[0] = score.pitch[1:] - score.pitch[:-1]
    identity[1] = rows[1:, SHIFT]
    return identity.tobytes()


def _of_parts(rows: IntArray) -> bytes:
    """Return the identity of event rows with slots."""
    is_pitch, is_chord = IS_MELODIC[rows[:, PART]], _IS_CHORDS[rows[:, PART]]
    first = int(rows[is_pitch, PITCH][0]) if is_pitch.any() else 0
    moved = np.where(is_pitch, rows[:, PITCH] - first, rows[:, PITCH])
    moved = np.where(is_chord, transpose_codes(moved, -first), moved)
    return np.stack([rows[:, SHIFT], moved, rows[:, PART]]).astype(np.int32).tobytes()
