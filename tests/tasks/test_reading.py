"""Reading the files of a task: all of them in order, with progress, and what could not be read."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from melodyrnn.corpus.ingest.left_out import LeftOut
from melodyrnn.errors import MidiError
from melodyrnn.midi.file import MidiFile
from melodyrnn.tasks.progress import Listener, Progress
from melodyrnn.tasks.reading import READING, FileReader
from melodyrnn.tasks.shown import read_shown


def read_files(paths: Sequence[Path], report: Listener) -> tuple[list[MidiFile], tuple[LeftOut, ...]]:
    shown, left_out = read_shown(paths, None, report)
    return [one.file for one in shown], left_out


def ignore(progress: Progress) -> None:
    pass


def test_files_are_read_in_order_with_progress(midi_folder: Path) -> None:
    reports: list[Progress] = []
    paths = [midi_folder / "b.mid", midi_folder / "a.mid"]
    files, left_out = read_files(paths, reports.append)
    assert [file.name for file in files] == ["b.mid", "a.mid"]
    assert left_out == ()
    assert reports == [Progress(done, 2, READING) for done in range(3)]


def test_a_folder_stands_for_its_midi_files_each_once(midi_folder: Path) -> None:
    sources = FileReader([midi_folder / "b.mid", midi_folder]).sources
    assert [source.name for source in sources] == [str(midi_folder / "b.mid"), str(midi_folder / "a.mid")]


def test_files_in_archives_are_read(midi_folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "songs.zip", "w") as archive:
        archive.write(midi_folder / "a.mid", "deep/in/a.mid")
    (file,), left_out = read_files([tmp_path / "songs.zip"], ignore)
    assert (file.name, file.data) == ("a.mid", (midi_folder / "a.mid").read_bytes())
    assert left_out == ()


def test_what_cannot_be_read_is_left_out_with_its_reason(midi_folder: Path, tmp_path: Path) -> None:
    (midi_folder / "broken.mid").write_bytes(b"no")
    os.mkfifo(midi_folder / "pipe.mid")
    (midi_folder / "gone.mid").symlink_to("nowhere")
    (midi_folder / "songs.rar").touch()
    zipfile.ZipFile(midi_folder / "empty.zip", "w").close()
    (tmp_path / "empty").mkdir()
    files, (left_out,) = read_files([midi_folder, tmp_path / "empty", midi_folder / "note.txt"], ignore)
    assert [file.name for file in files] == ["a.mid", "b.mid"]
    assert (left_out.what, left_out.total, left_out.num) == ("files", 9, 7)
    assert {(r.reason, r.count, Path(r.example).name) for r in left_out.reasons} == {
        ("unreadable", 3, "broken.mid"),
        ("not a regular file", 1, "pipe.mid"),
        ("an archive other than .zip and .tar", 1, "songs.rar"),
        ("an archive without MIDI files", 1, "empty.zip"),
        ("a folder without MIDI files", 1, "empty"),
    }


def test_where_nothing_remains_the_task_is_refused(midi_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(MidiError, match=r"a MIDI file or a folder must exist\. Received: .*none\.mid"):
        read_files([midi_folder, tmp_path / "none.mid"], ignore)
    (tmp_path / "empty").mkdir()
    with pytest.raises(MidiError, match=r"a folder must hold music \(\.mid, .*\)\. Received: .*empty$"):
        read_files([tmp_path / "empty"], ignore)
    with pytest.raises(MidiError, match=r"^a MIDI file must begin with MThd\. Received: .*note\.txt"):
        read_files([midi_folder / "note.txt"], ignore)
    os.mkfifo(tmp_path / "pipe.mid")
    with pytest.raises(MidiError, match=r"^cannot read .*pipe\.mid: not a regular file$"):
        read_files([tmp_path / "pipe.mid"], ignore)
    with pytest.raises(MidiError, match=r"^at least one file must be readable as music\. 2 of 2 files were left out: "):
        read_files([tmp_path / "pipe.mid", midi_folder / "note.txt"], ignore)
