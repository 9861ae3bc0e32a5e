"""Writes the results of files, in the order of the files, into a corpus folder: pieces, report and cache.

Duplicates are dropped here, because only here the results of different files are compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ...extract.extractor import Details
from ...extract.registry import find_extractor, has_parts
from ..writer import CorpusWriter
from .cache import CACHE, CacheWriter, cache_key
from .config import IngestConfig
from .identity import NO_DIGEST
from .remedy import LostFile
from .reorder import ReorderBuffer
from .report import ReportLine, reason_group
from .result import FileResult, KeptPiece, VoiceResult
from .sources import Source

_EARLY = ".early"
_MOVED = (
    "bar_line",
    "downbeat_by_accents",
    "bars_made_regular",
)  # details of pieces whose bar lines are not those of the file


class CorpusBuilder:
    """Receives results in any order, and writes them in the order of the files.

    Attributes:
        writer: writes the corpus.
        dropped: number of dropped files and voices by group of reasons (`report.reason_group`).
        lost: the files that gave no melody, each with the options that its refusals name.
        lost_reasons: why, as pairs of the group of the file's first reason and the file's name.
        tunes: the identity of each melody, with the first file that holds it.
        repaired: names of the files that were damaged and repaired.
        guesses: number of kept pieces by what was guessed about them: "top line", "bass" and "ostinato", see
            `extract.selection.nature`, and "bar lines" that were moved.
        num_notes: number of notes of all pieces.
        files: the digest of the file of each piece; equal files that are all kept count as one.
        asked: the tracks of `ExtractionSettings.roles` that some file has.
    """

    def __init__(self, folder: Path, sources: Sequence[Source], config: IngestConfig) -> None:
        self.writer = CorpusWriter(folder, has_parts(find_extractor(config.extractor)))
        self.dropped = Counter[str]()
        self.lost: list[LostFile] = []
        self.lost_reasons: list[tuple[str, str]] = []
        self.tunes: dict[str, str] = {}
        self.repaired: set[str] = set()
        self.guesses = Counter[str]()
        self.num_notes = 0
        self.asked: set[str] = set()
        self.files: list[bytes] = []
        self._cache = CacheWriter(folder / CACHE, cache_key(config))
        self._sources = sources
        self._next = 0  # number of the file to write next
        self._gave = False  # whether it gave a piece
        self._early = ReorderBuffer(folder / _EARLY, len(sources))
        self._keep_duplicates = config.filters.keep_duplicates
        self._files: dict[bytes, str] = {}  # digest of a file -> the first file with it
        self._refused: list[ReportLine] = []  # lines of the next file, until it is written

    def offer(self, number: int, content: bytes, packed: bytes) -> None:
        """Write the result of file `number`, or store it until all files before it are written.

        Args:
            content: digest of the file's bytes.
            packed: its `FileResult` as bytes.
        """
        if number == self._next:
            self._take(self._sources[number], content, packed)
            self._end_file()
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
            self._end_file()

    def _end_file(self) -> None:
        """Count the file that was written, where it gave no melody, and go on to the next."""
        if not self._gave:
            source, lines = self._sources[self._next], self._refused
            reason = reason_group(lines[0].reason or "") if lines else "no notes"
            self.lost_reasons.append((reason, source.name))
            self.lost.append(LostFile(source, tuple(dict.fromkeys(line.option for line in lines if line.option))))
        self._refused.clear()
        self._gave = False
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
            self._take_voice(source, content, result)

    def _take_voice(self, source: Source, content: bytes, result: VoiceResult) -> None:
        if "repaired" in result.details:
            self.repaired.add(source.name)
        if "asked" in result.details:
            self.asked.add(str(result.details["asked"]))
        line = result.line(source.name)
        if result.is_part:
            self.writer.report(line.to_json())
            return
        if result.piece is None:
            self._drop(line)
            return
        first = self.tunes.get(result.piece.identity)
        if first is not None and not self._keep_duplicates:
            self._drop(line.as_duplicate(first))
            return
        self.tunes.setdefault(result.piece.identity, source.name)
        self._keep(source, content, result.piece, line)

    def _keep(self, source: Source, content: bytes, piece: KeptPiece, line: ReportLine) -> None:
        record = piece.record
        self.writer.add(replace(record, name=source.stem + record.name), piece.rows)
        self.num_notes += record.num_notes
        self.files.append(content)
        self._gave = True
        self.guesses.update(_guesses(line.details))
        self.writer.report(line.to_json())

    def _drop(self, line: ReportLine) -> None:
        """Write the report line of a dropped file or voice, and count it."""
        self.dropped[reason_group(line.reason or "")] += 1
        self._refused.append(line)
        self.writer.report(line.to_json())

    def report_text(self) -> str:
        """Return the lines of the report so far. No line can be added afterwards."""
        self.writer.close()
        return self.writer.report_path.read_text("utf-8", errors="surrogateescape")

    def close(self) -> None:
        """Close all files."""
        self._early.close()
        self.writer.close()
        self._cache.close()


def _guesses(details: Details) -> Iterator[str]:
    """Yield what was guessed about a piece."""
    if "line" in details:
        yield str(details["line"])
    if not details.keys().isdisjoint(_MOVED):
        yield "bar lines"
