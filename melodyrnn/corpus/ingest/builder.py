"""Writes the results of files, in the order of the files, into a corpus folder: pieces, report and cache.

Duplicates are dropped here, because only here the results of different files are compared. What is known of files and
tunes is on disk, so that the memory of a builder does not grow with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ...extract.extractor import Details
from ...extract.registry import find_extractor, has_parts
from ..scratch import Digests
from ..writer import CorpusWriter
from .cache import CACHE, CacheWriter, cache_key
from .config import IngestConfig
from .identity import DIGEST_BYTES, NO_DIGEST
from .left_out import Reasons
from .remedy import LostFile
from .report import ReportLine, reason_group
from .result import FileResult, KeptPiece, VoiceResult
from .sources import Source
from .spool import Spool

_LOST, _NAMES, _FILES = ".lost", ".names", ".files"
_MOVED = (
    "bar_line",
    "downbeat_by_accents",
    "bars_made_regular",
)  # details of pieces whose bar lines are not those of the file


class CorpusBuilder:
    """Receives results in the order of the files, and writes them.

    Attributes:
        writer: writes the corpus.
        dropped: number of dropped files and voices by group of reasons (`report.reason_group`).
        lost: the files that gave no melody, each with the options that its refusals name; gone after `close`.
        lost_reasons: why, by the group of the first reason of each file.
        tunes: the identities of the melodies.
        num_repaired: number of files that were damaged and repaired.
        guesses: number of kept pieces by what was guessed about them: "top line", "bass" and "ostinato", see
            `extract.selection.nature`, and "bar lines" that were moved.
        num_notes: number of notes of all pieces.
        asked: the tracks of `ExtractionSettings.roles` that some file has.
    """

    def __init__(self, folder: Path, config: IngestConfig, tunes: Digests) -> None:
        """Open the files of a corpus in `folder`; `tunes` is empty, and is closed by the caller."""
        self.writer = CorpusWriter(folder, has_parts(find_extractor(config.extractor)))
        self.dropped = Counter[str]()
        self.lost = Spool(folder / _LOST, LostFile.to_json, LostFile.from_json)
        self.lost_reasons = Reasons()
        self.tunes = tunes
        self.num_repaired = self.num_notes = 0
        self.guesses = Counter[str]()
        self.asked: set[str] = set()
        self._cache = CacheWriter(folder / CACHE, cache_key(config))
        self._keep_duplicates = config.filters.keep_duplicates
        self._names = Spool(folder / _NAMES, str, str)  # of files that `tunes` and `_contents` refer to
        self._contents = Digests()
        self._files = (folder / _FILES).open("w+b")  # the digest of the file of each piece
        self._name: int | None = None  # the place of the current file among the names
        self._gave = False  # whether it gave a piece
        self._repaired = False
        self._refused: list[ReportLine] = []  # its lines of what was dropped

    def write(self, source: Source, content: bytes, packed: bytes | None) -> None:
        """Write the result of the next file.

        Args:
            content: digest of the file's bytes.
            packed: its `FileResult` as bytes; None where it is refused unread.
        """
        if packed is not None:
            self._take(source, content, packed)
        elif source.refusal is not None:
            self._drop(ReportLine(source.name, None, "dropped", *source.refusal))
        if not self._gave:
            lines = self._refused
            self.lost_reasons.add(reason_group(lines[0].reason or "") if lines else "no notes", source.name)
            self.lost.add(LostFile(source, tuple(dict.fromkeys(line.option for line in lines if line.option))))
        self.num_repaired += self._repaired
        self._name, self._gave, self._repaired = None, False, False
        self._refused.clear()

    def files(self) -> Iterator[bytes]:
        """Yield the digest of the file of each piece; equal files that are all kept count as one."""
        self._files.seek(0)
        while digest := self._files.read(DIGEST_BYTES):
            yield digest

    def _first_with(self, digest: bytes, known: Digests, source: Source) -> str | None:
        """Return the name of the first file with a digest; None where there was none before."""
        if self._name is None:
            self._name = self._names.add(source.name)
        place = known.add(digest, self._name)
        return None if place is None else self._names.at(place)

    def _take(self, source: Source, content: bytes, packed: bytes) -> None:
        if content != NO_DIGEST:
            first = self._first_with(content, self._contents, source)
            if first is None:
                self._cache.add(content, packed)
            elif not self._keep_duplicates:
                line = ReportLine(source.name, None, "dropped").as_duplicate(first)
                self._drop(replace(line, reason="the same bytes as another file"))
                return
        for result in FileResult.from_bytes(packed).voices:
            self._take_voice(source, content, result)

    def _take_voice(self, source: Source, content: bytes, result: VoiceResult) -> None:
        if "repaired" in result.details:
            self._repaired = True
        if "asked" in result.details:
            self.asked.add(str(result.details["asked"]))
        line = result.line(source.name)
        if result.is_part:
            self.writer.report(line.to_json())
            return
        if result.piece is None:
            self._drop(line)
            return
        first = self._first_with(result.piece.identity, self.tunes, source)
        if first is not None and not self._keep_duplicates:
            self._drop(line.as_duplicate(first))
        else:
            self._keep(source, content, result.piece, line)

    def _keep(self, source: Source, content: bytes, piece: KeptPiece, line: ReportLine) -> None:
        self.writer.add_entry({**piece.entry, "name": source.stem + piece.entry["name"]}, piece.rows)
        self.num_notes += len(piece.rows)
        self._files.write(content)
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
        """Close all files, and remove those that are no part of a corpus."""
        self._contents.close()
        self._files.close()
        Path(self._files.name).unlink(missing_ok=True)
        for one in (self._names, self.lost, self.writer, self._cache):
            one.close()


def _guesses(details: Details) -> Iterator[str]:
    """Yield what was guessed about a piece."""
    if "line" in details:
        yield str(details["line"])
    if not details.keys().isdisjoint(_MOVED):
        yield "bar lines"
