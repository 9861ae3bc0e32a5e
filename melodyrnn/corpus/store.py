"""A corpus on disk: a folder of plain arrays and JSON, written completely or not at all.

    corpus.json    format version, grid, vocabulary, settings, statistics
    pieces.json    a list with one object for each piece, see `record.PieceRecord`
    events.npy     int16 (num_notes, 4): shift, duration (steps), pitch transposed to a tonic of C, velocity; with a
                   fifth column, the slot (score/slots.py), where the pieces have parts
    report.jsonl   whether each file and voice was kept or dropped, see `ingest.report`
    cache.bin      the result of each file by its content, for the next ingest, see `ingest.cache`
    contexts/      computed from the corpus for training, see `contexts`; it may be deleted

`events.npy` is memory-mapped; nothing is unpickled.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np

from ..errors import CorpusError, SettingError
from ..events.rows import NUM_COLUMNS, decode
from ..events.vocabulary import Vocabulary
from ..json_types import JsonObject
from ..music.units import STEPS_PER_QUARTER
from ..score.score import Score
from .layout import SPLITS, is_corpus
from .record import PieceRecord, Rows
from .sample import step_of
from .writer import FORMAT, VERSION, Settings, write_corpus

__all__ = ["SPLITS", "Corpus", "is_corpus", "open_corpus", "read_train", "write_corpus"]

Piece = tuple[PieceRecord, Score]


@dataclass(frozen=True)
class Corpus:
    """An opened corpus.

    Attributes:
        path: its folder.
        vocabulary: the values of each field.
        statistics: see `summary.Summary.statistics`.
        settings: the settings of its ingest.
        pieces: the records of all pieces, in the order of `events`.
        events: event rows of all pieces, int16 (num_notes, 4), or (num_notes, 5) with slots, a memory map.
    """

    path: Path
    vocabulary: Vocabulary
    statistics: JsonObject
    settings: Settings
    pieces: Sequence[PieceRecord]
    events: Rows

    def __repr__(self) -> str:
        kind = "pieces" if self.has_parts else "melodies"
        return f"Corpus({self.path.name!r}, {len(self.pieces)} {kind}, {len(self.events)} notes)"

    @property
    def has_parts(self) -> bool:
        """Whether its pieces have parts with slots; false for a corpus of plain melodies."""
        return self.events.shape[1] > NUM_COLUMNS

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the music, which identifies the corpus."""
        digest = hashlib.sha256()
        for name in ("events.npy", "pieces.json"):
            with (self.path / name).open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
        return digest.hexdigest()

    def scores(self, split: str) -> list[Score]:
        """Return the pieces of "train", "validation", "test" or "all". Raises CorpusError for another split."""
        return [self.score(record) for record in self.records(split)]

    melodies = scores  # by the name that it has where all pieces are melodies

    def some(self, split: str, max_notes: int) -> list[Score]:
        """Return the pieces of a split, or every second, third ... of them, with about `max_notes` notes at most.

        Raises CorpusError for a split that `scores` does not know.
        """
        records = self.records(split)
        num_notes = sum(record.num_notes for record in records)
        return [self.score(record) for record in records[:: step_of(num_notes, max_notes)]]

    def records(self, split: str) -> list[PieceRecord]:
        """Return the records of a split. Raises CorpusError for a split that `scores` does not know."""
        if split not in (*SPLITS, "all"):
            raise CorpusError(f"a split must be one of {', '.join(SPLITS)} and all. Received: {split!r}")
        return [record for record in self.pieces if split in ("all", record.split)]

    def score(self, record: PieceRecord) -> Score:
        """Return one of `pieces` with its parts."""
        return _score(self.events, record)


def open_corpus(path: str | os.PathLike[str]) -> Corpus:
    """Return the corpus in a folder. Raises CorpusError where it does not exist or is damaged."""
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
        pieces = [*_read_pieces(path / "pieces.json")]
        events = np.load(path / "events.npy", mmap_mode="r", allow_pickle=False)
        vocabulary = Vocabulary.from_json(document["vocabulary"])
        columns = NUM_COLUMNS + (events.ndim == 2 and events.shape[1] > NUM_COLUMNS)
        if events.shape != (sum(p.num_notes for p in pieces), columns):
            raise ValueError(f"events.npy has shape {events.shape}, which does not fit pieces.json")
        if events.dtype != np.int16:
            raise ValueError(f"events.npy must hold int16. Received: {events.dtype}")
        if document["steps_per_quarter"] != STEPS_PER_QUARTER:
            raise ValueError(f"a grid of {document['steps_per_quarter']} steps per quarter")
        return Corpus(path, vocabulary, document["statistics"], document["settings"], pieces, events)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, RecursionError, SettingError) as error:
        raise CorpusError(f"the corpus {path} is damaged: {error!r}") from error


def read_train(path: str | os.PathLike[str], first: int, stop: int) -> tuple[Vocabulary, Iterator[Piece]]:
    """Return the vocabulary of a corpus, and its training pieces number `first` to `stop` - 1, one after another.

    Unlike `open_corpus` it holds no more than one of them in memory. Raises OSError, ValueError, KeyError or TypeError
    where the corpus is damaged.
    """
    vocabulary = Vocabulary.from_json(json.loads((Path(path) / "corpus.json").read_text("utf-8"))["vocabulary"])
    train = (record for record in _read_pieces(Path(path) / "pieces.json") if record.split == "train")
    events = np.load(Path(path) / "events.npy", mmap_mode="r", allow_pickle=False)
    return vocabulary, ((record, _score(events, record)) for record in islice(train, first, stop))


def _read_pieces(path: Path) -> Iterator[PieceRecord]:
    """Yield the records of pieces.json. Raises ValueError or TypeError for invalid ones."""
    first = 0
    for record in map(PieceRecord.from_json, _entries(path)):
        if record.split not in SPLITS or record.first != first:
            raise ValueError(f"a piece must have a split and follow the one before. Received: {record}")
        yield record
        first += record.num_notes


def _score(events: Rows, record: PieceRecord) -> Score:
    """Return a piece of a corpus with its parts."""
    return decode(
        events[record.rows].astype(np.int64),
        record.meter,
        record.key,
        microseconds_per_quarter=record.microseconds_per_quarter,
        name=record.name,
        parts=record.parts,
    )


def _entries(path: Path) -> Iterator[object]:
    """Yield the entries of pieces.json. Raises ValueError or TypeError where it is no list.

    A corpus has a line for each entry, which are read one by one: all together would take ten times the memory of
    their records.
    """
    with path.open(encoding="utf-8") as lines:
        if lines.readline() != "[\n":
            yield from json.loads(path.read_text("utf-8"))
            return
        is_closed = False
        for line in lines:
            if is_closed:
                raise ValueError(f"{path.name} goes on after its end")
            is_closed = line.rstrip() == "]"
            if not is_closed:
                yield json.loads(line.rstrip().removesuffix(","))
        if not is_closed:
            raise ValueError(f"{path.name} is cut short")
