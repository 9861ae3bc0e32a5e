"""Finds files of music: in folders, following links without loops, in archives, and behind URLs."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Container, Iterator, Sequence
from pathlib import Path

from ...errors import CorpusError
from ...music.units import MUSIC_SUFFIXES
from ..scratch import Digests
from .archives import ALL_SUFFIXES, OTHER_ARCHIVE, OTHER_SUFFIXES, is_archive, members, split_member
from .identity import digest
from .remote.urls import is_url
from .sources import Limits, Source, too_large


def find_files(places: Sequence[str | os.PathLike[str]], limits: Limits | None = None) -> list[Source]:
    """Return what `iter_files` yields."""
    return list(iter_files(places, limits))


def iter_files(places: Sequence[str | os.PathLike[str]], limits: Limits | None = None) -> Iterator[Source]:
    """Yield all files of music under the given folders or URLs (or the files themselves), sorted, each once.

    In memory are the names in one folder at a time, and in those that it lies in. What cannot be read is among the
    files, with the reason: folders without permission, archives of other kinds, pipes, and places without MIDI files,
    unless there is nothing else.

    Raises:
        CorpusError: for a place that does not exist, or a URL where there is nothing to be had.
        MissingExtraError: for a URL that needs packages that are not installed.
    """
    for _, source in iter_own(places, limits, lambda number: True):
        if source is not None:
            yield source


def iter_own(
    places: Sequence[str | os.PathLike[str]], limits: Limits | None, is_own: Callable[[int], bool]
) -> Iterator[tuple[str, Source | None]]:
    """Yield the name of each file that `iter_files` finds, and the file; of some None, which takes less time.

    Args:
        is_own: returns of a file's number in the order of the files whether it is wanted.
    """
    limits = limits or Limits()
    for place in (Path(place) for place in places if not is_url(os.fspath(place))):
        if not place.exists() and split_member(place) is None:
            raise CorpusError(f"a MIDI file or a folder must exist. Received: {place}")
    number = 0
    empty: list[str] = []
    for path, is_within in _each_once(places, empty):
        if is_within and not is_own(number) and path.lower().endswith(MUSIC_SUFFIXES):
            yield path, None
            number += 1
            continue
        for source in _sources(path, limits):
            yield source.name, source
            number += 1
    if number:
        yield from ((place, Source(place, refusal=_NO_MIDI)) for place in empty)


_NO_MIDI = ("a folder without MIDI files", None)
_SORT_KEY = None if os.path.normcase("A") == "A" else os.path.normcase  # as paths are sorted


def _each_once(places: Sequence[str | os.PathLike[str]], empty: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield the paths of all files, and whether each lies within a place; add the folders without any to `empty`."""
    with contextlib.closing(Digests()) as seen:
        for place in (os.fspath(place) for place in places):
            is_folder = is_empty = not is_url(place) and os.path.isdir(place)
            for path in _walk(Path(place)) if is_folder else [_as_path(place)]:
                is_empty = False
                # Only another place can lead to the same file.
                if len(places) == 1 or seen.add(digest(os.fsencode(path)), 0) is None:
                    yield path, is_folder
            if is_empty:
                empty.append(str(Path(place)))


def _as_path(place: str) -> str:
    """Return a URL as it is, and the path of a file as Path writes it."""
    return place if is_url(place) else str(Path(place))


def _walk(folder: Path) -> Iterator[str]:
    """Yield all files of music, archives and unreadable folders under a folder, the contents of each folder together.

    Each folder is read once, however many links lead to it.
    """
    seen: set[tuple[int, int]] = set()
    opened: list[Iterator[tuple[str, bool]]] = [iter([(str(folder), True)])]
    while opened:
        path, is_folder = next(opened[-1], ("", False))
        if not path:
            opened.pop()
        elif not is_folder:
            yield path
        else:
            try:
                names, folders = _names(path)
                status = os.stat(path)
            except OSError:
                yield path
                continue
            identity = (status.st_dev, status.st_ino)
            if identity in seen:
                continue
            seen.add(identity)
            inside = str(Path(path, "x"))[:-1]  # as Path writes it: without "./"
            if folders:
                opened.append(_within(inside, names, folders))
            else:
                yield from map(inside.__add__, names)


def _names(folder: str) -> tuple[list[str], set[str]]:
    """Return the names of the files of music and of the folders in a folder, sorted, and which are folders."""
    names: list[str] = []
    folders: set[str] = set()
    with os.scandir(folder) as entries:
        for entry in entries:
            if _is_folder(entry):
                folders.add(entry.name)
                names.append(entry.name)
            elif entry.name.lower().endswith(ALL_SUFFIXES):
                names.append(entry.name)
    names.sort(key=_SORT_KEY)
    return names, folders


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads nowhere
        return False


def _within(inside: str, names: Sequence[str], folders: Container[str]) -> Iterator[tuple[str, bool]]:
    """Yield the path of each name in a folder, and whether it is a folder."""
    for name in names:
        yield inside + name, name in folders


def _sources(path: str, limits: Limits) -> Iterator[Source]:
    """Yield the source or, of an archive, the sources at a path; one with a refusal where it cannot be read."""
    if is_url(path):
        from .remote.listing import found_at  # what it imports takes 20 ms

        yield from found_at(path, limits)
        return
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
    elif is_archive(path):
        yield from members(path, limits)
    elif path.lower().endswith(OTHER_SUFFIXES):
        yield Source(path, refusal=OTHER_ARCHIVE)
    else:
        yield Source(path, None, status.st_size, too_large(status.st_size, limits))
