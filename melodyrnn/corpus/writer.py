"""Writing a corpus piece by piece, so that it need not fit in memory.

Rows and report go to disk as they come; of each piece only its facts are kept, on disk as well, until the split is
drawn and the statistics of the training pieces are known. Formats: see `store`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ..errors import CorpusError
from ..events.rows import encode
from ..files import atomic_folder
from ..music.units import STEPS_PER_QUARTER
from ..score.score import Score
from .ingest.report import write_json
from .record import Facts
from .summary import Summary

FORMAT = "melodyrnn corpus"
VERSION = 1
SPLITS = ("train", "validation", "test")
_ROWS_AT_ONCE = 1 << 17
_FACTS = ".facts.jsonl"
_BUFFER = 1 << 18  # bytes

Rows = npt.NDArray[np.int16]


class CorpusWriter:
    """Writes a corpus into `folder`: `add` pieces in order, `report` lines, then `finish`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._events: BinaryIO = open(folder / "events.npy", "wb", _BUFFER)  # noqa: SIM115 -- closed by `close`
        self._report = open(folder / "report.jsonl", "w", encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
        self._facts = open(folder / _FACTS, "w", encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
        self._rows = 0
        self.pieces = 0
        try:
            self._head()
        except OSError:
            self.close()
            raise

    def add(self, facts: Facts, rows: Rows) -> None:
        """Take in a piece: its event rows, int16 (facts.notes, 4)."""
        self._events.write(rows.tobytes())
        self._facts.write(write_json(facts) + "\n")
        self._rows += facts.notes
        self.pieces += 1

    def report(self, line: str) -> None:
        """Take in a line of the report, a JSON object."""
        self._report.write(line + "\n")

    def finish(self, splits: Sequence[str], settings: dict[str, Any] | None, with_velocity: bool = True) -> None:
        """Write what depends on the whole. Raises CorpusError without a training piece."""
        if "train" not in splits:
            raise CorpusError("a corpus must hold at least one melody to train on. Received: none")
        self._head()
        self.close()
        summary = self._summarize(splits)
        document = {
            "format": FORMAT,
            "version": VERSION,
            "steps_per_quarter": STEPS_PER_QUARTER,
            "vocabulary": summary.vocabulary(with_velocity).to_json(),
            "statistics": summary.statistics(),
            "settings": settings or {},
        }
        (self._folder / "corpus.json").write_text(json.dumps(document, indent=1), "utf-8")
        os.unlink(self._folder / _FACTS)

    def _summarize(self, splits: Sequence[str]) -> Summary:
        """Write pieces.json, and sum up all pieces, a part of them at a time."""
        summary, first = Summary(), 0
        events = np.load(self._folder / "events.npy", mmap_mode="r", allow_pickle=False)
        with open(self._folder / "pieces.json", "w", encoding="utf-8") as file:
            file.write("[")
            for part in _parts(zip(self._read_facts(), splits, strict=True)):
                start = first
                for facts, split in part:
                    file.write(",\n" if first else "\n")
                    file.write(_piece(facts, split, first))
                    first += facts.notes
                summary.add(part, np.array(events[start:first]))
            file.write("\n]\n")
        return summary

    def close(self) -> None:
        for file in (self._events, self._report, self._facts):
            file.close()

    def _head(self) -> None:
        """The header of events.npy, which has room for any number of rows."""
        self._events.seek(0)
        head = {"descr": "<i2", "fortran_order": False, "shape": (self._rows, 4)}
        np.lib.format.write_array_header_1_0(self._events, head)

    def _read_facts(self) -> Iterator[Facts]:
        with open(self._folder / _FACTS, encoding="utf-8", errors="surrogateescape") as file:
            for line in file:
                yield Facts(*json.loads(line))


def _parts(pieces: Iterable[tuple[Facts, str]]) -> Iterator[list[tuple[Facts, str]]]:
    """Pieces in parts of not too many notes."""
    part: list[tuple[Facts, str]] = []
    room = _ROWS_AT_ONCE
    for piece in pieces:
        part.append(piece)
        room -= piece[0].notes
        if room <= 0:
            yield part
            part, room = [], _ROWS_AT_ONCE
    if part:
        yield part


def _piece(facts: Facts, split: str, first: int) -> str:
    """An object of pieces.json."""
    return (
        f'{{"name": {json.dumps(facts.name)}, "split": "{split}", "first": {first}, "notes": {facts.notes}, '
        f'"meter": [{facts.numerator}, {facts.denominator}], "key": "{facts.key}", "tempo": {facts.tempo}}}'
    )


def write_corpus(
    path: str | os.PathLike[str],
    melodies: Sequence[Score],
    splits: Sequence[str],
    report: Sequence[dict[str, Any]] = (),
    settings: dict[str, Any] | None = None,
    force: bool = False,
) -> None:
    """Write a corpus folder, atomically. Raises CorpusError without a training piece, OutputError on failure."""
    if len(melodies) != len(splits):
        raise ValueError(f"each melody must have a split. Received: {len(melodies)} and {len(splits)}")
    if "train" not in splits:
        raise CorpusError("a corpus must hold at least one melody to train on. Received: none")
    with atomic_folder(path, force) as folder:
        writer = CorpusWriter(folder)
        try:
            for melody in melodies:
                writer.add(Facts.of(melody, melody.num_bars), encode(melody).astype(np.int16))
            for line in report:
                writer.report(write_json(line))
            writer.finish(splits, settings)
        finally:
            writer.close()
