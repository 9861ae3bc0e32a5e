"""Reads sources by the configuration of an ingest, as every implementation of `pool.Pool` does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from ...errors import MidiError
from ...extract.extractor import Extracted, Refusal
from .config import IngestConfig
from .examine import unreadable
from .identity import NO_DIGEST, digest
from .opener import Opener
from .result import FileResult
from .sources import Source
from .tars import OnProgress

Examine = Callable[[bytes, IngestConfig], list[Extracted]]


class SourceReader:
    """Reads sources one by one."""

    def __init__(self, config: IngestConfig, on_progress: OnProgress | None = None) -> None:
        """Find the examine function. Raises ImportError or AttributeError where it does not exist.

        `on_progress` is called often while what lies before a source in its archive is passed.
        """
        module, _, function = config.examine.partition(":")
        self._examine: Examine = getattr(import_module(module), function)
        self._config = config
        self._opener = Opener(config.limits, on_progress)

    def expect(self, sources: Sequence[Source]) -> None:
        """Begin to fetch what lies behind URLs of sources that are read next, in this order; return at once."""
        self._opener.expect(sources)

    def read(self, source: Source) -> tuple[bytes, bytes]:
        """Return the digest of a source's bytes and its packed `FileResult`; `NO_DIGEST` where reading failed."""
        try:
            data = self._opener.read(source)
        except MidiError as error:
            return NO_DIGEST, FileResult.of([unreadable(error)]).to_bytes()
        try:
            return digest(data), FileResult.of(self._examine(data, self._config)).to_bytes()
        except Exception as error:  # a custom reader may raise any error; the file still needs its report line
            return NO_DIGEST, failure(f"the reader failed: {type(error).__name__}: {error}")

    def close(self) -> None:
        """Close the archive that is open, if any."""
        self._opener.close()


def failure(reason: str, option: str | None = None) -> bytes:
    """Return the packed result of a file that could not be examined."""
    return FileResult.of([Extracted(None, Refusal(reason, option))]).to_bytes()
