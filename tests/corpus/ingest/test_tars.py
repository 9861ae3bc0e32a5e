"""Tar archives are read in one pass, within limits, and whatever they hold nothing is lost without a word."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from melodyrnn.corpus.ingest.finding import find_files
from melodyrnn.corpus.ingest.opener import Opener
from melodyrnn.corpus.ingest.run import ingest
from melodyrnn.corpus.ingest.sources import Limits, NotReadError
from melodyrnn.corpus.ingest.tars import TarArchive
from melodyrnn.errors import MidiError

PACKED: dict[str, Callable[[bytes], bytes]] = {
    ".tar": bytes,
    ".tar.gz": gzip.compress,
    ".tgz": gzip.compress,
    ".tar.bz2": bz2.compress,
    ".tbz2": bz2.compress,
    ".tar.xz": lzma.compress,
    ".TXZ": lzma.compress,
}
Member = tuple[str, bytes]


def tar(members: Sequence[Member | tarfile.TarInfo], kind: int = tarfile.PAX_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=kind) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
                continue
            info = tarfile.TarInfo(member[0])
            info.size = len(member[1])
            archive.addfile(info, io.BytesIO(member[1]))
    return file.getvalue()


def special(name: str, kind: bytes, to: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, to
    return info


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


MEMBERS = [(f"folk/{number:02d}.mid", bytes([number]) * (number * 100)) for number in range(30)]


class Counted(io.BytesIO):
    """Bytes that count how many were read."""

    num_read = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.num_read += len(data)
        return data


@pytest.mark.parametrize("suffix", PACKED)
@pytest.mark.parametrize("kind", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_members_are_read_in_their_order(tmp_path: Path, suffix: str, kind: int) -> None:
    long = "x" * 90 + "/" + "旋" * 20 + ".mid"
    path = written(tmp_path / f"a{suffix}", PACKED[suffix](tar([*MEMBERS, (f"./{long}", b"last")], kind)))
    found = find_files([tmp_path])
    assert [(s.member, s.size) for s in found] == [*((name, len(data)) for name, data in MEMBERS), (long, 4)]
    opener = Opener(Limits())
    assert [opener.read(source) for source in found] == [*(data for _, data in MEMBERS), b"last"]
    opener.close()
    assert find_files([path / "folk/07.mid"]) == [found[7]]


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_one_pass_is_enough(pack: Callable[[bytes], bytes]) -> None:
    """Reading every member in order takes as many bytes as the archive has, and one more pass for each step back."""
    file = Counted(pack(tar(MEMBERS)))
    archive = TarArchive(file, "a", Limits())
    for name, data in MEMBERS:
        assert archive.read(name, 10_000) == data
    assert file.num_read < 1.5 * len(file.getvalue())
    assert archive.read("folk/03.mid", 10_000) == MEMBERS[3][1]
    assert archive.read("folk/03.mid", 10_000) == MEMBERS[3][1]
    assert archive.read("folk/29.mid", 10) == MEMBERS[29][1][:10]
    with pytest.raises(KeyError, match="there is no nothing"):
        archive.read("nothing", 10)
    archive.close()


def test_what_is_passed_is_told() -> None:
    told = list[int]()
    archive = TarArchive(io.BytesIO(gzip.compress(tar([("a", bytes(3 << 20)), ("b", b"b")]))), "a", Limits(),
                         lambda: told.append(1))  # fmt: skip
    assert archive.read("b", 9) == b"b"
    assert len(told) > 10
    archive.close()


def test_each_refusal_has_its_reason(tmp_path: Path) -> None:
    out, link = ("a name that leads out of the archive", "--any-names"), ("a link within an archive", None)
    members = {
        "../up.mid": out,
        "/root.mid": out,
        "big.mid": ("too large a file", "--max-file-mb 1"),
        "in.tar.gz": ("an archive within an archive", None),
        "in.zip": ("an archive within an archive", None),
        "in.rar": ("an archive other than .zip and .tar", None),
        "a.mid": None,
    }
    entries: list[Member | tarfile.TarInfo] = [(name, bytes(5000 if name == "big.mid" else 9)) for name in members]
    entries += [special("d.mid", tarfile.DIRTYPE), ("notes.txt", b"")]
    entries += [
        special("hard.mid", tarfile.LNKTYPE, "a.mid"),
        special("soft.mid", tarfile.SYMTYPE, "/etc/passwd"),
        special("device.mid", tarfile.CHRTYPE),
        special("pipe.mid", tarfile.FIFOTYPE),
        ("./a.mid", b"other"),
    ]
    written(tmp_path / "a.tgz", gzip.compress(tar(entries)))
    found = find_files([tmp_path], Limits(file_megabytes=0.004))
    assert [(source.member, source.refusal) for source in found] == [
        *members.items(),
        ("hard.mid", link),
        ("soft.mid", link),
        ("device.mid", ("not a regular file", None)),
        ("pipe.mid", ("not a regular file", None)),
        ("a.mid", ("a name that is twice in the archive", None)),
    ]
    opener = Opener(Limits())
    assert opener.read(found[6]) == bytes(9)
    opener.close()


@pytest.mark.parametrize("suffix", [".tar.gz", ".tar.bz2", ".tar.xz"])
def test_a_bomb_is_not_unpacked(tmp_path: Path, suffix: str) -> None:
    """What is unpacked ends at the limit of an archive, also where it is no music."""
    data = PACKED[suffix](tar([("a.mid", b"a"), ("bomb.txt", bytes(9 << 20)), ("b.mid", b"b")]))
    assert len(data) < 60_000
    path = written(tmp_path / f"a{suffix}", data)
    assert [(s.member, s.refusal) for s in find_files([path], Limits(archive_megabytes=2))] == [
        ("a.mid", None),
        (None, ("the archive unpacks to too much", "--max-archive-mb 20")),
    ]
    assert [s.member for s in find_files([path], Limits(archive_megabytes=10))] == ["a.mid", "b.mid"]
    opener = Opener(Limits(archive_megabytes=2))
    (_, beyond) = find_files([path], Limits(archive_megabytes=10))
    with pytest.raises(NotReadError, match="the archive unpacks to too much"):
        opener.read(beyond)
    opener.close()


def test_what_an_archive_that_is_not_compressed_may_hold(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.tar", tar([("x.txt", bytes(5 << 20)), ("a.mid", bytes(900_000)), ("b.mid", bytes(900_000))])
    )
    assert [s.refusal for s in find_files([path], Limits(archive_megabytes=1))] == [
        None,
        ("the archive unpacks to too much", "--max-archive-mb 7"),
    ]


def header_of_a_huge_name() -> bytes:
    info = special("x", b"L")
    info.size = 8 << 30
    return info.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "unreadable: not a tar archive"),
        (b"no tar", "unreadable: not a tar archive"),
        (gzip.compress(b"no tar", mtime=0), "unreadable: not a tar archive"),
        (gzip.compress(tar(MEMBERS), mtime=0)[:40], "unreadable: not a tar archive"),
        (b"\x1f\x8b broken", "unreadable: not a tar archive"),
        (b"BZh broken", "unreadable: not a tar archive"),
        (b"\xfd7zXZ broken", "unreadable: not a tar archive"),
        (header_of_a_huge_name() + bytes(2048), "unreadable: not a tar archive (a header is too large)"),
        (tar([]), "an archive without MIDI files"),
        (tar([("x.txt", b"")]), "an archive without MIDI files"),
    ],
)
def test_what_is_no_archive_of_music(tmp_path: Path, data: bytes, reason: str) -> None:
    (source,) = find_files([written(tmp_path / "a.tar", data)])
    assert (source.refusal or ("",))[0].startswith(reason)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    ("end", "num_listed"), [(512 * 40, 20), (512 * 40 + 100, 20), (512 * 41, 21), (512 * 41 + 9, 21)]
)
def test_a_cut_archive_gives_what_is_whole(
    tmp_path: Path, pack: Callable[[bytes], bytes], end: int, num_listed: int
) -> None:
    """Of each member there are a block with its header and one with its data; of the last one perhaps not all."""
    path = written(tmp_path / "a.tar", pack(tar([(f"{n}.mid", bytes([n]) * 512) for n in range(30)])[:end]))
    found = find_files([path])
    assert [source.member for source in found] == [*(f"{number}.mid" for number in range(num_listed)), None]
    assert (found[-1].refusal or ("",))[0].startswith("unreadable: a damaged tar archive")
    opener = Opener(Limits())
    assert [opener.read(source) for source in found[:20]] == [bytes([n]) * 512 for n in range(20)]
    for source in found[20:-1]:
        with pytest.raises(MidiError, match=r"cannot read .*/20\.mid: it ends too early"):
            opener.read(source)
    opener.close()


def test_a_damaged_header_is_told(tmp_path: Path) -> None:
    data = bytearray(tar([("a.mid", bytes(512)), ("b.mid", bytes(512)), ("c.mid", bytes(512))]))
    data[1024:1100] = b"\1" * 76
    found = find_files([written(tmp_path / "a.tar", bytes(data))])
    assert [(s.member, s.refusal) for s in found] == [
        ("a.mid", None),
        (None, ("unreadable: a damaged tar archive (a header is damaged)", None)),
    ]


def test_an_archive_is_no_file(tmp_path: Path) -> None:
    (source,) = find_files([written(tmp_path / "a.tgz", b"")])
    opener = Opener(Limits())
    with pytest.raises(MidiError, match=r"a\.tgz: an archive is no file of music"):
        opener.read(source)


def test_a_corpus_from_an_archive_is_that_of_its_files(tmp_path: Path, folder: Path) -> None:
    members = [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
    written(tmp_path / "a.tar.gz", gzip.compress(tar(members)))
    ingest([folder], tmp_path / "files", workers=1)
    ingest([tmp_path / "a.tar.gz"], tmp_path / "archive", workers=2)
    for name in ("corpus.json", "cache.bin"):
        assert (tmp_path / "archive" / name).read_bytes() == (tmp_path / "files" / name).read_bytes()
    assert [path.name for path in (tmp_path / "archive").iterdir()] == [p.name for p in (tmp_path / "files").iterdir()]
