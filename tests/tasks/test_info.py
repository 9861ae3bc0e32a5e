"""What a model, a corpus or a MIDI file holds, as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from melodyrnn.errors import MelodyRNNError
from melodyrnn.midi.write import write_piece
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, TimeSignature, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.shipped import default_checkpoint
from melodyrnn.tasks.info import CorpusInfo, MidiInfo, ModelInfo, describe, to_json


def test_a_corpus(corpus_folder: Path) -> None:
    info = describe(corpus_folder)
    assert isinstance(info, CorpusInfo)
    assert (info.pieces, info.notes) == (10, 160)
    assert info.splits == {"train": 8, "validation": 1, "test": 1}
    assert info.meters == {"4/4": 8}
    assert info.keys == {"C major": 8}
    assert info.vocabulary.sizes["pitch"] > 10


def test_a_model_without_a_history(model_file: Path) -> None:
    info = describe(model_file)
    assert isinstance(info, ModelInfo)
    assert (info.cell, info.num_layers, info.units) == ("lstm", 1, 4)
    assert (info.pieces, info.notes, info.training, info.num_indexed) == (None, None, None, None)
    assert info.size == model_file.stat().st_size


def test_a_model_by_name() -> None:
    info = describe("folk")
    assert isinstance(info, ModelInfo)
    assert info.path == str(default_checkpoint())
    assert info.training is not None
    assert info.training.validation_bits_per_note is not None
    assert info.vocabulary.num_forms > 0
    assert 0 < info.vocabulary.repeating_bars < 1


def test_a_midi_file(tmp_path: Path, tunes: list[Score]) -> None:
    write_piece(to_piece(tunes[0]), tmp_path / "a.mid")
    info = describe(tmp_path / "a.mid")
    assert isinstance(info, MidiInfo)
    assert info.piece.num_notes == 16
    assert info.bars == 2


def test_the_bars_of_a_track_are_those_in_which_its_notes_begin(tmp_path: Path) -> None:
    meters = TimeSignature(0, Meter(4, 4)), TimeSignature(3840, Meter(3, 4))
    line, none = Notes.of([2000, 5300], [480, 480], [60, 62], [90, 90]), Notes.of([], [], [], [])
    piece = Piece(480, (Track(line), Track(none)), meters=meters, end=6000)
    info = MidiInfo("a.mid", piece, None)
    assert info.bars_of(piece.tracks[0]) == (2, 4)
    assert info.bars_of(piece.tracks[1]) is None
    write_piece(piece, tmp_path / "a.mid")
    read = describe(tmp_path / "a.mid")
    assert isinstance(read, MidiInfo)
    assert [track["bars"] for track in to_json(read)["tracks"]] == [(2, 4)]


def test_a_midi_file_whose_meter_has_no_bar(tmp_path: Path) -> None:
    """A bar of 1/64 is one tick and a half at 24 ticks per quarter."""
    track = Track(Notes.of([0], [24], [60], [90]))
    write_piece(Piece(24, (track,), meters=(TimeSignature(0, Meter(1, 64)),), end=24), tmp_path / "a.mid")
    info = describe(tmp_path / "a.mid")
    assert isinstance(info, MidiInfo)
    assert info.bars is None


@pytest.mark.parametrize(
    ("name", "words"),
    [("no", "a model, a corpus or a MIDI file must exist. Received: "), ("", "a folder must be a corpus")],
)
def test_files_of_no_known_kind(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(MelodyRNNError, match=words.replace(".", r"\.")):
        describe(tmp_path / name)
