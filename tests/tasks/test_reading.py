"""Reading the files of a task: all of them in order, with progress."""

from __future__ import annotations

from pathlib import Path

import pytest

from melodyrnn.errors import MidiError
from melodyrnn.tasks.progress import Progress
from melodyrnn.tasks.reading import READING, read_files


def test_files_are_read_in_order_with_progress(midi_folder: Path) -> None:
    reports: list[Progress] = []
    paths = [midi_folder / "b.mid", midi_folder / "a.mid"]
    assert [file.name for file in read_files(paths, reports.append)] == ["b.mid", "a.mid"]
    assert reports == [Progress(done, 2, READING) for done in range(3)]


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MidiError):
        read_files([tmp_path / "none.mid"], lambda progress: None)
