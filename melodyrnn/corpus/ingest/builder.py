"""Writes the results of files, in the order of the files, into a corpus folder: pieces, report and cache.

Duplicates are dropped here, because only here the results of different files are compared.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..writer import CorpusWriter
from .cache import CACHE, CacheWriter, cache_key
from .config import IngestConfig
from .identity import NO_DIGEST
from .reorder import ReorderBuffer
from .report import ReportLine, reason_group
from .result import FileResult, KeptPiece, VoiceResult
from .sources import Source

_EARLY = ".early"


class CorpusBuilder:
    """Receives results in any order, and writes them in the order of the files.

    Attributes:
        writer: writes the corpus.
        dropped: number of dropped files and voices by group of reasons (`report.reason_group`).
        options: the option that would have kept them, by group of reasons.
        repaired: names of the files that were damaged and repaired.
        num_notes: number of notes of all pieces.
        files: the number of the file of each piece.
    """

    def __init__(self, folder: Path, sources: Sequence[Source], config: IngestConfig) -> None:
        self.writer = CorpusWriter(folder)
        self.dropped = Counter[str]()
        self.options: dict[str, str] = {}
        self.repaired: set[str] = set()
        self.num_notes = 0
        self.files = array("q")
        self._cache = CacheWriter(folder / CACHE, cache_key(config))
        self._sources = sources
        self._next = 0  # number of the file to write next
        self._early = ReorderBuffer(folder / _EARLY, len(sources))
        self._keep_duplicates = config.filters.keep_duplicates
        self._files: dict[bytes, str] = {}  # digest of a file -> the first file with it
        self._tunes: dict[str, str] = {}  # identity of a tune -> the first file with it

    def offer(self, number: int, content: bytes, packed: bytes) -> None:
        """Write the result of file `number`, or store it until all files before it are written.

        Args:
            content: digest of the file's bytes.
            packed: its `FileResult` as bytes.
        """
        if number == self._next:
            self._take(self._sources[number], content, packed)
            self._next += 1
            self.advance()
        else:
            self._early.put(number, content, packed)

    def advance(self) -> None:
        """Write everything that is next in order: files that are refused unread, and stored results."""
        while self._next < len(self._sources):
            source = self._sources[self._next]
            if source.refusal is not None:
                self._drop(ReportLine(source.name, None, "dropped", *source.refusal))
            elif self._next in self._early:
                self._take(source, *self._early.get(self._next))
            else:
                break
            self._next += 1

    def _take(self, source: Source, content: bytes, packed: bytes) -> None:
        """Write the result of the next file."""
        if content != NO_DIGEST:
            first = self._files.setdefault(content, source.name)
            if first == source.name:
                self._cache.add(content, packed)
            elif not self._keep_duplicates:
                line = ReportLine(source.name, None, "dropped").as_duplicate(first)
                self._drop(replace(line, reason="the same bytes as another file"))
                return
        for result in FileResult.from_bytes(packed).voices:
            self._take_voice(source, result)

    def _take_voice(self, source: Source, result: VoiceResult) -> None:
        if "repaired" in result.details:
            self.repaired.add(source.name)
        line = result.line(source.name)
        if result.piece is None:
            self._drop(line)
            return
        first = self._tunes.get(result.piece.identity)
        if first is not None and not self._keep_duplicates:
            self._drop(line.as_duplicate(first))
            return
        self._tunes.setdefault(result.piece.identity, source.name)
        self._keep(source, result.piece, line)

    def _keep(self, source: Source, piece: KeptPiece, line: ReportLine) -> None:
        record = piece.record
        self.writer.add(replace(record, name=source.stem + record.name), piece.rows)
        self.num_notes += record.num_notes
        self.files.append(self._next)
        self.writer.report(line.to_json())

    def _drop(self, line: ReportLine) -> None:
        """Write the report line of a dropped file or voice, and count it."""
        group = reason_group(line.reason or "")
        self.dropped[group] += 1
        if line.option is not None:
            self.options[group] = line.option
        self.writer.report(line.to_json())

    def close(self) -> None:
        """Close all files."""
        self._early.close()
        self.writer.close()
        self._cache.close()
