"""Writes a corpus piece by piece, so that it need not fit in memory.

Rows and report lines are written at once. The records of pieces are written to a temporary file until the splits are
drawn and the statistics of the training pieces are known. Formats: see `store`.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

import numpy as np

from ..errors import CorpusError
from ..events.rows import NUM_COLUMNS, encode
from ..files import atomic_folder
from ..json_types import json_line
from ..music.units import STEPS_PER_QUARTER
from ..score.score import Score
from ..score.slots import SLOT
from .record import PieceRecord, Rows
from .summary import Summary

FORMAT = "melodyrnn corpus"
VERSION = 1
_MAX_ROWS_AT_ONCE = 1 << 17
_RECORDS = ".pieces.jsonl"
_BUFFER_BYTES = 1 << 18
_encode_record = json.JSONEncoder().encode  # json.dumps would check its arguments at each call
_decode_record = json.JSONDecoder().raw_decode  # json.loads would look for spaces around

Settings = Mapping[str, bool | int | float | str | Sequence[Sequence[str]]]


class CorpusWriter:
    """Writes a corpus into a folder: `add` pieces in order, `report` lines, then `finish`."""

    def __init__(self, folder: Path, has_parts: bool = False) -> None:
        """Open the files; a corpus whose pieces are not all plain melodies has parts."""
        self._folder = folder
        self._num_columns = NUM_COLUMNS + has_parts
        self._events: BinaryIO = open(folder / "events.npy", "wb", _BUFFER_BYTES)  # noqa: SIM115 -- closed by `close`
        self.report_path = folder / "report.jsonl"
        self._report = open(self.report_path, "w", encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
        self._records = open(folder / _RECORDS, "w", encoding="ascii")  # noqa: SIM115
        self._num_rows = 0
        self.num_pieces = 0
        try:
            self._write_header()
        except OSError:
            self.close()
            raise

    def add(self, record: PieceRecord, rows: Rows) -> None:
        """Append a piece with its event rows, (num_notes, 4), or (num_notes, 5) where it has parts.

        Raises ValueError for parts in a corpus without them.
        """
        self.add_encoded(_encode_record(record.to_json()), rows.astype("<i2").tobytes())

    def add_encoded(self, entry: str, rows: bytes) -> int:
        """Append a piece and return its number of notes; its place and its split are set later.

        Args:
            entry: its entry in pieces.json as `json` writes it, neither placed nor drawn for a split.
            rows: its event rows as bytes.

        Raises ValueError for parts in a corpus without them.
        """
        # No string holds what is searched for here and in `_with_splits`: quotes in strings have a backslash.
        num_columns = NUM_COLUMNS + ('"parts": ' in entry)
        num_notes = len(rows) // (2 * num_columns)
        if num_columns < self._num_columns:
            plain = np.frombuffer(rows, "<i2").reshape(-1, num_columns)
            rows = np.column_stack([plain, np.full(num_notes, SLOT["melody"], dtype="<i2")]).tobytes()
        if num_columns > self._num_columns:
            raise ValueError(f"a corpus of melodies must hold no parts. Received: {entry}")
        self._events.write(rows)
        self._records.write(entry.replace('"first": 0', f'"first": {self._num_rows}', 1) + "\n")
        self._num_rows += num_notes
        self.num_pieces += 1
        return num_notes

    def report(self, line: str) -> None:
        """Append a line of the report, given as JSON."""
        self._report.write(line + "\n")

    def finish(self, splits: Sequence[str], settings: Settings | None, with_velocity: bool = True) -> None:
        """Write what depends on all pieces, and close the files.

        Args:
            splits: the split of each piece.
            settings: the settings of the ingest.
            with_velocity: False for a vocabulary without velocities.

        Raises:
            CorpusError: where there is no training piece.
        """
        if "train" not in splits:
            raise CorpusError("a corpus must hold at least one melody to train on. Received: none")
        self._write_header()
        self.close()
        with contextlib.closing(Summary(splits.count("train"))) as summary:
            self._write_pieces(splits, summary)
            document = {
                "format": FORMAT,
                "version": VERSION,
                "steps_per_quarter": STEPS_PER_QUARTER,
                "vocabulary": summary.vocabulary(with_velocity).to_json(),
                "statistics": summary.statistics(),
                "settings": dict(settings or {}),
            }
        (self._folder / "corpus.json").write_text(json.dumps(document, indent=1), "utf-8")
        os.unlink(self._folder / _RECORDS)

    def _write_pieces(self, splits: Sequence[str], summary: Summary) -> None:
        """Write pieces.json and add all pieces to the summary; they are read in blocks."""
        with (
            open(self._folder / "events.npy", "rb") as events,
            open(self._folder / _RECORDS, encoding="ascii") as lines,
            open(self._folder / "pieces.json", "w", encoding="ascii") as file,
        ):
            np.lib.format.read_magic(events)
            np.lib.format.read_array_header_1_0(events)
            for block in _blocks(_with_splits(lines, splits, file)):
                size = sum(record.num_notes for record in block) * self._num_columns
                rows = np.fromfile(events, "<i2", size)  # a memory map would count as memory of this process
                summary.add(block, rows.reshape(-1, self._num_columns))
            file.write("\n]\n")

    def close(self) -> None:
        """Close the files; may be called again."""
        for file in (self._events, self._report, self._records):
            file.close()

    def _write_header(self) -> None:
        """Write the header of events.npy, which has room for any number of rows."""
        self._events.seek(0)
        header = {"descr": "<i2", "fortran_order": False, "shape": (self._num_rows, self._num_columns)}
        np.lib.format.write_array_header_1_0(self._events, header)


def _with_splits(lines: Iterable[str], splits: Iterable[str], file: TextIO) -> Iterator[PieceRecord]:
    """Write lines of JSON to pieces.json, each with its split, and yield their records."""
    for line, split in zip(lines, splits, strict=True):
        drawn = line.rstrip("\n").replace('"split": ""', f'"split": "{split}"', 1)
        record = PieceRecord.from_json(_decode_record(drawn)[0])
        file.write((",\n" if record.first else "[\n") + drawn)
        yield record


def _blocks(records: Iterable[PieceRecord]) -> Iterator[list[PieceRecord]]:
    """Yield records in lists, each of about `_MAX_ROWS_AT_ONCE` notes."""
    block: list[PieceRecord] = []
    room = _MAX_ROWS_AT_ONCE
    for record in records:
        block.append(record)
        room -= record.num_notes
        if room <= 0:
            yield block
            block, room = [], _MAX_ROWS_AT_ONCE
    if block:
        yield block


def write_corpus(
    path: str | os.PathLike[str],
    scores: Sequence[Score],
    splits: Sequence[str],
    report: Sequence[Mapping[str, object]] = (),
    settings: Settings | None = None,
    force: bool = False,
) -> None:
    """Write a corpus folder, atomically.

    Args:
        scores: melodies, or pieces of several parts.
        splits: the split of each score.
        report: lines of report.jsonl.
        settings: the settings of the ingest.

    Raises:
        ValueError: where a melody has no split.
        CorpusError: where there is no training piece.
        OutputError: where `path` exists without `force`, or cannot be written.
    """
    if len(scores) != len(splits):
        raise ValueError(f"each melody must have a split. Received: {len(scores)} and {len(splits)}")
    if "train" not in splits:
        raise CorpusError("a corpus must hold at least one melody to train on. Received: none")
    with atomic_folder(path, force) as folder:
        records = [PieceRecord.of(score) for score in scores]
        writer = CorpusWriter(folder, any(record.has_slots for record in records))
        try:
            for record, score in zip(records, scores, strict=True):
                writer.add(record, encode(score, with_parts=record.has_slots).astype(np.int16))
            for line in report:
                writer.report(json_line(line))
            writer.finish(splits, settings)
        finally:
            writer.close()
