"""Reads the bytes of sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...errors import MidiError
from .archive import FAULTS, Archive
from .archives import is_archive, open_archive
from .remote.urls import is_url
from .sources import Limits, Source
from .tars import OnProgress

if TYPE_CHECKING:
    from .remote.stores import Objects


class Opener:
    """Reads the bytes of sources; keeps the last archive open, since its members come one after another."""

    def __init__(self, limits: Limits, on_progress: OnProgress | None = None) -> None:
        """Open nothing yet.

        Args:
            on_progress: called often while reading one source takes long for what lies before it in its archive.
        """
        self._limits, self._on_progress = limits, on_progress
        self._path: str | None = None
        self._archive: Archive | None = None
        self._objects: Objects | None = None

    def expect(self, sources: Sequence[Source]) -> None:
        """Begin to fetch those that are objects behind URLs, to be read next, in this order; return at once."""
        objects = [one for one in sources if is_url(one.path) and one.member is None and not is_archive(one.path)]
        if objects:
            self._opened_objects().expect(objects)

    def read(self, source: Source) -> bytes:
        """Return all bytes of a source. Raises MidiError where it cannot be read or is larger than the limit."""
        try:
            data = self._read_file(source) if source.member is None else self._read_member(source, source.member)
        except FAULTS as error:
            words = getattr(error, "strerror", None) or error
            raise MidiError(f"cannot read {source.name}: {words}") from error
        if len(data) > self._limits.file_bytes:
            raise MidiError(f"cannot read {source.name}: it is larger than its stated size")
        return data

    def _read_file(self, source: Source) -> bytes:
        if is_archive(source.path):
            raise MidiError(f"cannot read {source.name}: an archive is no file of music")
        if is_url(source.path):
            return self._opened_objects().read(source)
        with open(source.path, "rb", buffering=0) as file:
            return file.readall()

    def _read_member(self, source: Source, member: str) -> bytes:
        if self._path != source.path or self._archive is None:
            self._close_archive()
            self._archive, self._path = open_archive(source.path, self._limits, self._on_progress), source.path
        return self._archive.read(member, self._limits.file_bytes + 1)

    def _opened_objects(self) -> Objects:
        if self._objects is None:
            from .remote.stores import STORES, Objects  # what it imports takes 20 ms

            self._objects = Objects(STORES, self._limits)
        return self._objects

    def close(self) -> None:
        """Close the archive that is open, if any, and expect nothing more."""
        self._close_archive()
        if self._objects is not None:
            self._objects.close()
            self._objects = None

    def _close_archive(self) -> None:
        if self._archive is not None:
            self._archive.close()
            self._archive = None
