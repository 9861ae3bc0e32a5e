"""Finds files of music in archives, which are read in place: nothing is unpacked to disk.

A member is named by the path of its archive and its own path: "songs.zip/folks/tune.mid".
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from ...music.units import MUSIC_SUFFIXES
from .archive import FAULTS, Archive, Entry
from .remote.urls import is_url, path_of, shown
from .sources import Limits, NotReadError, Refused, Source, archive_too_large, too_large
from .tars import OnProgress, TarArchive
from .zips import ZipArchive

ZIP_SUFFIX = ".zip"
ARCHIVE_SUFFIXES = (ZIP_SUFFIX, ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
OTHER_SUFFIXES = (".7z", ".bz2", ".gz", ".rar", ".xz", ".zst")
ALL_SUFFIXES = (*MUSIC_SUFFIXES, *ARCHIVE_SUFFIXES, *OTHER_SUFFIXES)
OTHER_ARCHIVE: Refused = ("an archive other than .zip and .tar", None)


def split_member(path: Path) -> tuple[str, str] | None:
    """Return the archive and the member that a path such as songs.zip/tune.mid names; None without such an archive."""
    for parent in path.parents:
        if parent.name.lower().endswith(ARCHIVE_SUFFIXES) and parent.is_file():
            return str(parent), path.relative_to(parent).as_posix()
    return None


def is_archive(path: str) -> bool:
    """Return whether a path or a URL names an archive that can be read."""
    return _has_suffix(path, ARCHIVE_SUFFIXES)


def _is_zip(path: str) -> bool:
    return _has_suffix(path, (ZIP_SUFFIX,))


def _has_suffix(path: str, suffixes: tuple[str, ...]) -> bool:
    return (path_of(path) if is_url(path) else path).lower().endswith(suffixes)


def open_archive(path: str, limits: Limits, on_progress: OnProgress | None = None) -> Archive:
    """Open the archive at a path or a URL. Raises one of `archive.FAULTS`, or NotReadError."""
    file = _open(path, limits)
    try:
        if _is_zip(path):
            return ZipArchive(file)
        return TarArchive(file, shown(path), limits, on_progress)
    except BaseException:
        file.close()
        raise


def _open(path: str, limits: Limits) -> IO[bytes]:
    if not is_url(path):
        return open(path, "rb")  # closed by the archive
    from .remote.stores import STORES  # what it imports takes 20 ms

    return STORES.open(path, limits)


def members(path: str, limits: Limits) -> Iterator[Source]:
    """Yield the files of music in an archive, in its order; sources with a refusal for what cannot be read."""
    found = False
    try:
        with contextlib.closing(open_archive(path, limits)) as archive:
            for source in _music(path, archive, limits):
                found = True
                yield source
    except NotReadError as error:
        yield Source(path, refusal=error.refusal)
    except FAULTS as error:
        what = f"{'a damaged' if found else 'not a'} {'zip' if _is_zip(path) else 'tar'} archive"
        yield Source(path, refusal=(f"unreadable: {what} ({error})", None))
    else:
        if not found:
            yield Source(path, refusal=("an archive without MIDI files", None))


def _music(path: str, archive: Archive, limits: Limits) -> Iterator[Source]:
    """Yield the files of music of an archive that is open."""
    room = limits.archive_bytes
    for entry in archive.entries():
        if not entry.name.lower().endswith(ALL_SUFFIXES):
            continue
        refusal = _refusal(entry, limits)
        if refusal is None:
            room -= entry.size
            refusal = archive_too_large(archive.total(ALL_SUFFIXES), limits) if room < 0 else None
        yield Source(path, entry.name, entry.size, refusal)


def _refusal(entry: Entry, limits: Limits) -> Refused | None:
    """Return the refusal of a member of an archive; None where it is read."""
    name = entry.name.lower()
    parts = PurePosixPath(entry.name.replace("\\", "/")).parts
    if not limits.any_names and (".." in parts or parts[:1] == ("/",) or ":" in parts[0]):
        return ("a name that leads out of the archive", "--any-names")
    if name.endswith(ARCHIVE_SUFFIXES):
        return ("an archive within an archive", None)
    if name.endswith(OTHER_SUFFIXES):
        return OTHER_ARCHIVE
    if entry.fault is not None:
        return (entry.fault, None)
    return too_large(entry.size, limits)
