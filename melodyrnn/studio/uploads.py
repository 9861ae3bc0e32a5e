"""Files that a page uploads into the folder of a corpus: which names and how much are taken.

A name from outside is never a path: each of its folders and its own name are reduced to harmless letters, so that
nothing outside the folder of the corpus is written, on any system.
"""

from __future__ import annotations

import os
import re
import threading
import unicodedata
from pathlib import Path

from ..corpus.ingest.archives import ZIP_SUFFIX
from ..files import write_bytes
from ..music.units import MUSIC_SUFFIXES
from .endpoint import CallError, shown

MAX_FILES = 20_000
MAX_TOTAL_BYTES = 1 << 30
MAX_FILE_BYTES, MAX_ARCHIVE_BYTES = 16 << 20, 256 << 20  # an ingest drops a larger file anyway
SUFFIXES = (*MUSIC_SUFFIXES, ZIP_SUFFIX)
_MAX_FOLDERS, _MAX_NAME_BYTES = 8, 120
_UNFIT = re.compile(r'[<>:"|?*\\/\x00-\x1f\x7f-\x9f]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # names that Windows keeps for itself


def safe_path(name: str) -> Path:
    """Return a relative path for a file with a name from outside, such as "folk/tune 1.mid".

    Raises CallError where it is not that of a file of music or a zip archive.
    """
    parts = [safe_name(part) for part in re.split(r"[/\\]", name) if part.strip(" .")]
    if not parts or not parts[-1].lower().endswith(SUFFIXES):
        raise CallError(f"a file must be music or a zip archive ({', '.join(SUFFIXES)}). Received: {shown(name)}", 415)
    return Path(*parts[-_MAX_FOLDERS:])


def safe_name(part: str) -> str:
    """Return the name of a file or a folder with harmless letters alone, and its suffix."""
    text = unicodedata.normalize("NFC", part).encode("utf-8", "replace").decode("utf-8", "replace")
    text = _UNFIT.sub("_", text).strip(" .")
    stem, suffix = os.path.splitext(text)
    room = _MAX_NAME_BYTES - len(suffix.encode())
    stem = stem.encode()[: max(1, room)].decode("utf-8", "ignore")
    text = (stem + suffix).strip(" .") or "_"
    return f"_{text}" if _DEVICES.match(text) else text


class Uploads:
    """The uploaded files of one corpus, with how much room is left."""

    def __init__(self, folder: Path) -> None:
        """Count what lies in the folder already."""
        sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
        self.num_files, self.num_bytes = len(sizes), sum(sizes)
        self._folder, self._lock = folder, threading.Lock()

    def add(self, name: str, data: bytes) -> Path:
        """Write a file, under another name where its own is taken, and return its path.

        Raises:
            CallError: where the file or the folder would be too large, or it is not one of music.
            OutputError: where it cannot be written.
        """
        relative = safe_path(name)
        most = MAX_ARCHIVE_BYTES if relative.suffix.lower() == ZIP_SUFFIX else MAX_FILE_BYTES
        if len(data) > most:
            raise CallError(f"a file must have at most {most >> 20} MB. Received: {shown(name)}", 413)
        with self._lock:
            if self.num_files >= MAX_FILES:
                raise CallError(f"a folder must have at most {MAX_FILES:,} files. Received: more", 413)
            if self.num_bytes + len(data) > MAX_TOTAL_BYTES:
                raise CallError(f"a folder must have at most {MAX_TOTAL_BYTES >> 20} MB. Received: more", 413)
            path = _free(self._folder / relative)
            write_bytes(path, data)
            self.num_files, self.num_bytes = self.num_files + 1, self.num_bytes + len(data)
        return path


def _free(path: Path) -> Path:
    """Return the path, or one with a number where there is something already."""
    others = (path.with_stem(f"{path.stem}-{number}") for number in range(2, MAX_FILES + 2))
    return next(one for one in others if not one.exists()) if path.exists() else path
