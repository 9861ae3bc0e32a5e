"""Results of an ingest that are kept as they come, so that an interrupted run goes on where it was."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from ...extract.registry import is_external
from ...files import as_output_error
from .cache import Cache, CacheWriter, cache_key
from .config import IngestConfig
from .fetched import Fetched
from .identity import NO_DIGEST

RESULTS, FETCHED = "results.bin", "fetched.jsonl"


class KeptResults:
    """Results in a folder: results.bin, in the format of a cache, and what was fetched (fetched.py).

    Attributes:
        known: the results that were there at first.
        num_new: number of files whose result was not there.
    """

    def __init__(self, folder: Path, config: IngestConfig) -> None:
        """Open the folder, or make it. Raises OutputError where it cannot be written."""
        self.num_new = 0
        self._folder = folder
        self._fetched: Fetched | None = None
        self._last: tuple[bytes, int | None] = NO_DIGEST, None  # added, which is mostly the next that is looked up
        path = folder / RESULTS
        with as_output_error(folder):
            folder.mkdir(parents=True, exist_ok=True)
            is_known = path.is_file() and not is_external(config.extractor)
            self.known = Cache(path if is_known else None, cache_key(config))
            self._first_new = self.known.end
            self._writer = CacheWriter.after(self.known, path, cache_key(config))

    def know_fetched(self, head: Mapping[str, object]) -> None:
        """Use, and keep, what was fetched; `head` tells the files of one ingest from those of another."""
        self._fetched = Fetched(self._folder / FETCHED, head)

    def fetched(self, number: int) -> bytes | None:
        """Return the digest of an object behind a URL by its number; None where it was not fetched."""
        return None if self._fetched is None else self._fetched.get(number)

    def add(self, number: int, content: bytes, packed: bytes) -> None:
        """Keep the result of a file, unless it is there or the file could not be read.

        Args:
            content: digest of the file's bytes.
            packed: its `FileResult` as bytes.

        Raises OutputError where it cannot be written.
        """
        place = None
        if content != NO_DIGEST:
            end = self._writer.end
            place = self.known.places.add(content, end)
            self._last = content, end if place is None else place
            if place is None:
                with as_output_error(self._folder):
                    self._writer.add(content, packed)
            if self._fetched is not None and self._fetched.get(number) != content:
                self._fetched.add(number, content)
        self.num_new += place is None or place >= self._first_new

    def place(self, content: bytes) -> int | None:
        """Return the place of the result of a file in results.bin; None where it is not there."""
        return self._last[1] if content == self._last[0] else self.known.places.get(content)

    def close(self) -> None:
        """Close all files, whole. Raises OutputError where one cannot be written."""
        with as_output_error(self._folder):
            self._writer.close()
        if self._fetched is not None:
            self._fetched.close()
        self.known.close()

    def remove_if_empty(self) -> None:
        """Remove the files, which are closed, and the folder where no result was kept; nothing else in it is lost."""
        if not len(self.known.places):
            with contextlib.suppress(OSError):
                for name in (RESULTS, FETCHED):
                    (self._folder / name).unlink(missing_ok=True)
                self._folder.rmdir()
