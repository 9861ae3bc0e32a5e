"""Tunes in every mode and on every tonic, written as files and ingested."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.melodies import melodies_of_file
from melodyrnn.corpus.record import PieceRecord
from melodyrnn.formats.read import read_piece
from melodyrnn.formats.write import write_piece
from melodyrnn.music.keys import Key, signature
from melodyrnn.music.meter import Meter
from melodyrnn.music.modes import MODE, MODES
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

# Places in a scale from the tonic; with the fourth and without it.
ARCH = (0, 4, 3, 2, 1, 0, 4, 5, 6, 4, 3, 2, 1, 0, 0, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1, 0, 6, 0)
BARE = (0, 4, 2, 0, 4, 2, 7, 4, 2, 0, 4, 7, 4, 2, 4, 0)


def tune(key: Key, places: tuple[int, ...] = ARCH) -> Score:
    scale = MODE[key.mode].scale
    pitch = [60 + key.tonic + 12 * (place // 7) + scale[place % 7] for place in places]
    steps = 12 * np.arange(len(pitch))
    return Score.line(steps, np.full(len(pitch), 12), pitch, np.full(len(pitch), 90), Meter(4, 4), key)


def ingested(path: Path) -> Key:
    ((found, _),), dropped = melodies_of_file(path, IngestConfig())
    assert dropped == []
    return found.key


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("suffix", [".abc", ".musicxml", ".mid"])
def test_every_key_comes_back(tmp_path: Path, suffix: str, mode: str) -> None:
    """In notation by its name; in MIDI by its notes, as E phrygian cannot be told from A minor."""
    for tonic in range(12):
        key, path = Key(tonic, mode), tmp_path / f"{tonic}{suffix}"
        write_piece(to_piece(tune(key)), path)
        of_signature = Key.of_signature(signature(key), key.basis.mode)
        expected = of_signature if suffix == ".mid" and mode == "phrygian" else key
        found = ingested(path)
        assert (found, str(found)) == (expected, str(expected))
        of_file = read_piece(path).keys[0].key
        assert (str(of_file), signature(of_file)) == (str(of_signature if suffix == ".mid" else key), signature(key))


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_that_notation_states_needs_no_note_of_its_own(tmp_path: Path, mode: str) -> None:
    key = Key(2, mode)
    for suffix, expected in ((".abc", key), (".musicxml", key), (".mid", key.basis)):
        path = tmp_path / f"tune{suffix}"
        write_piece(to_piece(tune(key, BARE)), path)
        assert ingested(path) == expected


@pytest.mark.parametrize("mode", MODES)
def test_a_corpus_stores_the_mode(mode: str) -> None:
    for tonic in range(12):
        record = PieceRecord.of(tune(Key(tonic, mode)))
        again = PieceRecord.from_json({**record.to_json(), "split": "train"})
        assert (again.key, record.to_json()["key"]) == (Key(tonic, mode), str(Key(tonic, mode)))
