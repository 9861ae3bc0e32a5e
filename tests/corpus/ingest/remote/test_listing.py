"""What is behind a URL is found in the order of the same files on disk, whatever the server is."""

from __future__ import annotations

import io
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest
from object_server import ObjectServer

from melodyrnn.corpus.ingest.finding import find_files
from melodyrnn.corpus.ingest.opener import Opener
from melodyrnn.corpus.ingest.remote.stores import STORES
from melodyrnn.corpus.ingest.sources import Limits, NotReadError, Source
from melodyrnn.errors import CorpusError, MissingExtraError

pytest.importorskip("fsspec")
pytest.importorskip("aiohttp")

LIMITS = Limits(tries=3, retry_seconds=0.002)
NAMES = ("a.mid", "a/b.MID", "a/b/c d.kar", "a-b.mid", "a b/ü&1.mid", "a/notes.txt", "z.rar", "é.abc", "a/b#1?.mid")


def zip_of(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def tar_of(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


@pytest.fixture(scope="module")
def files(tunes: dict[str, bytes]) -> dict[str, bytes]:
    found = dict(zip(NAMES, tunes.values(), strict=False))
    members = dict(zip(("m/2.mid", "m/1.mid", "m/x.txt"), list(tunes.values())[9:], strict=True))
    return {**found, "b/in.zip": zip_of(members), "b/in.tgz": tar_of(members)}


@pytest.fixture
def on_disk(files: dict[str, bytes], tmp_path: Path) -> Path:
    for name, data in files.items():
        path = tmp_path / "disk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "disk"


@pytest.fixture(scope="module")
def one_server() -> Iterator[ObjectServer]:
    """One for all tests: a client of S3 takes most of a second to begin."""
    with ObjectServer({}) as server:
        yield server
    STORES.clear()
    if "s3fs" in sys.modules:
        sys.modules["s3fs"].S3FileSystem.clear_instance_cache()


@pytest.fixture
def server(one_server: ObjectServer, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> ObjectServer:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    one_server.files, one_server.ranges = dict(files), True
    one_server.faults.clear()
    one_server.requests.clear()
    return one_server


def read(sources: list[Source]) -> list[tuple[str, str | None, bytes | str]]:
    """The stem, the member and the bytes or the refusal of each."""
    opener = Opener(LIMITS)
    opener.expect([source for source in sources if source.refusal is None])
    try:
        return [(s.stem, s.member, s.refusal[0] if s.refusal else opener.read(s)) for s in sources]
    finally:
        opener.close()


class TestPages:
    def test_all_that_pages_link_to_is_what_is_in_the_folders(self, server: ObjectServer, on_disk: Path) -> None:
        found = find_files([server.url + "/"], LIMITS)
        assert read(found) == read(find_files([on_disk]))
        assert [source.name.removeprefix(server.url) for source in found] == [
            "/a/b/c%20d.kar",
            "/a/b%231%3F.mid",
            "/a/b.MID",
            "/a%20b/%C3%BC%261.mid",
            "/a-b.mid",
            "/a.mid",
            "/b/in.tgz/m/2.mid",
            "/b/in.tgz/m/1.mid",
            "/b/in.zip/m/2.mid",
            "/b/in.zip/m/1.mid",
            "/z.rar",
            "/%C3%A9.abc",
        ]

    def test_a_folder_and_one_object(self, server: ObjectServer, tunes: dict[str, bytes]) -> None:
        below = find_files([f"{server.url}/a%20b/"], LIMITS)
        one = find_files([f"{server.url}/a b/ü%261.mid"], LIMITS)
        assert read(below) == read(one) == [("ü&1", None, list(tunes.values())[4])]

    def test_an_object_without_a_suffix_is_taken(self, server: ObjectServer, tunes: dict[str, bytes]) -> None:
        server.files["tune"] = tunes["amazing-grace.mid"]
        found = find_files([f"{server.url}/tune?id=7"], LIMITS)
        assert [(source.name, source.stem) for source in found] == [(f"{server.url}/tune", "tune")]
        assert read(found)[0][2] == tunes["amazing-grace.mid"]

    def test_a_page_may_be_larger_than_a_file(self, server: ObjectServer) -> None:
        small = Limits(file_megabytes=0.0001)
        assert len(find_files([server.url + "/a/"], small)) == 3
        server.files["tune"] = bytes(5000)
        assert [s.refusal for s in find_files([f"{server.url}/tune"], small)] == [
            ("too large a file", "--max-file-mb 1")
        ]

    def test_a_page_of_a_folder_that_cannot_be_had_is_a_source(self, server: ObjectServer) -> None:
        server.faults["/a/b/"] = repeat("500")
        refused = [source for source in find_files([server.url + "/"], LIMITS) if source.refusal]
        assert [(s.name, s.refusal) for s in refused] == [
            (f"{server.url}/a/b/", ("cannot be fetched: 500 Internal Server Error", None)),
            (f"{server.url}/z.rar", ("an archive other than .zip and .tar", None)),
        ]

    @pytest.mark.parametrize(
        ("path", "fault", "words"),
        [
            ("/", "403", "403 Forbidden"),
            ("/", "500", "500 Internal Server Error"),
            ("/nowhere/", "", "404 Not Found"),
            ("/", "to /", "too many redirects"),
        ],
    )
    def test_nothing_to_be_had(self, server: ObjectServer, path: str, fault: str, words: str) -> None:
        server.faults[path] = repeat(fault)
        place = server.url.replace("//", "//ann:secret@") + path
        with pytest.raises(CorpusError) as caught:
            find_files([place], LIMITS)
        assert str(caught.value) == f"a URL must lead to files of music. Received: {server.url}{path} ({words})"

    def test_a_page_without_music(self, server: ObjectServer) -> None:
        server.files["t/x.txt"] = b""
        assert [s.refusal for s in find_files([f"{server.url}/t/"], LIMITS)] == [
            ("a page without links to MIDI files", None)
        ]

    def test_the_user_of_a_page_reads_its_files(self, server: ObjectServer) -> None:
        found = find_files([server.url.replace("//", "//ann:secret@") + "/"], LIMITS)
        assert all("ann:secret@" in source.path and "secret" not in source.name for source in found)
        assert read(found) == read(find_files([server.url + "/"]))


class TestArchives:
    @pytest.mark.parametrize("name", ["in.zip", "in.tgz"])
    @pytest.mark.parametrize("ranges", [True, False])
    def test_members(self, server: ObjectServer, on_disk: Path, name: str, ranges: bool) -> None:
        server.ranges = ranges
        url = f"{server.url}/b/{name}"
        assert read(find_files([url], LIMITS)) == read(find_files([on_disk / "b" / name]))
        (one,) = find_files([f"{url}/m/1.mid"], LIMITS)
        assert (one.path, one.member, one.name) == (url, "m/1.mid", f"{url}/m/1.mid")
        with pytest.raises(CorpusError, match=r"Received: .*/m/9\.mid \(the archive has no such member\)"):
            find_files([f"{url}/m/9.mid"], LIMITS)

    def test_an_archive_that_cannot_be_had_is_a_source(self, server: ObjectServer) -> None:
        url = f"{server.url}/b/in.zip"
        server.faults["/b/in.zip"] = repeat("500")
        assert find_files([url], LIMITS) == [
            Source(url, refusal=("cannot be fetched: 500 Internal Server Error", None))
        ]


class TestS3:
    @pytest.fixture(autouse=True)
    def endpoint(self, server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("s3fs")
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)

    @pytest.mark.parametrize("url", ["s3://bucket", "s3://bucket/"])
    def test_all_keys_are_what_is_in_the_folders(self, on_disk: Path, url: str) -> None:
        assert read(find_files([url], LIMITS)) == read(find_files([on_disk]))

    def test_a_folder_one_object_and_a_pattern(self, on_disk: Path) -> None:
        found = [find_files([f"s3://bucket/{path}"], LIMITS) for path in ("a", "a/", "a/*", "a/b#1?.mid")]
        assert read(found[0]) == read(found[1]) == read(found[2]) == read(find_files([on_disk / "a"]))
        assert [source.path for source in found[3]] == ["s3://bucket/a/b#1?.mid"]
        assert [source.size for source in found[0]] == [source.size for source in find_files([on_disk / "a"])]

    def test_sizes_are_known_before_anything_is_read(self, server: ObjectServer) -> None:
        found = find_files(["s3://bucket/a"], Limits(file_megabytes=0.0001))
        assert {source.refusal for source in found} == {("too large a file", "--max-file-mb 1")}
        assert not any(".mid" in path.lower() for path in server.requests)

    @pytest.mark.parametrize(
        "place", ["s3://nowhere", "s3://bucket/nowhere/", "s3://bucket/nowhere.mid", "s3://bucket/*.x"]
    )
    def test_nothing_to_be_had(self, place: str) -> None:
        with pytest.raises(CorpusError, match=r"^a URL must lead to files of music\. Received: s3://.* \("):
            find_files([place], LIMITS)

    def test_a_bucket_must_be_named(self) -> None:
        with pytest.raises(CorpusError, match=r"Received: s3:// \(it names no bucket\)"):
            find_files(["s3://"], LIMITS)

    def test_an_object_that_has_changed(self, server: ObjectServer) -> None:
        (source,) = find_files(["s3://bucket/a.mid"], LIMITS)
        server.files["a.mid"] += b"more"
        opener = Opener(LIMITS)
        with pytest.raises(NotReadError, match="it has changed since it was listed"):
            opener.read(source)
        opener.close()

    def test_faults(self, server: ObjectServer, tunes: dict[str, bytes]) -> None:
        server.faults["/bucket/a.mid"] = iter(["503", "cut"])
        server.faults["/bucket/a-b.mid"] = repeat("403")
        found = [
            s for s in find_files(["s3://bucket"], LIMITS) if s.name in ("s3://bucket/a.mid", "s3://bucket/a-b.mid")
        ]
        opener = Opener(LIMITS)
        opener.expect(found)
        with pytest.raises(NotReadError, match="403 Forbidden"):
            opener.read(found[0])
        assert opener.read(found[1]) == next(iter(tunes.values()))
        opener.close()


class TestOtherStores:
    def test_google(self, server: ObjectServer, on_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("gcsfs")
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
        monkeypatch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
        assert read(find_files(["gs://bucket/a"], LIMITS)) == read(find_files([on_disk / "a"]))

    def test_any_file_system_of_fsspec(self, files: dict[str, bytes], on_disk: Path) -> None:
        import fsspec

        memory = fsspec.filesystem("memory")
        try:
            for name, data in files.items():
                memory.pipe(f"/top/{name}", data)
            assert read(find_files(["memory://top"], LIMITS)) == read(find_files([on_disk]))
            with pytest.raises(CorpusError, match=r"Received: memory://nowhere \(it does not exist\)"):
                find_files(["memory://nowhere"], LIMITS)
        finally:
            memory.rm("/top", recursive=True)

    def test_a_chain(self, server: ObjectServer, on_disk: Path) -> None:
        found = find_files([f"zip://m::{server.url}/b/in.zip"], LIMITS)
        assert [source.stem for source in found] == ["1", "2"]
        assert sorted(read(found)) == sorted((s, None, d) for s, _, d in read(find_files([on_disk / "b" / "in.zip"])))

    def test_a_server_that_cannot_be_reached(self) -> None:
        with ObjectServer({}) as server:
            host = server.url.removeprefix("http://")
        with pytest.raises(CorpusError, match=rf"Received: ftp://{host}/x \(the connection was refused\)"):
            find_files([f"ftp://{host}/x"], LIMITS)

    def test_what_fsspec_does_not_know(self) -> None:
        with pytest.raises(CorpusError, match=r"one that fsspec can open\. Received: nonsense://h/x"):
            find_files(["nonsense://ann:secret@h/x"], LIMITS)

    @pytest.mark.parametrize(
        ("url", "module", "extra"),
        [
            ("s3://b", "s3fs", "s3"),
            ("gs://b", "gcsfs", "gs"),
            ("https://h/", "aiohttp", "remote"),
            ("ftp://h", "fsspec.core", "remote"),
        ],
    )
    def test_what_needs_an_extra(self, monkeypatch: pytest.MonkeyPatch, url: str, module: str, extra: str) -> None:
        STORES.clear()
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(MissingExtraError, match=rf"^this needs the extra {extra}: pip install '\.\[{extra}\]'"):
            find_files([url], LIMITS)

    def test_what_needs_further_packages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "paramiko", None)
        with pytest.raises(MissingExtraError, match=r"^sftp:// needs a further package\. Received: .*paramiko"):
            find_files(["sftp://h/x"], LIMITS)
