"""The files that the browser runs, as they lie in `page/`. Only names that were found there are served."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ..view.page import ASSETS
from .endpoint import Answer, Call, CallError, Endpoint

PAGE = Path(__file__).resolve().parent / "page"
# What the page has in common with that of `preview`, by the names under which it imports them.
_SHARED = {f"sound/{name}": ASSETS / name for name in ("synth.js", "tempo.js")}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
}


class PageFiles:
    """Serves the page and its files."""

    def __init__(self, folder: Path = PAGE) -> None:
        self._folder = folder

    def endpoints(self) -> Sequence[Endpoint]:
        html = _TYPES[".html"]
        return (
            Endpoint("GET", "/", self.index, "the page", gives=html),
            Endpoint("GET", "/page/{name:path}", self.file, "a file of the page", gives="*/*"),
        )

    def close(self) -> None:
        """Nothing runs here."""

    def index(self, call: Call) -> Answer:
        """Return the page."""
        return self._answer("index.html")

    def file(self, call: Call) -> Answer:
        """Return a file of the page."""
        return self._answer(call.path["name"])

    def _answer(self, name: str) -> Answer:
        found = {p.relative_to(self._folder).as_posix(): p for p in self._folder.rglob("*") if p.suffix in _TYPES}
        files = found | _SHARED
        if name not in files:
            raise CallError("a file of the page must be one that comes with melodyrnn. Received: another", 404)
        data = files[name].read_bytes()
        headers = {"cache-control": "no-cache", "etag": f'"{hashlib.sha256(data).hexdigest()[:16]}"'}
        return Answer(data, _TYPES[files[name].suffix], headers=headers)
