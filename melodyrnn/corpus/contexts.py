"""The contexts and targets of the training pieces, computed once and stored in the corpus folder.

    contexts/contexts.npy    uint8 (num_rows, num_columns)
    contexts/targets.npy     int32 (num_rows, num_fields)
    contexts/key.txt         a digest of everything that they were computed from

The rows of all pieces are concatenated, one row for each note and one for END (see `events.context.context_of`). Both
files are memory-mapped, so that the memory that training needs does not grow with the corpus. They are used only where
the key matches, which covers the corpus, its vocabulary and the code that defines a context. Where the folder cannot
be written, temporary files are used instead.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar, overload

import numpy as np
import numpy.typing as npt

from .. import conditions, events
from ..errors import OutputError
from ..events.context import context_of
from ..events.inputs import Inputs
from ..files import atomic_folder
from ..score.score import Score
from .store import Corpus

FOLDER = "contexts"
NOTES_AT_ONCE = 1 << 17  # of the pieces whose contexts are in memory together

T = TypeVar("T", bound=np.generic)


class Cut(Sequence[npt.NDArray[T]], Generic[T]):
    """An array of concatenated pieces as a sequence of pieces; its items are views."""

    def __init__(self, rows: npt.NDArray[T], sizes: Sequence[int]) -> None:
        self._rows, self._ends = rows, np.cumsum([0, *sizes])

    def __len__(self) -> int:
        return len(self._ends) - 1

    @property
    def num_rows(self) -> int:
        """The number of rows of all pieces."""
        return len(self._rows)

    @overload
    def __getitem__(self, piece: int) -> npt.NDArray[T]: ...
    @overload
    def __getitem__(self, piece: slice) -> list[npt.NDArray[T]]: ...
    def __getitem__(self, piece: int | slice) -> npt.NDArray[T] | list[npt.NDArray[T]]:
        if isinstance(piece, slice):
            return [self[n] for n in range(*piece.indices(len(self)))]
        n = range(len(self))[piece]
        return self._rows[self._ends[n] : self._ends[n + 1]]


@dataclass(frozen=True)
class Examples:
    """The contexts and targets of pieces, as `Batches` takes them."""

    contexts: Cut[np.uint8]
    targets: Cut[np.int32]


def training_examples(corpus: Corpus, notes_at_once: int = NOTES_AT_ONCE) -> Examples:
    """Return the examples of the training split. Raises OutputError where they cannot be written anywhere."""
    folder, key = corpus.path / FOLDER, _key(corpus)
    found = _open(folder, key, corpus)
    if found is not None:
        return found
    try:
        _write(folder, key, corpus, notes_at_once)
    except OutputError:  # the folder may be read-only, or its disk may be full
        return _temporary(key, corpus, notes_at_once)
    return _open(folder, key, corpus) or _temporary(key, corpus, notes_at_once)  # another training may have replaced it


def _temporary(key: str, corpus: Corpus, notes_at_once: int) -> Examples:
    # A mapped file stays readable after it is deleted; where the system forbids deleting it, cleaning up may fail.
    with tempfile.TemporaryDirectory(prefix="melodyrnn-", ignore_cleanup_errors=True) as place:
        folder = Path(place) / FOLDER
        _write(folder, key, corpus, notes_at_once)
        found = _open(folder, key, corpus)
    if found is None:
        raise OutputError(f"cannot write {folder}: what was written cannot be read")
    return found


def _key(corpus: Corpus) -> str:
    digest = hashlib.sha256(corpus.fingerprint.encode())
    digest.update(json.dumps(corpus.vocabulary.to_json(), sort_keys=True).encode())
    for package in (conditions, events):
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _open(folder: Path, key: str, corpus: Corpus) -> Examples | None:
    """Return the examples in a folder; None where they are damaged or have another key."""
    inputs = Inputs.of(corpus.vocabulary)
    sizes = [record.num_notes + 1 for record in corpus.records("train")]
    shapes = {"contexts": (sum(sizes), len(inputs.columns)), "targets": (sum(sizes), len(inputs.fields))}
    try:
        if (folder / "key.txt").read_text("ascii") != key:
            return None
        maps = {name: np.load(folder / f"{name}.npy", "r", allow_pickle=False) for name in shapes}
    except (OSError, EOFError, ValueError):
        return None
    if {name: rows.shape for name, rows in maps.items()} != shapes:
        return None
    # As plain arrays: a slice of a memmap costs many times more.
    return Examples(Cut(np.asarray(maps["contexts"]), sizes), Cut(np.asarray(maps["targets"]), sizes))


def _write(folder: Path, key: str, corpus: Corpus, notes_at_once: int) -> None:
    """Write the files piece by piece; writing into a memory map would crash where the disk is full."""
    num_rows = sum(record.num_notes + 1 for record in corpus.records("train"))
    num_columns = len(Inputs.of(corpus.vocabulary).columns)
    with atomic_folder(folder, force=True) as temporary:
        with (temporary / "contexts.npy").open("wb") as contexts, (temporary / "targets.npy").open("wb") as targets:
            _head(contexts, np.uint8, (num_rows, num_columns))
            _head(targets, np.int32, (num_rows, len(corpus.vocabulary.values)))
            for pieces in _blocks(corpus, notes_at_once):
                found = context_of(pieces, corpus.vocabulary, with_conditions=True)
                for context, target in zip(*found, strict=True):
                    contexts.write(context.tobytes())
                    targets.write(target.astype(np.int32).tobytes())
        (temporary / "key.txt").write_text(key, "ascii")


def _blocks(corpus: Corpus, notes_at_once: int) -> Iterator[list[Score]]:
    """Yield the training pieces in lists, each of one piece or of at most `notes_at_once` notes."""
    block: list[Score] = []
    num_notes = 0
    for record in corpus.records("train"):
        if block and num_notes + record.num_notes > notes_at_once:
            yield block
            block, num_notes = [], 0
        block.append(corpus.score(record))
        num_notes += record.num_notes
    if block:
        yield block


def _head(file: BinaryIO, dtype: type[np.generic], shape: tuple[int, int]) -> None:
    head = {"descr": np.lib.format.dtype_to_descr(np.dtype(dtype)), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, head)
