"""Files of music in archives: found, refused with a reason, and read in place."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.finding import find_files
from melodyrnn.corpus.ingest.melodies import melodies_of_file
from melodyrnn.corpus.ingest.opener import Opener
from melodyrnn.corpus.ingest.run import ingest
from melodyrnn.corpus.ingest.sources import Limits, Source
from melodyrnn.corpus.store import open_corpus
from melodyrnn.errors import CorpusError, MidiError
from melodyrnn.midi.write import write_piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Make = Callable[..., Score]


@pytest.fixture
def midi(tmp_path_factory: pytest.TempPathFactory, make_melody: Make) -> bytes:
    path = tmp_path_factory.mktemp("one") / "a.mid"
    write_piece(to_piece(make_melody([60, 62, 64, 65] * 5)), path)
    return path.read_bytes()


def names(sources: list[Source], folder: Path) -> list[str]:
    return [os.path.relpath(source.name, folder) for source in sources]


def refusals(sources: list[Source]) -> dict[str, tuple[str, str | None] | None]:
    return {Path(source.name).name: source.refusal for source in sources}


class TestArchives:
    def archive(self, path: Path, members: dict[str, bytes]) -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, data in members.items():
                file.writestr(name, data)
        return path

    def test_members_are_read_in_place(self, tmp_path: Path, midi: bytes) -> None:
        path = self.archive(tmp_path / "songs.ZIP", {"b.mid": midi, "deep/a.KAR": midi, "c.txt": b"", "deep/": b""})
        found = find_files([tmp_path])
        assert names(found, tmp_path) == ["songs.ZIP/b.mid", "songs.ZIP/deep/a.KAR"]
        assert [source.stem for source in found] == ["b", "a"]
        opener = Opener(Limits())
        assert [opener.read(source) for source in found] == [midi, midi]
        opener.close()
        ((melody, line),), _ = melodies_of_file(found[1], IngestConfig())
        assert (melody.name, line.file) == ("a", f"{path}/deep/a.KAR")
        assert find_files([f"{path}/deep/a.KAR"]) == found[1:]

    def test_a_corpus_from_archives(self, tmp_path: Path, midi: bytes) -> None:
        self.archive(tmp_path / "songs.zip", {"tune.mid": midi})
        ingest([tmp_path / "songs.zip"], tmp_path / "c")
        assert [m.name for m in open_corpus(tmp_path / "c").melodies("all")] == ["tune"]
        assert sorted(path.name for path in tmp_path.iterdir()) == ["c", "songs.zip"]

    def test_each_limit_has_its_reason(self, tmp_path: Path, midi: bytes) -> None:
        members = {"../up.mid": midi, "/root.mid": midi, "C:\\x.mid": midi, "..\\y.mid": midi}
        members |= {"big.mid": bytes(5000), "a.mid": bytes(1500), "b.mid": bytes(1500), "inner.zip": b"PK"}
        self.archive(tmp_path / "a.zip", members)
        out = ("a name that leads out of the archive", "--any-names")
        found = {s.member: s.refusal for s in find_files([tmp_path], Limits(0.004, archive_megabytes=0.002))}
        assert found == {
            **dict.fromkeys(["../up.mid", "/root.mid", "C:\\x.mid", "..\\y.mid"], out),
            "big.mid": ("too large a file", "--max-file-mb 1"),
            "a.mid": None,
            "b.mid": ("the archive unpacks to too much", "--max-archive-mb 1"),
            "inner.zip": ("an archive within an archive", None),
        }
        raised = find_files([tmp_path], Limits(any_names=True))
        assert [s.member for s in raised if s.refusal] == ["inner.zip"]
        opener = Opener(Limits())
        assert opener.read(raised[0]) == midi
        opener.close()

    def test_a_bomb_is_not_unpacked(self, tmp_path: Path) -> None:
        """A member that unpacks to a gigabyte is refused by its stated size; one with a false size, when it is read."""
        path = self.archive(tmp_path / "a.zip", {"bomb.mid": bytes(20 << 20)})
        assert path.stat().st_size < 100_000
        (source,) = find_files([path])
        assert source.refusal == ("too large a file", "--max-file-mb 20")
        opener = Opener(Limits(file_megabytes=1))
        with pytest.raises(MidiError, match="larger than its stated size"):
            opener.read(Source(str(path), "bomb.mid"))
        opener.close()

    @pytest.mark.parametrize("data", [b"", b"PK\3\4 not", b"PK\5\6" + bytes(10)])
    def test_files_that_are_not_archives(self, tmp_path: Path, data: bytes) -> None:
        (tmp_path / "a.zip").write_bytes(data)
        (source,) = find_files([tmp_path])
        assert source.refusal is not None
        assert source.refusal[0].startswith("unreadable: not a zip archive")

    def test_an_archive_without_midi(self, tmp_path: Path) -> None:
        self.archive(tmp_path / "a.zip", {"a.txt": b""})
        assert refusals(find_files([tmp_path])) == {"a.zip": ("an archive without MIDI files", None)}

    def test_a_damaged_member_has_a_reason(self, tmp_path: Path, midi: bytes) -> None:
        path = self.archive(tmp_path / "a.zip", {"a.mid": midi, "b.mid": midi})
        data = bytearray(path.read_bytes())
        data[45:60] = bytes(15)
        path.write_bytes(data)
        found = find_files([path])
        kept, dropped = melodies_of_file(found[0], IngestConfig())
        assert not kept
        assert (dropped[0].reason or "").startswith("unreadable: cannot read")
        assert len(melodies_of_file(found[1], IngestConfig())[0]) == 1

    def test_missing_members_and_archives(self, tmp_path: Path, midi: bytes) -> None:
        path = self.archive(tmp_path / "a.zip", {"a.mid": midi})
        with pytest.raises(CorpusError, match="must exist"):
            find_files([tmp_path / "no.zip" / "a.mid"])
        assert find_files([path / "b.mid"]) == []
