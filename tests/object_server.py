"""A server of HTTP on this machine, for tests: files and pages of folders, a bucket of S3, one of Google; with faults.

It speaks as much of these protocols as a reader of files needs: ListObjectsV2 and GetObject, objects.list and
objects.get, ranges of bytes.
"""

from __future__ import annotations

import gzip
import html
import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

_PAGE_KEYS = 7  # of a page of a list; a bucket needs several
_HTML, _XML, _JSON, _BYTES = "text/html; charset=utf-8", "application/xml", "application/json", "audio/midi"
_GOOGLE = "/storage/v1/b/bucket/o"


class ObjectServer:
    """Serves files, by path such as "folk/a b.mid", until the end of a `with` statement.

    They are at `url` as files; in the bucket "bucket" they are at the same URL as an endpoint of S3 and of Google.

    A fault is the name of what happens to a request: a status such as "404"; "503 7" with that Retry-After; "cut" in
    the middle; "short" of the stated length; "slow", a few bytes at a time; "gzip", packed for the way; "unsized", a
    range of what has no size; "silent", nothing until the end; "to /x", a redirect. `faults` has for a path those of
    its requests one after another; afterwards it is served as it is.

    Attributes:
        requests: how often each path was requested.
        ranges: whether ranges are served.
    """

    def __init__(
        self, files: Mapping[str, bytes], faults: Mapping[str, Iterator[str]] | None = None, ranges: bool = True
    ) -> None:
        self.files, self.faults, self.ranges = dict(files), dict(faults or {}), ranges
        self.requests = Counter[str]()
        self.lock = threading.Lock()
        self.ending = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"served": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(poll_interval=0.01), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next_fault(self, path: str) -> str:
        with self.lock:
            self.requests[path] += 1
            return next(self.faults.get(path, iter(())), "")

    def page(self, folder: str) -> str | None:
        """The page of a folder, "" or one that ends with a slash; None where there is no such folder."""
        inside = [path.removeprefix(folder) for path in self.files if path.startswith(folder)]
        names = sorted({name.partition("/")[0] + "/" * ("/" in name) for name in inside})
        links = "".join(f'<li><a href="{quote(name)}">{html.escape(name)}</a></li>' for name in names)
        parent = '<a href="?C=M;O=A">date</a> <a href="../">..</a> <a href="http://elsewhere.example/x.mid">x</a>'
        return f"<html><body>{parent}<ul>{links}</ul></body></html>" if inside else None

    def keys(self, prefix: str, after: str, delimiter: str = "") -> tuple[list[str], str]:
        """A page of the keys below a prefix in the order of their bytes, and the key after which the next begins.

        With a delimiter, keys that have it after the prefix become one that ends with it.
        """
        below = [path for path in self.files if path.startswith(prefix)]
        if delimiter:
            cut = [path.find(delimiter, len(prefix)) for path in below]
            below = [path if at < 0 else path[: at + 1] for path, at in zip(below, cut, strict=True)]
        found = sorted(path for path in set(below) if path > after)
        return found[:_PAGE_KEYS], found[_PAGE_KEYS - 1] if len(found) > _PAGE_KEYS else ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: ObjectServer

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if self.served.ending.is_set():  # a connection that was kept
            self.close_connection = True
            return
        split = urlsplit(self.path)
        path, query = unquote(split.path), {name: values[0] for name, values in parse_qs(split.query).items()}
        fault = self.served.next_fault(path)
        if fault.startswith("to "):
            self.answer(302, b"", location=fault[3:])
        elif fault[:3].isdecimal():
            self.answer(int(fault[:3]), b"", **({"retry-after": fault[4:]} if fault[4:] else {}))
        elif fault == "silent":
            self.served.ending.wait()
            self.close_connection = True
        else:
            self.route(path, query, fault)

    def route(self, path: str, query: dict[str, str], fault: str) -> None:
        if "list-type" in query:
            self.list_of_s3(query, path.strip("/"))
        elif path == _GOOGLE:
            self.list_of_google(query)
        elif path.startswith("/storage/") and query.get("alt") != "media":
            key = path.removeprefix(f"{_GOOGLE}/")
            if key in self.served.files:
                self.answer(200, json.dumps({"name": key, "size": len(self.served.files[key])}).encode(), _JSON)
            else:
                self.answer(404, b"{}", _JSON)
        else:
            name = path
            for start in ("/download", _GOOGLE, "/bucket", "/"):
                name = name.removeprefix(start)
            page = self.served.page(name) if name.endswith("/") or not name else None
            if name in self.served.files:
                self.file(self.served.files[name], fault)
            elif page is not None:
                self.answer(200, page.encode(), _HTML)
            else:
                self.answer(404, b"")

    def file(self, data: bytes, fault: str) -> None:
        start, stop, status = 0, len(data), 200
        headers = {}
        if fault == "gzip":
            data, headers["content-encoding"] = gzip.compress(data), "gzip"
            stop = len(data)
        asked = self.headers.get("Range", "").removeprefix("bytes=")
        if self.served.ranges and "-" in asked:
            first, _, last = asked.partition("-")
            start, stop, status = int(first), min(stop, int(last or stop) + 1), 206
            size = "*" if fault == "unsized" else len(data)
            headers["content-range"] = f"bytes {start}-{stop - 1}/{size}"
        self.answer(status, data[start:stop], _BYTES, fault, **headers)

    def answer(self, status: int, body: bytes, kind: str = _HTML, fault: str = "", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body) + (9 if fault == "short" else 0)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if fault in ("cut", "short"):
            body = body[: len(body) // 2] if fault == "cut" else body
            self.close_connection = True
        step = 40 if fault == "slow" else len(body) or 1
        for at in range(0, len(body), step):
            if fault == "slow":
                self.served.ending.wait(0.002)
            self.wfile.write(body[at : at + step])

    def list_of_s3(self, query: dict[str, str], bucket: str) -> None:
        if bucket != "bucket":
            self.answer(404, b"<Error><Code>NoSuchBucket</Code><Message>no such bucket</Message></Error>", _XML)
            return
        names = [query.get(name, "") for name in ("prefix", "continuation-token", "delimiter")]
        keys, more = self.served.keys(*names)
        coded = [(key, escape(quote(key) if "encoding-type" in query else key)) for key in keys]
        found = "".join(
            f"<Contents><Key>{name}</Key><Size>{len(self.served.files[key])}</Size></Contents>"
            if key in self.served.files
            else f"<CommonPrefixes><Prefix>{name}</Prefix></CommonPrefixes>"
            for key, name in coded
        )
        more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{escape(more)}</NextContinuationToken>" * bool(
            more
        )
        coding = "<EncodingType>url</EncodingType>" * ("encoding-type" in query)
        self.answer(200, f"<ListBucketResult>{coding}{found}{more}</ListBucketResult>".encode(), _XML)

    def list_of_google(self, query: dict[str, str]) -> None:
        keys, more = self.served.keys(query.get("prefix", ""), query.get("pageToken", ""))
        items = [{"name": key, "size": str(len(self.served.files[key]))} for key in keys]
        self.answer(200, json.dumps({"items": items, **({"nextPageToken": more} if more else {})}).encode(), _JSON)
