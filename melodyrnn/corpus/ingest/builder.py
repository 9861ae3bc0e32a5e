"""Writes the results of files, in the order of the files, into a corpus folder: pieces, report and cache.

Duplicates are dropped here, because only here the results of different files are compared. What is known of files and
tunes is on disk, so that the memory of a builder does not grow with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ...extract.registry import find_extractor, has_parts
from ..scratch import Digests
from ..writer import CorpusWriter
from .cache import CACHE, CacheWriter, cache_key
from .config import IngestConfig
from .identity import DIGEST_BYTES, NO_DIGEST
from .left_out import Reasons
from .prepared import PreparedVoice, dropped, prepare
from .remedy import LostFile
from .report import ReportLine
from .sources import Source
from .spool import Spool

_LOST, _NAMES, _FILES = ".lost", ".names", ".files"


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
        self._refused: list[PreparedVoice] = []  # its voices that were dropped

    def write(
        self, source: Source, content: bytes, packed: bytes | None, voices: Sequence[PreparedVoice] | None = None
    ) -> None:
        """Write the result of the next file.

        Args:
            content: digest of the file's bytes.
            packed: its `FileResult` as bytes; None where it is refused unread.
            voices: what `prepare` makes of it; None to make it here.
        """
        self._take(source, content, packed or b"", prepare(source, packed) if voices is None else voices)
        if not self._gave:
            reason = self._refused[0].group if self._refused else None
            self.lost_reasons.add("no notes" if reason is None else reason, source.name)
            options = dict.fromkeys(voice.option for voice in self._refused if voice.option)
            self.lost.add(LostFile(source, tuple(options)))
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

    def _take(self, source: Source, content: bytes, packed: bytes, voices: Sequence[PreparedVoice]) -> None:
        if content != NO_DIGEST:
            first = self._first_with(content, self._contents, source)
            if first is None:
                self._cache.add(content, packed)
            elif not self._keep_duplicates:
                line = ReportLine(source.name, None, "dropped").as_duplicate(first)
                self._drop(dropped(replace(line, reason="the same bytes as another file")))
                return
        at = len(packed) - sum(voice.num_bytes for voice in voices)
        for voice in voices:
            self._take_voice(source, content, voice, packed[at : at + voice.num_bytes])
            at += voice.num_bytes

    def _take_voice(self, source: Source, content: bytes, voice: PreparedVoice, rows: bytes) -> None:
        self._repaired |= voice.is_repaired
        if voice.asked is not None:
            self.asked.add(voice.asked)
        if voice.group is not None:
            self._drop(voice)
        elif voice.entry is None or voice.identity is None:
            self.writer.report(voice.line)
        else:
            first = self._first_with(bytes.fromhex(voice.identity), self.tunes, source)
            if first is not None and not self._keep_duplicates:
                self._drop(dropped(ReportLine(source.name, voice.voice, "dropped").as_duplicate(first)))
                return
            self.num_notes += self.writer.add_encoded(voice.entry, rows)
            self._files.write(content)
            self._gave = True
            self.guesses.update(voice.guesses)
            self.writer.report(voice.line)

    def _drop(self, voice: PreparedVoice) -> None:
        """Write the report line of a dropped file or voice, and count it."""
        self.dropped[voice.group or ""] += 1
        self._refused.append(voice)
        self.writer.report(voice.line)

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
