"""Finds files of music: in folders, following links without loops, and in archives."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...errors import CorpusError
from .archives import ALL_SUFFIXES, ARCHIVE_SUFFIX, OTHER_ARCHIVE, OTHER_ARCHIVES, members, split_member
from .sources import Limits, Source, too_large


def find_files(places: Sequence[str | os.PathLike[str]], limits: Limits | None = None) -> list[Source]:
    """Return all files of music under the given folders (or the files themselves), sorted, each once.

    What cannot be read is among them, with the reason: folders without permission, archives of other kinds, pipes, and
    places without MIDI files, unless there is nothing else. Raises CorpusError for a place that does not exist.
    """
    limits = limits or Limits()
    found: dict[str, None] = {}
    empty: list[Path] = []
    for place in map(Path, places):
        if place.is_dir():
            inside = sorted(_walk(place), key=_parts)
            found.update(dict.fromkeys(inside))
            empty += [] if inside else [place]
        elif place.exists() or split_member(place) is not None:
            found.setdefault(str(place))
        else:
            raise CorpusError(f"a MIDI file or a folder must exist. Received: {place}")
    sources = [source for path in found for source in _sources(path, limits)]
    return sources + [Source(str(place), refusal=_NO_MIDI) for place in empty] if sources else []


_NO_MIDI = ("a folder without MIDI files", None)


def _parts(path: str) -> list[str]:
    """Return the sort key of a path; the files of a folder stay together."""
    return os.path.normcase(path).split(os.sep)


def _walk(folder: Path) -> Iterator[str]:
    """Yield all files of music, archives and unreadable folders under a folder.

    Each folder is read once, however many links lead to it.
    """
    seen: set[tuple[int, int]] = set()
    unreadable: list[str] = []
    for root, folders, names in os.walk(folder, followlinks=True, onerror=lambda e: unreadable.append(e.filename)):
        status = os.stat(root)
        identity = (status.st_dev, status.st_ino)
        if identity in seen:
            folders.clear()
            continue
        seen.add(identity)
        folders.sort()  # the order of links to one folder must not depend on the disk
        inside = str(Path(root, "x"))[:-1]  # as Path writes it: without "./"
        for name in names:
            if name.lower().endswith(ALL_SUFFIXES):
                yield inside + name
    yield from (str(Path(name)) for name in unreadable)


def _sources(path: str, limits: Limits) -> Iterator[Source]:
    """Yield the source or, of an archive, the sources at a path; one with a refusal where it cannot be read."""
    try:
        status = os.stat(path)
    except OSError as error:
        within = split_member(Path(path))
        if within is not None:
            yield from (s for s in members(within[0], limits) if s.member == within[1])
        else:
            yield Source(path, refusal=(f"unreadable: {error.strerror}", None))
        return
    if stat.S_ISDIR(status.st_mode):
        yield Source(path, refusal=("unreadable: a folder without permission", None))
    elif not stat.S_ISREG(status.st_mode):
        yield Source(path, refusal=("not a regular file", None))
    elif path.lower().endswith(ARCHIVE_SUFFIX):
        yield from members(path, limits)
    elif path.lower().endswith(OTHER_ARCHIVES):
        yield Source(path, refusal=OTHER_ARCHIVE)
    else:
        yield Source(path, None, status.st_size, too_large(status.st_size, limits))
