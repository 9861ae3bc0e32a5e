"""Only this machine, only the studio's own page, only with the token: by the rules alone and at a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from studio_server import RunningStudio

from melodyrnn.studio.endpoint import CallError
from melodyrnn.studio.security import Address, new_token

ADDRESS = Address(8000, "t0ken-of-a-start")
OWN = {"host": "127.0.0.1:8000"}


@pytest.mark.parametrize(
    ("path", "headers", "found"),
    [
        ("/t0ken-of-a-start/api/models", OWN, "/api/models"),
        ("/t0ken-of-a-start/", OWN, "/"),
        ("/t0ken-of-a-start", OWN, ""),
        ("/t0ken-of-a-start/", {"host": "LOCALHOST:8000"}, "/"),
        ("/t0ken-of-a-start/", {**OWN, "origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}, "/"),
        ("/t0ken-of-a-start/", {**OWN, "sec-fetch-site": "none"}, "/"),
        ("/t0ken-of-a-start/a/../b//c", OWN, "/a/../b//c"),
    ],
)
def test_calls_of_the_page_pass(path: str, headers: dict[str, str], found: str) -> None:
    assert ADDRESS.path_of(path, headers) == found


@pytest.mark.parametrize(
    ("path", "headers", "status", "message"),
    [
        ("/t0ken-of-a-start/", {}, 421, "Host must be 127.0.0.1:8000. Received: none"),
        ("/t0ken-of-a-start/", {"host": "evil.example:8000"}, 421, "Host must be"),
        ("/t0ken-of-a-start/", {"host": "127.0.0.1:8001"}, 421, "Host must be"),
        ("/t0ken-of-a-start/", {"host": "127.0.0.1:8000.evil.example"}, 421, "Host must be"),
        (
            "/t0ken-of-a-start/",
            {**OWN, "origin": "http://evil.example"},
            403,
            "Origin must be that of the studio's page",
        ),
        ("/t0ken-of-a-start/", {**OWN, "origin": "null"}, 403, "Origin must be"),
        ("/t0ken-of-a-start/", {**OWN, "origin": "https://127.0.0.1:8000"}, 403, "Origin must be"),
        ("/t0ken-of-a-start/", {**OWN, "origin": "http://127.0.0.1:8001"}, 403, "Origin must be"),
        ("/t0ken-of-a-start/", {**OWN, "sec-fetch-site": "cross-site"}, 403, "calls must come from the studio's page"),
        ("/t0ken-of-a-start/", {**OWN, "sec-fetch-site": "same-site"}, 403, "calls must come from the studio's page"),
        ("/", OWN, 403, "an address must begin with the token that the command printed. Received: another"),
        ("/t0ken-of-a-star/", OWN, 403, "an address must begin with the token"),
        ("/t0ken-of-a-start2/", OWN, 403, "an address must begin with the token"),
        ("//t0ken-of-a-start/", OWN, 403, "an address must begin with the token"),
        ("/\u00fc/", OWN, 403, "an address must begin with the token"),
    ],
)
def test_others_are_refused(path: str, headers: dict[str, str], status: int, message: str) -> None:
    with pytest.raises(CallError) as refused:
        ADDRESS.path_of(path, headers)
    assert (refused.value.status, str(refused.value).startswith(message)) == (status, True)


def test_each_start_has_a_token_of_its_own_which_is_not_shown() -> None:
    assert len({new_token() for _ in range(50)}) == 50
    assert len(new_token()) == 32
    assert ADDRESS.token not in repr(ADDRESS)
    assert ADDRESS.url == "http://127.0.0.1:8000/t0ken-of-a-start/"


def files(folder: Path) -> set[str]:
    return {str(path) for path in folder.parent.rglob("*") if path.is_file()}


HOSTILE = [
    ("GET", "", None, {"Host": "evil.example"}, 421),
    ("GET", "", None, {"Origin": "http://evil.example"}, 403),
    ("POST", "api/generate", b"{}", {"Origin": "null"}, 403),
    ("POST", "api/generate", b"{}", {"Sec-Fetch-Site": "cross-site"}, 403),
    ("GET", "page/../../security.py", None, {}, 404),
    ("GET", "page/%2e%2e/%2e%2e/security.py", None, {}, 404),
    ("GET", "page//etc/passwd", None, {}, 404),
    ("GET", "page/..%5c..%5csecurity.py", None, {}, 404),
    ("GET", "api/kept/..%2f..%2fetc%2fpasswd", None, {}, 404),
    ("DELETE", "api/kept/..", None, {}, 404),
    ("DELETE", "api/kept/%00", None, {}, 404),
    ("GET", "api/state/..%2fx", None, {}, 404),
    ("PUT", "api/state/%2e%2e", b'{"revision":0,"state":{}}', {}, 400),
    ("PUT", "api/state/" + "a" * 65, b'{"revision":0,"state":{}}', {}, 400),
    ("POST", "api/kept", b'{"document":{"source":"../../../etc/passwd"}}', {}, 400),
    ("POST", "api/export", b"[" * 100_000, {}, 400),
    ("POST", "api/export", b'{"document":' + b'{"a":' * 5000 + b"1" + b"}" * 5001, {}, 400),
    ("POST", "api/export", b"\xff\xfe", {}, 400),
    ("POST", "api/export", b'{"document": NaN}', {}, 400),
    ("POST", "api/export", b'{"document": 1e999}', {}, 400),
    ("POST", "api/export", b"1" * 5000, {}, 400),
    ("POST", "api/export", b"", {"Content-Length": "99999999999"}, 413),
    ("POST", "api/models", b"{}", {}, 405),
    ("PATCH", "api/kept", b"{}", {}, 405),
    ("GET", "api/models?x=" + "y" * 10_000, b"a body where there is none", {}, 413),
    ("POST", "api/jobs", b'{"verb":"delete"}', {}, 400),
    ("POST", "api/jobs", b'{"verb":["generate"]}', {}, 400),
    ("POST", "api/export", b'{"document":{},"format":{"mid":1}}', {}, 400),
    ("POST", "api/jobs", b'{"verb":"generate","tab":7}', {}, 400),
    ("POST", "api/generate", b'{"wishes":{"primer":"/etc/passwd"}}', {}, 400),
    ("POST", "api/accompany", b'{"wishes":{"given":"/etc/passwd"},"model":"chorales"}', {}, 400),
    ("POST", "api/generate", b'{"model":"../../x.keras"}', {}, 404),
    ("POST", "api/generate", b'{"model":"/etc/passwd"}', {}, 404),
    ("POST", "api/generate", b'{"num":1000000}', {}, 400),
    ("POST", "api/generate", b'{"wishes":{"key":"' + b"x" * 5000 + b'"}}', {}, 400),
    ("POST", "api/generate", b'{"wishes":{"bars":1000000000}}', {}, 400),
    ("POST", "api/import?name=../../x.mid", b"no music", {}, 400),
    ("POST", "api/import?name=x.zip", b"PK\x03\x04 no archive", {}, 400),
    ("GET", "api/jobs/none/events", None, {}, 404),
    ("DELETE", "api/jobs/..%2f..", None, {}, 404),
]


@pytest.mark.parametrize(("method", "path", "body", "headers", "status"), HOSTILE)
def test_hostile_calls_are_refused_in_one_line_and_write_nothing(
    studio: RunningStudio, method: str, path: str, body: bytes | None, headers: dict[str, str], status: int
) -> None:
    before = files(studio.folder)
    found = studio.call(method, path, data=body, headers=headers)
    assert found.status == status, found.body
    assert "\n" not in found.json()["error"]
    assert len(found.json()["error"]) < 1200
    assert files(studio.folder) == before


def test_without_the_token_there_is_nothing(studio: RunningStudio) -> None:
    for path in ("/", "/api/models", "/page/index.html", f"/{studio.token[:-1]}/", "/favicon.ico"):
        assert studio.raw("GET", path).status == 403
    moved = studio.raw("GET", f"/{studio.token}")
    assert (moved.status, moved.headers["location"]) == (308, f"/{studio.token}/")


def test_every_answer_has_the_headers_of_a_page_that_runs_nothing_foreign(studio: RunningStudio) -> None:
    for found in (studio.call("GET", ""), studio.call("GET", "api/models"), studio.raw("GET", "/")):
        policy = found.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self' 'wasm-unsafe-eval'" in policy
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert found.headers["x-content-type-options"] == "nosniff"
        assert found.headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in found.headers
        assert "server" not in found.headers
