"""Finds files of music on servers of HTTP: an object, or what a page and the pages of folders below it link to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit, urlunsplit

from ..archives import ALL_SUFFIXES
from ..sources import UNFETCHED, Limits, NotReadError, Source, too_large
from .http import Answer
from .links import is_folder_below, links_of
from .objects import as_object, at_least_one, missing
from .retries import persist
from .stores import STORES
from .urls import parts_of, path_of

_PAGES = ("text/html", "application/xhtml+xml")
_PAGE_MEGABYTES = 256.0  # of a page: a folder of a million files
_NO_LINKS = ("a page without links to MIDI files", None)


def on_web(url: str, limits: Limits) -> Iterator[Source]:
    """Yield the sources at a URL of HTTP. Raises CorpusError where there is nothing to be had."""
    if path_of(url).lower().endswith(ALL_SUFFIXES):
        yield from as_object(url, 0, limits)
        return
    try:
        answer = _requested(url, limits)
    except NotReadError as error:
        if error.refusal[0].startswith(UNFETCHED):
            raise missing(url, error) from error
        yield Source(url, refusal=error.refusal)
        return
    if answer.media_type not in _PAGES:
        yield Source(url, None, len(answer.data), too_large(len(answer.data), limits))
        return
    linked = _linked(answer, answer.url, partial(_as_user, url), {url}, limits)
    yield from at_least_one(linked, Source(url, refusal=_NO_LINKS))


def _linked(page: Answer, root: str, as_user: Callable[[str], str], seen: set[str], limits: Limits) -> Iterator[Source]:
    """Yield the sources to which a page links, and those of the folders below `root` to which it links."""
    for link in sorted(links_of(page.data, page.url), key=parts_of):
        if link in seen:
            continue
        seen.add(link)
        if path_of(link).lower().endswith(ALL_SUFFIXES):
            yield from as_object(as_user(link), 0, limits)
        elif is_folder_below(link, root):
            try:
                answer = _requested(as_user(link), limits)
            except NotReadError as error:
                yield Source(as_user(link), refusal=error.refusal)
                continue
            if answer.media_type in _PAGES:
                yield from _linked(answer, root, as_user, seen, limits)


def _requested(url: str, limits: Limits) -> Answer:
    """Return a page, which may be larger than a file. Raises NotReadError where it cannot be had."""
    of_page = replace(limits, file_megabytes=max(limits.file_megabytes, _PAGE_MEGABYTES))
    return persist(lambda seconds: STORES.web.get(url, of_page, seconds), url, limits)


def _as_user(place: str, link: str) -> str:
    """Return a link with the user and the password of the URL that was given, where it is on the same server."""
    user, at, host = urlsplit(place).netloc.rpartition("@")
    found = urlsplit(link)
    return urlunsplit(found._replace(netloc=f"{user}@{host}")) if at and found.netloc == host else link
