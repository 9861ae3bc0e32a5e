"""Files of music in folders: found, or refused with a reason."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.corpus.ingest.finding import find_files
from melodyrnn.corpus.ingest.sources import Limits, Source
from melodyrnn.errors import CorpusError


def names(sources: list[Source], folder: Path) -> list[str]:
    return [os.path.relpath(source.name, folder) for source in sources]


def refusals(sources: list[Source]) -> dict[str, tuple[str, str | None] | None]:
    return {Path(source.name).name: source.refusal for source in sources}


class TestFolders:
    def test_suffixes_in_any_case_and_odd_names(self, tmp_path: Path) -> None:
        odd = ["a.MID", "b.mid.mid", "c'\"d.Kar", "d.smf", "e.rmi", "旋律.midi", "no.txt", "mid", ".mid.bak"]
        for name in odd:
            (tmp_path / name).touch()
        assert names(find_files([tmp_path]), tmp_path) == sorted(odd[:6])

    def test_links_are_followed_without_loops(self, tmp_path: Path) -> None:
        real, other = tmp_path / "in" / "real", tmp_path / "other"
        real.mkdir(parents=True)
        other.mkdir()
        (real / "a.mid").touch()
        (other / "b.mid").touch()
        (real / "loop").symlink_to(tmp_path / "in")
        (real / "out").symlink_to(other)
        (real / "c.mid").symlink_to(other / "b.mid")
        found = names(find_files([tmp_path / "in"]), tmp_path / "in")
        assert found == ["real/a.mid", "real/c.mid", "real/out/b.mid"]

    def test_sources_that_are_not_files_have_a_reason(self, tmp_path: Path) -> None:
        (tmp_path / "gone.mid").symlink_to(tmp_path / "nowhere")
        os.mkfifo(tmp_path / "pipe.mid")
        assert refusals(find_files([tmp_path])) == {
            "gone.mid": ("unreadable: No such file or directory", None),
            "pipe.mid": ("not a regular file", None),
        }

    def test_too_large(self, tmp_path: Path) -> None:
        (tmp_path / "a.mid").write_bytes(bytes(3000))
        assert refusals(find_files([tmp_path], Limits(file_megabytes=0.002))) == {
            "a.mid": ("too large a file", "--max-file-mb 1")
        }
        assert refusals(find_files([tmp_path], Limits(file_megabytes=0.003))) == {"a.mid": None}

    @given(st.lists(st.lists(st.sampled_from(["a", "a b", "a.d", "B", "a-"]), max_size=3), max_size=12))
    def test_the_contents_of_a_folder_stay_together(self, places: list[list[str]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for number, parts in enumerate(places):
                path = Path(folder, *parts)
                path.mkdir(parents=True, exist_ok=True)
                (path / f"a{number % 3}.mid").touch()
            found = names(find_files([folder]), Path(folder))
            everything = [os.path.relpath(path, folder) for path in Path(folder).rglob("*.mid")]
        assert found == sorted(everything, key=lambda path: path.split(os.sep))


class TestFindFiles:
    def test_sorted_each_once_by_suffix(self, tmp_path: Path) -> None:
        for name in ("b.mid", "A.MID", "c.midi", "sub/d.kar", "sub/deep/e.smf", "f.txt", "mid"):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        found = find_files([tmp_path, tmp_path / "b.mid", tmp_path])
        names = [str(Path(s.path).relative_to(tmp_path)) for s in found]
        assert names == ["A.MID", "b.mid", "c.midi", "sub/d.kar", "sub/deep/e.smf"]

    def test_a_named_file_is_taken_whatever_it_is_called(self, tmp_path: Path) -> None:
        (tmp_path / "tune.txt").touch()
        assert find_files([str(tmp_path / "tune.txt")]) == [Source(str(tmp_path / "tune.txt"))]

    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match=r"a MIDI file or a folder must exist\. Received: .*nowhere"):
            find_files([tmp_path, tmp_path / "nowhere"])
