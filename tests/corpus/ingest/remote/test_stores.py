"""Objects are fetched whole or as archives, again after faults that may pass; what cannot be had has a reason."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import repeat

import pytest
from object_server import ObjectServer

from melodyrnn.corpus.ingest.remote.stores import STORES
from melodyrnn.corpus.ingest.sources import Limits, NotReadError, Source

pytest.importorskip("fsspec")
pytest.importorskip("aiohttp")

LIMITS = Limits(tries=4, retry_seconds=0.002)
DATA = bytes(range(256)) * 40
PATH = "/a b.mid"


def served(fault: Iterator[str], data: bytes = DATA) -> ObjectServer:
    return ObjectServer({"a b.mid": data, "other.mid": data[::-1]}, {PATH: fault})


def fetched(server: ObjectServer, limits: Limits = LIMITS) -> bytes:
    return STORES.fetch(Source(f"{server.url}/a%20b.mid"), limits)


@pytest.mark.parametrize(
    ("faults", "tries"),
    [
        ([], 1),
        (["500"], 2),
        (["500", "502", "503"], 4),
        (["429 0"], 2),
        (["503 0", "cut"], 3),
        (["cut", "cut", "cut"], 4),
        (["short", "500"], 3),
        (["slow"], 1),
    ],
)
def test_faults_that_pass(faults: list[str], tries: int) -> None:
    with served(iter(faults)) as server:
        assert fetched(server) == DATA
        assert server.requests[PATH] == tries


@pytest.mark.parametrize(
    ("fault", "reason", "tries"),
    [
        ("500", "500 Internal Server Error", 4),
        ("429", "429 Too Many Requests", 4),
        ("cut", "the connection was cut", 4),
        ("short", "the connection was cut", 4),
        ("503 3600", "503 Service Unavailable", 1),
        ("404", "404 Not Found", 1),
        ("403", "403 Forbidden", 1),
        ("401", "401 Unauthorized", 1),
        (f"to {PATH.replace(' ', '%20')}", "too many redirects", 1),
    ],
)
def test_faults_that_stay(fault: str, reason: str, tries: int) -> None:
    with served(repeat(fault)) as server:
        with pytest.raises(NotReadError) as caught:
            fetched(server)
        assert caught.value.refusal == (f"cannot be fetched: {reason}", None)
        assert str(caught.value) == f"cannot read {server.url}/a%20b.mid: cannot be fetched: {reason}"
        if "redirects" not in reason:
            assert server.requests[PATH] == tries


def test_a_server_that_does_not_answer() -> None:
    with served(repeat("silent")) as server, pytest.raises(NotReadError, match="no answer in time"):
        fetched(server, Limits(seconds=0.4, tries=2, retry_seconds=0.002))


def test_one_that_answers_too_slowly() -> None:
    with served(repeat("slow"), bytes(1 << 20)) as server, pytest.raises(NotReadError, match="no answer in time"):
        fetched(server, Limits(seconds=0.4, tries=2, retry_seconds=0.002))


def test_no_server() -> None:
    with served(iter(())) as server:
        pass
    with pytest.raises(NotReadError, match="the connection was refused"):
        fetched(server)


def test_redirects_are_followed() -> None:
    with served(iter(["to /other.mid"])) as server:
        assert fetched(server) == DATA[::-1]


@pytest.mark.parametrize("fault", ["", "slow"])
def test_the_limit_of_size_holds_while_reading(fault: str) -> None:
    with served(repeat(fault)) as server, pytest.raises(NotReadError) as caught:
        fetched(server, Limits(file_megabytes=0.005))
    assert caught.value.refusal == ("too large a file", "--max-file-mb 1")
    with served(repeat(fault)) as server:
        assert fetched(server, Limits(file_megabytes=0.01)) == DATA


def test_an_answer_that_is_packed_for_the_way() -> None:
    with served(repeat("gzip")) as server:
        assert fetched(server) == DATA
    with served(repeat("gzip"), bytes(1 << 20)) as server, pytest.raises(NotReadError, match="too large a file"):
        fetched(server, Limits(file_megabytes=0.5))


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as one:  # stored, so that it has several blocks
        for number in range(30):
            one.writestr(f"{number}.mid", bytes([number]) * 100_000)
    return file.getvalue()


# Of three blocks the last one and that of the member are read, after the question whether there are ranges.
@pytest.mark.parametrize(
    ("ranges", "faults", "tries"),
    [
        (True, [], 3),
        (True, ["500", "", "cut", "short", "503"], 7),
        (True, ["unsized", "cut", "unsized"], 4),
        (False, [], 1),
        (False, ["500", "cut", "short"], 4),
    ],
)
def test_an_archive_is_read_with_ranges_or_as_a_whole(ranges: bool, faults: list[str], tries: int) -> None:
    with ObjectServer({"s.zip": archive()}, {"/s.zip": iter(faults)}, ranges) as server:
        with STORES.open(f"{server.url}/s.zip", LIMITS) as file, zipfile.ZipFile(file) as one:
            assert one.read("17.mid") == bytes([17]) * 100_000
            assert len(one.namelist()) == 30
        assert server.requests["/s.zip"] == tries


def test_an_archive_that_changes() -> None:
    with (
        ObjectServer({"s.zip": archive()}) as server,
        STORES.open(f"{server.url}/s.zip", LIMITS) as file,
        pytest.raises(NotReadError, match="it has changed since it was listed"),
    ):
        server.files["s.zip"] += b"more"
        file.read()


def test_an_archive_that_cannot_be_had_any_more() -> None:
    faults = iter(["", *["500"] * 9])
    with (
        ObjectServer({"s.zip": archive()}, {"/s.zip": faults}) as server,
        STORES.open(f"{server.url}/s.zip", LIMITS) as file,
        pytest.raises(NotReadError, match="500 Internal"),
    ):
        file.read()


def test_an_archive_that_is_too_large_for_a_server_without_ranges() -> None:
    with ObjectServer({"s.zip": archive()}, ranges=False) as server, pytest.raises(NotReadError) as caught:
        STORES.open(f"{server.url}/s.zip", Limits(archive_megabytes=1))
    assert caught.value.refusal == ("the archive unpacks to too much", "--max-archive-mb 3")
