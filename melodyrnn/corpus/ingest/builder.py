"""Outcomes of files, in the order of the files, into a corpus: what was seen before is left out, and all of it told."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..ingest.examine import Filters
from ..writer import CorpusWriter
from .cache import CACHE, CacheWriter
from .reorder import ReorderBuffer
from .report import Line, duplicate, line_of, write_json
from .result import FileResult, unpack
from .sources import Source
from .worker import NO_DIGEST


class Assembly:
    """Takes outcomes in the order of the files, leaves out what was seen before, and writes all of it."""

    def __init__(self, folder: Path, sources: Sequence[Source], filters: Filters, key: str) -> None:
        self.writer = CorpusWriter(folder)
        self.dropped = Counter[str]()
        self.options: dict[str, str] = {}
        self.repaired: set[str] = set()
        self.notes = 0
        self.files = array("q")  # of each piece which file it is of
        self._cache = CacheWriter(folder / CACHE, key)
        self._sources = sources
        self._next = 0  # the file whose turn it is
        self._early = ReorderBuffer(folder / ".early", len(sources))
        self._keep_duplicates = filters.keep_duplicates
        self._files: dict[bytes, str] = {}  # by content
        self._tunes: dict[str, str] = {}  # by what a tune keeps in any key

    def offer(self, number: int, content: bytes, packed: bytes) -> None:
        """The outcome of file `number`, in whatever order."""
        if number == self._next:
            self._take(self._sources[number], content, packed)
            self._next += 1
            self.go_on()
        else:
            self._early.put(number, content, packed)

    def go_on(self) -> None:
        """Take what can be taken now: files refused unread, and those that came before their turn."""
        while self._next < len(self._sources):
            source = self._sources[self._next]
            if source.refusal is not None:
                self._report_line(Line(source.name, None, "dropped", *source.refusal))
            elif self._next in self._early:
                self._take(source, *self._early.get(self._next))
            else:
                break
            self._next += 1

    def _take(self, source: Source, content: bytes, packed: bytes) -> None:
        """The outcome of the next file."""
        if content != NO_DIGEST:
            first = self._files.setdefault(content, source.name)
            if first == source.name:
                self._cache.add(content, packed)
            elif not self._keep_duplicates:
                line = duplicate(Line(source.name, None, "dropped"), first)
                self._report_line(replace(line, reason="the same bytes as another file"))
                return
        for outcome in unpack(packed):
            self._take_voice(source, outcome)

    def _take_voice(self, source: Source, outcome: FileResult) -> None:
        if outcome.is_repaired:
            self.repaired.add(source.name)
        if outcome.facts is None or outcome.rows is None or outcome.identity is None:
            self._drop(outcome.reason or "", outcome.option)
        else:
            first = self._tunes.get(outcome.identity)
            if first is not None and not self._keep_duplicates:
                self._report_line(duplicate(Line(source.name, outcome.voice, "kept"), first))
                return
            self._tunes.setdefault(outcome.identity, source.name)
            self.writer.add(outcome.facts._replace(name=source.stem + outcome.facts.name), outcome.rows)
            self.notes += outcome.facts.notes
            self.files.append(self._next)
        self.writer.report(line_of(source.name, outcome.words))

    def _report_line(self, line: Line) -> None:
        """A line for what was dropped."""
        self._drop(line.reason or "", line.option)
        self.writer.report(write_json(line.to_json()))

    def _drop(self, reason: str, option: str | None) -> None:
        """Count what was dropped."""
        reason = reason.split(":")[0]
        self.dropped[reason] += 1
        if option is not None:
            self.options[reason] = option

    def close(self) -> None:
        self._early.close()
        self.writer.close()
        self._cache.close()
