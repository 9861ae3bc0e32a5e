"""The files of an ingest by number, in a file, so that memory does not hold the names of all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from ...errors import CorpusError
from ...music.units import MUSIC_SUFFIXES
from .config import IngestConfig
from .finding import iter_files
from .nothing_kept import names_of
from .spool import Numbered, Spool, numbered_from_json, numbered_to_json

_NAME = ".sources"  # of the file
_NAMES_AT_ONCE = 1000


class Names:
    """A digest of the names of sources, in their order."""

    def __init__(self) -> None:
        self._found = hashlib.blake2b(digest_size=16)
        self._waiting: list[str] = []

    def add(self, name: str) -> None:
        """Add the name of the next source."""
        self._waiting.append(name)
        if len(self._waiting) == _NAMES_AT_ONCE:
            self._update()

    def _update(self) -> None:
        names = "".join(f"{name}\0" for name in self._waiting)
        self._found.update(names.encode("utf-8", "surrogatepass"))
        self._waiting.clear()

    def digest(self) -> str:
        """Return the digest of the names so far, in hexadecimal."""
        self._update()
        return self._found.hexdigest()


class Listing:
    """The sources of an ingest by number, on disk.

    Attributes:
        wanted: those that are to be read; the others are refused unread.
    """

    def __init__(self, folder: Path, sources: Iterable[Numbered]) -> None:
        """Write the sources to a file in `folder`, which `close` removes."""
        self._all: Spool[Numbered] = Spool(folder / _NAME, numbered_to_json, numbered_from_json)
        num_wanted = 0
        try:
            for numbered in sources:
                self._all.add(numbered)
                num_wanted += numbered[1].refusal is None
        except BaseException:
            self.close()
            raise
        self.wanted = _Wanted(self._all, num_wanted)

    def __len__(self) -> int:
        """Return the number of all sources."""
        return len(self._all)

    def __iter__(self) -> Iterator[Numbered]:
        """Yield all sources with their numbers."""
        return iter(self._all)

    def names(self) -> str:
        """Return a digest of the names of all sources, in hexadecimal."""
        found = Names()
        for _, source in self:
            found.add(source.name)
        return found.digest()

    def close(self) -> None:
        """Remove the file."""
        self._all.close()


class _Wanted(Collection[Numbered]):
    """The sources of a listing that are not refused."""

    def __init__(self, sources: Spool[Numbered], size: int) -> None:
        self._all, self._size = sources, size

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Numbered]:
        return (numbered for numbered in self._all if numbered[1].refusal is None)

    def __contains__(self, value: object) -> bool:
        return any(value == other for other in self)


def listed(places: Sequence[str | os.PathLike[str]], config: IngestConfig, folder: Path) -> Listing:
    """Return all files at the places of an ingest, in a file in `folder`.

    Raises CorpusError where a place does not exist, or there is no music.
    """
    sources = Listing(folder, enumerate(iter_files(places, config.limits)))
    if not len(sources):
        sources.close()
        raise no_music(places)
    return sources


def no_music(places: Sequence[str | os.PathLike[str]]) -> CorpusError:
    """Return the error of an ingest that finds no file at its places."""
    return CorpusError(f"a folder must hold music ({', '.join(MUSIC_SUFFIXES)}). Received: {names_of(places)}")
