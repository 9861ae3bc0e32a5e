"""A corpus on disk: a folder of plain arrays and JSON, written whole or not at all.

    corpus.json    format version, grid, vocabulary, settings, statistics
    pieces.json    one object a piece: name, split, meter, key, tempo, first row, number of notes
    events.npy     int16 (num_notes, 4): shift, duration (steps), pitch carried to a tonic of C, velocity
    report.jsonl   what became of each file
    cache.bin      what each file gave, by content, for the next ingest; nothing else reads it
    contexts/      what a training computes from it, see `contexts`; it may be deleted

`events.npy` is memory-mapped; nothing is unpickled.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import CorpusError, SettingError
from ..events.rows import decode
from ..events.vocabulary import Vocabulary
from ..music.keys import Key
from ..music.meter import Meter
from ..music.units import STEPS_PER_QUARTER
from ..score.score import Score
from .writer import FORMAT, SPLITS, VERSION, write_corpus

__all__ = ["SPLITS", "Corpus", "is_corpus", "open_corpus", "split_files", "split_pieces", "write_corpus"]


@dataclass(frozen=True)
class Corpus:
    """A corpus, opened. `events` is a memory map; `pieces` are the objects of pieces.json."""

    path: Path
    vocabulary: Vocabulary
    statistics: dict[str, Any]
    settings: dict[str, Any]
    pieces: list[dict[str, Any]]
    events: npt.NDArray[np.int16]

    @cached_property
    def fingerprint(self) -> str:
        """What tells its music from that of another corpus."""
        digest = hashlib.sha256()
        for name in ("events.npy", "pieces.json"):
            with (self.path / name).open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
        return digest.hexdigest()

    def melodies(self, split: str) -> list[Score]:
        """The melodies of "train", "validation", "test" or "all"."""
        if split not in (*SPLITS, "all"):
            raise CorpusError(f"a split must be one of {', '.join(SPLITS)} and all. Received: {split!r}")
        return [self._melody(piece) for piece in self.pieces if split in ("all", piece["split"])]

    def _melody(self, piece: dict[str, Any]) -> Score:
        rows = self.events[piece["first"] : piece["first"] + piece["notes"]].astype(np.int64)
        return decode(
            rows,
            Meter(*piece["meter"]),
            Key.parse(piece["key"]),
            microseconds_per_quarter=piece["tempo"],
            name=piece["name"],
        )


def split_pieces(num_pieces: int, validation: float, test: float, seed: int) -> list[str]:
    """A split for each piece, drawn by `seed`. Each share gets at least one piece where there are three or more."""
    order = np.random.default_rng(seed).permutation(num_pieces)
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


def split_files(files: Sequence[int], validation: float, test: float, seed: int) -> list[str]:
    """A split for each piece, the pieces of one file in one: two verses of a song must not be learned and judged by.

    They follow the first of their file. `files` says of each piece which file it is of. Where a share would be left
    with no piece, files are drawn instead of pieces; pieces of fewer than three files are drawn one by one.
    """
    splits = split_pieces(len(files), validation, test, seed)
    first: dict[int, str] = {}
    together = [first.setdefault(file, split) for file, split in zip(files, splits, strict=True)]
    if len(first) < 3:
        return splits
    if set(together) == set(splits):
        return together
    drawn = dict(zip(first, split_pieces(len(first), validation, test, seed), strict=True))
    return [drawn[file] for file in files]


def open_corpus(path: str | os.PathLike[str]) -> Corpus:
    """Open a corpus folder. Raises CorpusError naming what is wrong with it."""
    path = Path(path)
    if not path.exists():
        raise CorpusError(f"a corpus must exist. Received: {path}")
    if not is_corpus(path):
        kind = "a folder without corpus.json" if path.is_dir() else "a file"
        raise CorpusError(f"a corpus must be a folder that melodyrnn ingest wrote. Received {kind}: {path}")
    try:
        document = json.loads((path / "corpus.json").read_text("utf-8"))
        if document["format"] != FORMAT or not isinstance(document["version"], int):
            raise ValueError("corpus.json is of another kind")
        if document["version"] > VERSION:
            raise CorpusError(
                f"this melodyrnn reads corpora up to version {VERSION}; upgrade it. "
                f"Received: {path}, version {document['version']}"
            )
        pieces = json.loads((path / "pieces.json").read_text("utf-8"))
        events = np.load(path / "events.npy", mmap_mode="r", allow_pickle=False)
        vocabulary = Vocabulary.from_json(document["vocabulary"])
        if events.ndim != 2 or events.shape != (sum(p["notes"] for p in pieces), 4):
            raise ValueError(f"events.npy has shape {events.shape}, which does not fit pieces.json")
        if events.dtype != np.int16:
            raise ValueError(f"events.npy must hold int16. Received: {events.dtype}")
        if document["steps_per_quarter"] != STEPS_PER_QUARTER:
            raise ValueError(f"a grid of {document['steps_per_quarter']} steps per quarter")
        _check(pieces)
        return Corpus(path, vocabulary, document["statistics"], document["settings"], pieces, events)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, RecursionError, SettingError) as error:
        raise CorpusError(f"the corpus {path} is damaged: {error!r}") from error


def _check(pieces: list[dict[str, Any]]) -> None:
    """Raise ValueError, KeyError, TypeError or SettingError for what `Corpus.melodies` could not read."""
    first = 0
    for piece in pieces:
        if piece["split"] not in SPLITS or piece["first"] != first or piece["notes"] < 1:
            raise ValueError(f"pieces.json holds {piece}")
        Key.parse(piece["key"])
        numerator, denominator = piece["meter"]
        Meter(numerator, denominator).bar(STEPS_PER_QUARTER)
        int(piece["tempo"]), str(piece["name"])
        first += piece["notes"]


def is_corpus(path: str | os.PathLike[str]) -> bool:
    return (Path(path) / "corpus.json").is_file()
