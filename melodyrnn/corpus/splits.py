"""Which pieces of a corpus are trained on, stopped by and measured by.

A file's place follows from a hash of its bytes and the seed, not from its name or its place among the others: where
files are added, left out or read by several processes, the files that stay keep their splits, but for those at the two
borders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np


def split_pieces(num_pieces: int, validation: float, test: float, seed: int) -> list[str]:
    """Return a split for each piece, drawn by `seed`; each split gets a piece where there are three or more.

    Args:
        validation, test: shares of the pieces; with a share of 0 a split gets none.
    """
    return _split_in_order(np.random.default_rng(seed).permutation(num_pieces).tolist(), validation, test)


def split_files(files: Sequence[bytes], validation: float, test: float, seed: int) -> list[str]:
    """Return a split for each piece; pieces of one file get the same split, as verses of one song are nearly equal.

    Files are ordered by a hash. A file gets the split of its first piece in that order. Where a split would get no
    piece, splits are drawn for files instead of pieces; with fewer than three files, each piece is drawn by itself.

    Args:
        files: the digest of the file of each piece (`ingest.identity.digest`).
        validation, test: shares of the pieces.
    """
    rank = {file: _hash(file, seed) for file in files}
    if len(rank) < 3:
        return split_pieces(len(files), validation, test, seed)
    order = sorted(range(len(files)), key=lambda piece: rank[files[piece]])
    splits = _split_in_order(order, validation, test)
    first: dict[bytes, str] = {}
    for piece in order:
        first.setdefault(files[piece], splits[piece])
    if set(first.values()) != set(splits):
        first = dict(zip(first, _split_in_order(range(len(first)), validation, test), strict=True))
    return [first[file] for file in files]


def _hash(file: bytes, seed: int) -> bytes:
    return hashlib.blake2b(file, digest_size=16, salt=seed.to_bytes(16, "little")).digest()


def _split_in_order(order: Sequence[int], validation: float, test: float) -> list[str]:
    """Return the splits of pieces, of which the first of an order are the test split and the next the validation."""
    num_pieces = len(order)
    at_least = 1 if num_pieces >= 3 else 0
    num_test = max(at_least, round(num_pieces * test)) if test else 0
    num_test = min(num_test, num_pieces - 1)
    num_validation = max(at_least, round(num_pieces * validation)) if validation else 0
    num_validation = min(num_validation, num_pieces - 1 - num_test)
    splits = ["train"] * num_pieces
    for rank, piece in enumerate(order):
        if rank < num_test:
            splits[piece] = "test"
        elif rank < num_test + num_validation:
            splits[piece] = "validation"
    return splits
