"""An object that was found behind a URL, as sources; and the error where there is none."""

from __future__ import annotations

from collections.abc import Iterator

from ....errors import CorpusError
from ..archives import OTHER_ARCHIVE, OTHER_SUFFIXES, is_archive, members
from ..sources import UNFETCHED, Limits, NotReadError, Source, too_large
from .urls import path_of, shown


def as_object(url: str, size: int, limits: Limits) -> Iterator[Source]:
    """Yield the source of an object or, of an archive, those of its members."""
    if is_archive(url):
        yield from members(url, limits)
    elif path_of(url).lower().endswith(OTHER_SUFFIXES):
        yield Source(url, refusal=OTHER_ARCHIVE)
    else:
        yield Source(url, None, size, too_large(size, limits))


def missing(url: str, error: NotReadError) -> CorpusError:
    """Return the error of a place without anything."""
    words = error.refusal[0].removeprefix(f"{UNFETCHED}: ")
    return CorpusError(f"a URL must lead to files of music. Received: {shown(url)} ({words})")


def at_least_one(sources: Iterator[Source], otherwise: Source) -> Iterator[Source]:
    """Yield sources, or another one where there are none."""
    is_empty = True
    for source in sources:
        is_empty = False
        yield source
    if is_empty:
        yield otherwise
