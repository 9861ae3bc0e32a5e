"""What an ingest reads: files of music and members of archives, each a `Source`, within `Limits`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import PurePosixPath

from ...errors import MidiError
from .remote.urls import is_url, shown, stem_of

MEGABYTE = 1 << 20
MAX_FILE_MEGABYTES, MAX_ARCHIVE_MEGABYTES, MAX_SECONDS = 1024, 1_000_000, 86_400  # the largest limits

UNFETCHED = "cannot be fetched"  # how the reason for an object begins that a server does not give

Refused = tuple[str, str | None]  # why a source is not read, and the option that would allow it


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for each file; a file beyond one is dropped, with a reason and the option that raises the limit.

    Attributes:
        file_megabytes: largest size of a file, or of a member of an archive.
        file_notes: largest number of notes in a file.
        archive_megabytes: largest size of the unpacked MIDI files of one archive.
        any_names: whether members whose path points outside their archive are read.
        seconds: longest time for reading a file, in seconds; fetching it is a part of that.
        tries: how often an object behind a URL is requested, where it cannot be had at once.
        retry_seconds: pause before the second try; each further pause is twice as long.
    """

    file_megabytes: float = 16.0
    file_notes: int = 200_000
    archive_megabytes: float = 1024.0
    any_names: bool = False
    seconds: float = 60.0
    tries: int = 5
    retry_seconds: float = 0.5

    @property
    def file_bytes(self) -> int:
        """Largest size of a file in bytes."""
        return int(self.file_megabytes * MEGABYTE)

    @property
    def archive_bytes(self) -> int:
        """Largest size of the unpacked MIDI files of one archive in bytes."""
        return int(self.archive_megabytes * MEGABYTE)


@dataclass(frozen=True, slots=True)
class Source:
    """A file of music, or a member of an archive.

    Attributes:
        path: of the file or the archive; or its URL, which may hold credentials.
        member: name in the archive; None for a file.
        size: in bytes; 0 for an object behind a URL whose size is not known.
        refusal: why it is not read, and the option that would allow it; None where it is read.
    """

    path: str
    member: str | None = None
    size: int = 0
    refusal: Refused | None = None

    @property
    def name(self) -> str:
        """The name in reports, without credentials."""
        path = shown(self.path)
        return path if self.member is None else f"{path}/{self.member}"

    @property
    def stem(self) -> str:
        """The name of the file without folder and suffix, which becomes the name of the piece."""
        if self.member is not None:
            return PurePosixPath(self.member).stem
        if is_url(self.path):
            return stem_of(self.path)
        name = os.path.basename(self.path)  # making a Path for every file would take as long as reading it
        dot = name.rfind(".")
        return name[:dot] if 0 < dot < len(name) - 1 else name


class NotReadError(MidiError):
    """A source that cannot be had, or is beyond a limit.

    Attributes:
        refusal: what the report tells: the reason, and the option that would allow it.
    """

    def __init__(self, name: str, refusal: Refused) -> None:
        super().__init__(f"cannot read {name}: {refusal[0]}")
        self.refusal = refusal


def too_large(size: int, limits: Limits) -> Refused | None:
    """Return the refusal of a file of `size` bytes; None where it is small enough."""
    if size <= limits.file_megabytes * MEGABYTE:
        return None
    needed = -(-size // MEGABYTE)
    return "too large a file", f"--max-file-mb {needed}" if needed <= MAX_FILE_MEGABYTES else None


def archive_too_large(size: int | None, limits: Limits) -> Refused:
    """Return the refusal of an archive, or of its members, that unpacks to `size` bytes, None where that is unknown."""
    needed = -(-size // MEGABYTE) if size else int(10 * max(1, limits.archive_megabytes))
    option = f"--max-archive-mb {needed}" if needed <= MAX_ARCHIVE_MEGABYTES else None
    return "the archive unpacks to too much", option
