"""Finds files of music in zip archives, which are read in place: nothing is unpacked to disk.

A member is named by the path of its archive and its own path: "songs.zip/folks/tune.mid".
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from ...music.units import MUSIC_SUFFIXES
from .sources import MAX_ARCHIVE_MEGABYTES, MEGABYTE, Limits, Refused, Source, too_large

ARCHIVE_SUFFIX = ".zip"
OTHER_ARCHIVES = (".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz", ".zst")
ALL_SUFFIXES = (*MUSIC_SUFFIXES, ARCHIVE_SUFFIX, *OTHER_ARCHIVES)
OTHER_ARCHIVE: Refused = ("an archive other than .zip", None)


def split_member(path: Path) -> tuple[str, str] | None:
    """Return the archive and the member that a path such as songs.zip/tune.mid names; None without such an archive."""
    for parent in path.parents:
        if parent.suffix.lower() == ARCHIVE_SUFFIX and parent.is_file():
            return str(parent), path.relative_to(parent).as_posix()
    return None


def members(path: str, limits: Limits) -> Iterator[Source]:
    """Yield the files of music in an archive, in its order, or one source with a refusal where there are none."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        yield Source(path, refusal=(f"unreadable: not a zip archive ({error})", None))
        return
    room = limits.archive_megabytes * MEGABYTE
    found = False
    for entry in entries:
        lower = entry.filename.lower()
        if entry.is_dir() or not lower.endswith(ALL_SUFFIXES):
            continue
        found = True
        refusal = _member_refusal(entry, limits)
        if refusal is None:
            room -= entry.file_size
            refusal = _too_full(entries) if room < 0 else None
        yield Source(path, entry.filename, entry.file_size, refusal)
    if not found:
        yield Source(path, refusal=("an archive without MIDI files", None))


def _too_full(entries: Sequence[zipfile.ZipInfo]) -> Refused:
    """Return the refusal of a member of an archive that unpacks to more than the limit."""
    size = sum(entry.file_size for entry in entries if entry.filename.lower().endswith(ALL_SUFFIXES))
    needed = -(-size // MEGABYTE)
    option = f"--max-archive-mb {needed}" if needed <= MAX_ARCHIVE_MEGABYTES else None
    return "the archive unpacks to too much", option


def _member_refusal(entry: zipfile.ZipInfo, limits: Limits) -> Refused | None:
    """Return the refusal of a member of an archive; None where it is read."""
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    if not limits.any_names and (".." in parts or parts[:1] == ("/",) or ":" in parts[0]):
        return ("a name that leads out of the archive", "--any-names")
    if entry.filename.lower().endswith(ARCHIVE_SUFFIX):
        return ("an archive within an archive", None)
    if entry.filename.lower().endswith(OTHER_ARCHIVES):
        return OTHER_ARCHIVE
    if entry.flag_bits & 1:
        return ("encrypted", None)
    return too_large(entry.file_size, limits)
