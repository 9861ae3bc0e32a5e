"""URLs as places of an ingest: how they are told from paths, and their names in reports.

A URL may hold credentials: "user:password@host", or a signature in the query. Its name never does.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(://|::.+://)")  # two letters at least: "C:" is a drive of Windows
_IN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://[^\s'\"<>()]+")
_USER = re.compile(r"(?<=://)[^/?#]*@")
_WEB = ("http", "https")
_CHAIN = "::"


def is_url(place: str) -> bool:
    """Return whether a place is a URL, such as "s3://bucket/folder"; also a chain of fsspec, "zip::https://..."."""
    return ":" in place and _URL.match(place) is not None


def scheme_of(url: str) -> str:
    """Return the scheme of a URL in small letters: "https"; that of the first link of a chain."""
    return re.split(r"://|::", url, maxsplit=1)[0].lower()


def is_web(url: str) -> bool:
    """Return whether a URL is one of HTTP."""
    return scheme_of(url) in _WEB


def shown(place: str) -> str:
    """Return a place for a reader: a URL without user, password, query and fragment; any other place as it is."""
    if not is_url(place):
        return place
    return _CHAIN.join(_shown(link) for link in place.split(_CHAIN))


def _shown(link: str) -> str:
    link = _USER.sub("", link)
    return re.split(r"[?#]", link, maxsplit=1)[0] if is_web(link) else link


def scrubbed(text: str) -> str:
    """Return a message with each URL in it as `shown` gives it."""
    return _IN_TEXT.sub(lambda found: shown(found[0]), text)


def path_of(url: str) -> str:
    """Return the path of a URL as its author wrote it: without query, and of HTTP without percent-encoding."""
    path = shown(url).split(_CHAIN)[0].partition("://")[2]
    return unquote(path, errors="surrogateescape") if is_web(url) else path


def parts_of(url: str) -> list[str]:
    """Return the host or bucket of a URL and the folders of its path: the sort key, as that of a path on disk."""
    return path_of(url).split("/")


def stem_of(url: str) -> str:
    """Return the last part of a URL's path without its suffix."""
    return PurePosixPath(path_of(url)).stem


def split_at(url: str, suffixes: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the URL of an archive and the member that a URL such as http://h/songs.zip/tune.mid names; or None."""
    if _CHAIN in url:
        return None
    named, _, query = url.partition("?") if is_web(url) else (url, "", "")
    start = named.find("://") + 3
    while (start := named.find("/", start)) >= 0:
        if named[:start].lower().endswith(suffixes) and start + 1 < len(named):
            member = named[start + 1 :]
            return named[:start] + (f"?{query}" if query else ""), unquote(member) if is_web(url) else member
        start += 1
    return None
