"""Reads the bytes of sources."""

from __future__ import annotations

import zipfile
import zlib

from ...errors import MidiError
from .sources import MEGABYTE, Limits, Source


class Opener:
    """Reads the bytes of sources; keeps the last archive open, since its members come one after another."""

    def __init__(self, limits: Limits) -> None:
        self._max_bytes = int(limits.file_megabytes * MEGABYTE)
        self._path: str | None = None
        self._archive: zipfile.ZipFile | None = None

    def read(self, source: Source) -> bytes:
        """Return all bytes of a source. Raises MidiError where it cannot be read or is larger than the limit."""
        try:
            data = self._read_file(source) if source.member is None else self._read_member(source)
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, ValueError) as error:
            words = getattr(error, "strerror", None) or error
            raise MidiError(f"cannot read {source.name}: {words}") from error
        if len(data) > self._max_bytes:
            raise MidiError(f"cannot read {source.name}: it is larger than its stated size")
        return data

    def _read_file(self, source: Source) -> bytes:
        with open(source.path, "rb", buffering=0) as file:
            return file.readall()

    def _read_member(self, source: Source) -> bytes:
        if self._path != source.path or self._archive is None:
            self.close()
            self._archive, self._path = zipfile.ZipFile(source.path), source.path
        with self._archive.open(source.member or "") as file:
            return file.read(self._max_bytes + 1)

    def close(self) -> None:
        """Close the archive that is open, if any."""
        if self._archive is not None:
            self._archive.close()
            self._archive = None
