"""The files and folders that tasks are given."""

from __future__ import annotations

from pathlib import Path

import pytest

from melodyrnn.errors import MidiError, OutputError
from melodyrnn.tasks.paths import make_folder, midi_files


def test_a_folder_stands_for_its_midi_files(midi_folder: Path) -> None:
    assert midi_files([midi_folder / "b.mid", midi_folder]) == [
        midi_folder / "b.mid",
        midi_folder / "a.mid",
        midi_folder / "b.mid",
    ]
    (midi_folder / "empty").mkdir()
    with pytest.raises(MidiError, match=r"a folder must hold MIDI files \(\.mid, .*\)\. Received: .*empty"):
        midi_files([midi_folder / "empty"])


def test_a_folder_cannot_be_made_below_a_file(midi_folder: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot make the folder .*note\.txt/x: "):
        make_folder(midi_folder / "note.txt" / "x")
