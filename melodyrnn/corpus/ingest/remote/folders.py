"""Finds files of music in the stores and file systems of fsspec: below a prefix, in folders, by a pattern."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ..archives import ALL_SUFFIXES
from ..sources import UNFETCHED, Limits, NotReadError, Source
from .filesystem import PAGED, FileStore, Listed, url_at
from .objects import as_object, at_least_one, missing
from .retries import persist
from .sorting import by_folders
from .stores import STORES
from .urls import scheme_of, shown

_MAGIC = "*?["
_NO_MIDI = ("a folder without MIDI files", None)


def in_folders(url: str, limits: Limits) -> Iterator[Source]:
    """Yield the sources at a URL that is not one of HTTP. Raises CorpusError where there is nothing to be had."""
    try:
        yield from at_least_one(_Place(url, limits).sources(), Source(url, refusal=_NO_MIDI))
    except NotReadError as error:
        raise missing(url, error) from error


class _Place:
    """A URL whose sources are found. Its methods raise NotReadError where something cannot be listed."""

    def __init__(self, url: str, limits: Limits) -> None:
        self._url, self._limits = url, limits
        self._store: FileStore = STORES.of(url, limits)
        self._root = self._store.path(url)
        self._is_paged = scheme_of(url) in PAGED
        if self._is_paged and not self._root.strip("/"):
            raise NotReadError(shown(url), (f"{UNFETCHED}: it names no bucket", None))

    def sources(self) -> Iterator[Source]:
        """Yield the sources of a file, of a folder, or of all that matches a pattern."""
        if self._is_paged and (self._url.endswith("/") or "/" not in self._root.strip("/")):
            yield from self._below_prefix(self._url, self._root)
            return
        try:
            found = [persist(partial(self._store.info, self._root), self._url, self._limits)]
        except NotReadError as error:
            if not isinstance(error.__cause__, FileNotFoundError) or not set(_MAGIC) & set(self._root):
                raise
            found = persist(partial(self._store.matching, self._root), self._url, self._limits)
            if not found:
                raise
            yield from self._walk(found)
            return
        if found[0].kind == "directory":
            yield from self._inside(found[0])
        else:
            yield from as_object(self._url, found[0].size, self._limits)

    def _inside(self, folder: Listed) -> Iterator[Source]:
        """Yield the sources in a folder and in those below it."""
        url = self._at(folder.path)
        if self._is_paged:
            yield from self._below_prefix(url, folder.path)
        else:
            yield from self._walk(persist(partial(self._store.folder, folder.path), url, self._limits))

    def _walk(self, entries: list[Listed]) -> Iterator[Source]:
        """Yield the sources of entries of a folder; a folder below that cannot be listed is one with a refusal."""
        for one in sorted(entries, key=lambda entry: entry.path.rstrip("/").split("/")):
            if one.kind == "directory":
                try:
                    yield from self._inside(one)
                except NotReadError as error:
                    yield Source(self._at(one.path), refusal=error.refusal)
            elif one.path.lower().endswith(ALL_SUFFIXES):
                if one.kind == "file":
                    yield from as_object(self._at(one.path), one.size, self._limits)
                else:
                    yield Source(self._at(one.path), refusal=("not a regular file", None))

    def _below_prefix(self, url: str, path: str) -> Iterator[Source]:
        """Yield the sources of all objects of a bucket whose keys begin with a folder; requested page by page."""
        bucket, _, key = path.strip("/").partition("/")
        prefix = f"{key}/" if key else ""
        for name, size in by_folders(self._keys(url, bucket, prefix)):
            yield from as_object(f"{url.rstrip('/')}/{name}", size, self._limits)

    def _keys(self, url: str, bucket: str, prefix: str) -> Iterator[tuple[str, int]]:
        num_all, token, is_more = 0, None, True
        while is_more:
            page, token = persist(partial(self._store.page, url, bucket, prefix, token), url, self._limits)
            num_all += len(page)
            yield from ((key[len(prefix) :], size) for key, size in page if key.lower().endswith(ALL_SUFFIXES))
            is_more = token is not None
        if prefix and not num_all:
            raise NotReadError(shown(url), (f"{UNFETCHED}: it does not exist", None))

    def _at(self, path: str) -> str:
        return url_at(self._url, self._root, path)
