"""Which pieces of a corpus are trained on, stopped by and measured by.

A file's place follows from a hash of its bytes and the seed, not from its name or its place among the others: where
files are added, left out or read by several processes, the files that stay keep their splits, but for those at the two
borders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .scratch import Scratch


def split_pieces(num_pieces: int, validation: float, test: float, seed: int) -> list[str]:
    """Return a split for each piece, drawn by `seed`; each split gets a piece where there are three or more.

    Args:
        validation, test: shares of the pieces; with a share of 0 a split gets none.
    """
    borders = _Borders.of(num_pieces, validation, test)
    splits = [""] * num_pieces
    for rank, piece in enumerate(np.random.default_rng(seed).permutation(num_pieces).tolist()):
        splits[piece] = borders.split(rank)
    return splits


def split_files(files: Iterable[bytes], validation: float, test: float, seed: int) -> list[str]:
    """Return a split for each piece; pieces of one file get the same split, as verses of one song are nearly equal.

    Files are ordered by a hash, on disk. A file gets the split of its first piece in that order. Where a split would
    get no piece, splits are drawn for files instead of pieces; with fewer than three files, each piece is drawn by
    itself.

    Args:
        files: the digest of the file of each piece (`ingest.identity.digest`).
        validation, test: shares of the pieces.
    """
    with Scratch("pieces(number INTEGER PRIMARY KEY, hash BLOB)") as scratch:
        rows = ((number, _hash(file, seed)) for number, file in enumerate(files))
        scratch.execute_all("INSERT INTO pieces VALUES (?, ?)", rows)
        ((num_pieces, num_files),) = scratch.execute("SELECT COUNT(*), COUNT(DISTINCT hash) FROM pieces")
        if num_files < 3:
            return split_pieces(num_pieces, validation, test, seed)
        borders = _Borders.of(num_pieces, validation, test)
        splits = _in_order(scratch, num_pieces, borders, by_file=False)
        if set(splits) != borders.splits:
            splits = _in_order(scratch, num_pieces, _Borders.of(num_files, validation, test), by_file=True)
        return splits


def _hash(file: bytes, seed: int) -> bytes:
    return hashlib.blake2b(file, digest_size=16, salt=seed.to_bytes(16, "little")).digest()


@dataclass(frozen=True, slots=True)
class _Borders:
    """How many pieces or files, the first of an order, are the test split, and how many of the next the validation."""

    test: int
    validation: int

    @classmethod
    def of(cls, num: int, validation: float, test: float) -> _Borders:
        at_least = 1 if num >= 3 else 0
        num_test = max(at_least, round(num * test)) if test else 0
        num_test = min(num_test, num - 1)
        num_validation = max(at_least, round(num * validation)) if validation else 0
        return cls(num_test, min(num_validation, num - 1 - num_test))

    @property
    def splits(self) -> set[str]:
        """The splits that get something."""
        sizes = {"train": 1, "test": self.test, "validation": self.validation}
        return {name for name, size in sizes.items() if size}

    def split(self, rank: int) -> str:
        """Return the split of the piece or file at a place of the order."""
        return "test" if rank < self.test else "validation" if rank < self.test + self.validation else "train"


def _in_order(scratch: Scratch, num_pieces: int, borders: _Borders, by_file: bool) -> list[str]:
    """Return the split of each piece; the borders count pieces or, `by_file`, files in the order of their hashes."""
    splits, split, last = [""] * num_pieces, "", None
    num_files = 0
    for rank, (number, file) in enumerate(scratch.execute("SELECT number, hash FROM pieces ORDER BY hash, number")):
        if file != last:
            split = borders.split(num_files if by_file else rank)
            num_files, last = num_files + 1, file
        splits[number] = split
    return splits
