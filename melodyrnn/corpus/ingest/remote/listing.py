"""Finds files of music behind a URL.

The order is that of a walk through the same files on disk, and does not depend on the server.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..archives import ARCHIVE_SUFFIXES, members
from ..sources import Limits, NotReadError, Source
from .folders import in_folders
from .objects import missing
from .pages import on_web
from .urls import is_web, shown, split_at


def found_at(url: str, limits: Limits) -> Iterator[Source]:
    """Yield the sources at a URL: an object, an archive or a member of one, or what is below a folder or a page.

    Raises:
        CorpusError: where there is nothing to be had, or fsspec does not know the scheme.
        MissingExtraError: where the packages for the scheme are not installed.
    """
    within = split_at(url, ARCHIVE_SUFFIXES)
    if within is None:
        yield from on_web(url, limits) if is_web(url) else in_folders(url, limits)
        return
    archive, member = within
    num_found = 0
    for source in members(archive, limits):
        if source.member in (member, None):
            num_found += 1
            yield source
    if not num_found:
        raise missing(url, NotReadError(shown(url), ("the archive has no such member", None)))
