"""Reads the files of music that a task receives, with progress; what cannot be read is left out, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..corpus.ingest.finding import find_files
from ..corpus.ingest.left_out import LeftOut
from ..corpus.ingest.opener import Opener
from ..corpus.ingest.report import reason_group
from ..corpus.ingest.sources import Limits, Source
from ..errors import CorpusError, MidiError
from ..formats.files import files_of_bytes
from ..json_types import JsonObject
from ..midi.file import MidiFile
from ..music.units import MUSIC_SUFFIXES
from .paths import StrPath

READING = "reading files"
_LIMITS = Limits(file_megabytes=256.0)  # above it a file is no music, and would fill the memory


@dataclass(frozen=True, slots=True)
class Written:
    """A file that a task wrote, and what it had received and left out."""

    path: Path
    left_out: tuple[LeftOut, ...]

    def to_json(self) -> JsonObject:
        """Return the output of a command with --json."""
        return {"file": str(self.path), "left_out": [one.to_json() for one in self.left_out]}


class FileReader:
    """Reads files of music, in folders and zip archives too, and collects what cannot be read.

    Attributes:
        sources: all files, in order, each once.
    """

    def __init__(self, paths: Sequence[StrPath]) -> None:
        """Find the files. Raises MidiError where a path does not exist, and where there is no file at all."""
        try:
            self.sources = find_files(paths, _LIMITS)
        except CorpusError as error:
            raise MidiError(str(error)) from error
        if not self.sources:
            raise MidiError(
                f"a folder must hold music ({', '.join(MUSIC_SUFFIXES)}). Received: {', '.join(map(str, paths))}"
            )
        self._errors: list[tuple[Source, MidiError]] = []

    def read(self) -> Iterator[tuple[Source, MidiFile]]:
        """Yield the files that can be read; several for a book of tunes."""
        opener = Opener(_LIMITS)
        try:
            for source in self.sources:
                try:
                    files = files_of_bytes(_bytes(source, opener), source.name)
                except MidiError as error:
                    self._errors.append((source, error))
                    continue
                yield from ((source, file) for file in files)
        finally:
            opener.close()

    def left_out(self) -> tuple[LeftOut, ...]:
        """Return what could not be read so far. Raises MidiError where that is every file."""
        reasons = [(reason_group(s.refusal[0] if s.refusal else "unreadable"), s.name) for s, _ in self._errors]
        found = LeftOut.of("files", len(self.sources), reasons)
        if len(self._errors) == len(self.sources):
            if len(self._errors) == 1:
                raise self._errors[0][1]
            raise MidiError(f"at least one file must be readable as music. {found[0]}")
        return found


def _bytes(source: Source, opener: Opener) -> bytes:
    """Return the bytes of a source. Raises MidiError where it is refused or cannot be read."""
    if source.refusal is not None:
        raise MidiError(f"cannot read {source.name}: {source.refusal[0]}")
    return opener.read(source)
