"""Finds files of music: in folders, following links without loops, and in zip archives, which are read in place.

Nothing is unpacked to disk. A member is named by the path of its archive and its own path: "songs.zip/folks/tune.mid".
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ...errors import CorpusError, MidiError
from ...music.units import MUSIC_SUFFIXES

ARCHIVE_SUFFIX = ".zip"
_OTHER_ARCHIVES = (".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz", ".zst")
_ALL_SUFFIXES = (*MUSIC_SUFFIXES, ARCHIVE_SUFFIX, *_OTHER_ARCHIVES)
_OTHER_ARCHIVE = ("an archive other than .zip", None)
_MEGABYTE = 1 << 20
MAX_FILE_MEGABYTES, MAX_ARCHIVE_MEGABYTES, MAX_SECONDS = 1024, 1_000_000, 86_400  # the largest limits


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for each file; a file beyond one is dropped, with a reason and the option that raises the limit.

    Attributes:
        file_megabytes: largest size of a file, or of a member of an archive.
        file_notes: largest number of notes in a file.
        archive_megabytes: largest size of the unpacked MIDI files of one archive.
        any_names: whether members whose path points outside their archive are read.
        seconds: longest time for reading a file, in seconds.
    """

    file_megabytes: float = 16.0
    file_notes: int = 200_000
    archive_megabytes: float = 1024.0
    any_names: bool = False
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Source:
    """A file of music, or a member of an archive.

    Attributes:
        path: of the file or the archive.
        member: name in the archive; None for a file.
        size: in bytes.
        refusal: why it is not read, and the option that would allow it; None where it is read.
    """

    path: str
    member: str | None = None
    size: int = 0
    refusal: tuple[str, str | None] | None = None

    @property
    def name(self) -> str:
        """The name in reports."""
        return self.path if self.member is None else f"{self.path}/{self.member}"

    @property
    def stem(self) -> str:
        """The name of the file without folder and suffix, which becomes the name of the piece."""
        if self.member is not None:
            return PurePosixPath(self.member).stem
        name = os.path.basename(self.path)  # making a Path for every file would take as long as reading it
        dot = name.rfind(".")
        return name[:dot] if 0 < dot < len(name) - 1 else name


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
        elif place.exists() or _member(place) is not None:
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
            if name.lower().endswith(_ALL_SUFFIXES):
                yield inside + name
    yield from (str(Path(name)) for name in unreadable)


def _sources(path: str, limits: Limits) -> Iterator[Source]:
    """Yield the source or, of an archive, the sources at a path; one with a refusal where it cannot be read."""
    try:
        status = os.stat(path)
    except OSError as error:
        within = _member(Path(path))
        if within is not None:
            yield from (s for s in _members(within[0], limits) if s.member == within[1])
        else:
            yield Source(path, refusal=(f"unreadable: {error.strerror}", None))
        return
    if stat.S_ISDIR(status.st_mode):
        yield Source(path, refusal=("unreadable: a folder without permission", None))
    elif not stat.S_ISREG(status.st_mode):
        yield Source(path, refusal=("not a regular file", None))
    elif path.lower().endswith(ARCHIVE_SUFFIX):
        yield from _members(path, limits)
    elif path.lower().endswith(_OTHER_ARCHIVES):
        yield Source(path, refusal=_OTHER_ARCHIVE)
    else:
        yield Source(path, None, status.st_size, _too_large(status.st_size, limits))


def _member(path: Path) -> tuple[str, str] | None:
    """Return the archive and the member that a path such as songs.zip/tune.mid names; None without such an archive."""
    for parent in path.parents:
        if parent.suffix.lower() == ARCHIVE_SUFFIX and parent.is_file():
            return str(parent), path.relative_to(parent).as_posix()
    return None


def _too_large(size: int, limits: Limits) -> tuple[str, str | None] | None:
    """Return the refusal of a file of `size` bytes; None where it is small enough."""
    if size <= limits.file_megabytes * _MEGABYTE:
        return None
    needed = -(-size // _MEGABYTE)
    return "too large a file", f"--max-file-mb {needed}" if needed <= MAX_FILE_MEGABYTES else None


def _members(path: str, limits: Limits) -> Iterator[Source]:
    """Yield the files of music in an archive, in its order, or one source with a refusal where there are none."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        yield Source(path, refusal=(f"unreadable: not a zip archive ({error})", None))
        return
    room = limits.archive_megabytes * _MEGABYTE
    found = False
    for entry in entries:
        lower = entry.filename.lower()
        if entry.is_dir() or not lower.endswith(_ALL_SUFFIXES):
            continue
        found = True
        refusal = _member_refusal(entry, limits)
        if refusal is None:
            room -= entry.file_size
            refusal = _too_full(entries) if room < 0 else None
        yield Source(path, entry.filename, entry.file_size, refusal)
    if not found:
        yield Source(path, refusal=("an archive without MIDI files", None))


def _too_full(entries: Sequence[zipfile.ZipInfo]) -> tuple[str, str | None]:
    """Return the refusal of a member of an archive that unpacks to more than the limit."""
    size = sum(entry.file_size for entry in entries if entry.filename.lower().endswith(_ALL_SUFFIXES))
    needed = -(-size // _MEGABYTE)
    option = f"--max-archive-mb {needed}" if needed <= MAX_ARCHIVE_MEGABYTES else None
    return "the archive unpacks to too much", option


def _member_refusal(entry: zipfile.ZipInfo, limits: Limits) -> tuple[str, str | None] | None:
    """Return the refusal of a member of an archive; None where it is read."""
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    if not limits.any_names and (".." in parts or parts[:1] == ("/",) or ":" in parts[0]):
        return ("a name that leads out of the archive", "--any-names")
    if entry.filename.lower().endswith(ARCHIVE_SUFFIX):
        return ("an archive within an archive", None)
    if entry.filename.lower().endswith(_OTHER_ARCHIVES):
        return _OTHER_ARCHIVE
    if entry.flag_bits & 1:
        return ("encrypted", None)
    return _too_large(entry.file_size, limits)


class Opener:
    """Reads the bytes of sources; keeps the last archive open, since its members come one after another."""

    def __init__(self, limits: Limits) -> None:
        self._max_bytes = int(limits.file_megabytes * _MEGABYTE)
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
