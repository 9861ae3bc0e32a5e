"""The links of a page of HTML, such as a server writes for a folder."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

_MAX_DEPTH = 64  # folders of a URL: a server may make up folders without end


class _Links(HTMLParser):
    """Collects where a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.base: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the target of a link, and the base of all."""
        target = dict(attrs).get("href")
        if target and tag == "a":
            self.found.append(target)
        elif target and tag == "base" and self.base is None:
            self.base = target


def links_of(page: bytes, url: str) -> list[str]:
    """Return the URLs on the same server to which a page links, each once.

    Args:
        url: of the page.
    """
    parser = _Links()
    parser.feed(page.decode("utf-8", "replace"))
    parser.close()
    base = urljoin(url, parser.base) if parser.base else url
    found: dict[str, None] = {}
    for target in parser.found:
        try:
            one = urldefrag(urljoin(base, target.strip())).url
            same = urlsplit(one)[:2] == urlsplit(url)[:2]
        except ValueError:  # such as "http://[": no URL
            continue
        if same:
            found.setdefault(one)
    return list(found)


def is_folder_below(link: str, url: str) -> bool:
    """Return whether a link leads to a folder below the folder of a page."""
    folder = urlsplit(url).path.rpartition("/")[0] + "/"
    path = urlsplit(link).path
    return path.endswith("/") and path.startswith(folder) and path != folder and path.count("/") <= _MAX_DEPTH
