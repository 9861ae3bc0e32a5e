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
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar, overload

import numpy as np
import numpy.typing as npt

from .. import conditions, events
from ..errors import OutputError
from ..events.inputs import Inputs
from ..files import atomic_folder
from .context_rows import Helper, Places, Share, shares_of, write_rows
from .processes import num_cores
from .store import Corpus

FOLDER = "contexts"
NOTES_AT_ONCE = 1 << 17  # of the pieces whose contexts are in memory together
NOTES_PER_PROCESS = 100_000  # for fewer, starting a process takes longer than it saves

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
    """Write the files; writing into a memory map would crash where the disk is full."""
    records = corpus.records("train")
    sizes = [record.num_notes + 1 for record in records]
    num_columns, num_fields = len(Inputs.of(corpus.vocabulary).columns), len(corpus.vocabulary.values)
    num_processes = max(1, min(num_cores(), sum(sizes) // NOTES_PER_PROCESS))
    with atomic_folder(folder, force=True) as temporary:
        contexts, targets = temporary / "contexts.npy", temporary / "targets.npy"
        contexts_at = _head(contexts, np.uint8, (sum(sizes), num_columns))
        targets_at = _head(targets, np.int32, (sum(sizes), num_fields))

        def places(share: Share) -> Places:
            return Places(
                str(contexts),
                contexts_at + share.row * num_columns,
                str(targets),
                targets_at + share.row * 4 * num_fields,
            )

        def write(share: Share) -> None:
            pieces = ((record, corpus.score(record)) for record in records[share.first : share.stop])
            write_rows(pieces, corpus.vocabulary, places(share), notes_at_once)

        own, *others = shares_of(sizes, num_processes)
        with ExitStack() as opened:
            helpers = [
                opened.enter_context(closing(Helper(corpus.path, share, places(share), notes_at_once)))
                for share in others
            ]
            write(own)
            for share, helper in zip(others, helpers, strict=True):
                if not helper.has_written():  # it has no memory, or the disk is full, which this process will tell
                    write(share)
        (temporary / "key.txt").write_text(key, "ascii")


def _head(path: Path, dtype: type[np.generic], shape: tuple[int, int]) -> int:
    """Make the file of an array without its rows, and return the byte at which they begin."""
    head = {"descr": np.lib.format.dtype_to_descr(np.dtype(dtype)), "fortran_order": False, "shape": shape}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, head)
        return file.tell()
