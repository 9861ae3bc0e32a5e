"""Extractors by name, and one of another package through a whole ingest."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from readers import BASS

from melodyrnn.corpus.ingest.config import Filters
from melodyrnn.corpus.ingest.run import ingest
from melodyrnn.corpus.store import open_corpus
from melodyrnn.errors import CorpusError, SettingError
from melodyrnn.extract.extractor import Extracted, ExtractionSettings, Refusal
from melodyrnn.extract.registry import (
    DEFAULT_EXTRACTOR,
    EXTRACTORS,
    chooser,
    find_extractor,
    finds_roles,
    has_parts,
    is_external,
)
from melodyrnn.midi.write import write_piece
from melodyrnn.music.piece import Notes, Piece, Track
from melodyrnn.score.score import Score

QUARTER = 480


def two_hands(shift: int) -> Piece:
    """Chords in the left hand under a tune, sixteen quarter notes each."""
    onset = np.arange(16) * QUARTER
    tune = 72 + (np.arange(16) * 5 + shift) % 12
    bass = 40 + (np.arange(16) * 7 + shift) % 12
    right = Track(Notes.of(onset, [QUARTER] * 16, tune, [90] * 16), "right hand")
    left = Notes.of(np.tile(onset, 2), [QUARTER] * 32, np.r_[bass, bass + 7], [60] * 32)
    return Piece(QUARTER, (right, Track(left, "left hand")), end=16 * QUARTER)


def bass_of(piece: Piece) -> list[int]:
    return piece.tracks[1].notes.pitch[::2].tolist()


def test_the_first_entry_is_the_default() -> None:
    assert next(iter(EXTRACTORS)) == DEFAULT_EXTRACTOR == "melody"
    for name, extractor in EXTRACTORS.items():
        assert extractor.name == name
        assert find_extractor(name) is extractor
        assert not is_external(name)
        assert has_parts(extractor) == (name != "melody")
        assert finds_roles(extractor) == (name in ("all", "piano", "tracks"))


def test_one_of_another_package_is_found_by_its_module() -> None:
    assert find_extractor("readers:BASS") is BASS
    assert is_external("readers:BASS")
    assert not has_parts(BASS)


def test_how_each_chooses_tracks() -> None:
    piece = two_hands(0)
    piece = replace(piece, tracks=(*piece.tracks, Track(piece.tracks[0].notes, "kit", 0, 9)))
    hands = [(0, "melody"), (1, "bass")]
    found = {"melody": hands[:1], "leadsheet": hands[:1], "piano": hands, "all": [*hands, (2, "drums")]}
    found |= {"tracks": found["all"], "readers:BASS": found["all"]}
    for name, expected in found.items():
        roles, refused = chooser(name)(piece)
        assert sorted((one.track, one.role) for one in roles) == expected
        assert [number for number, _ in refused] == list(range(len(expected), 3))
    assert chooser("leadsheet")(replace(piece, tracks=piece.tracks[1:2]))[0][0].track == 0  # its top line
    with pytest.raises(SettingError, match="an extractor must be one of"):
        chooser("bass")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "bass",
            "an extractor must be one of melody, all, piano, tracks, leadsheet, or package.module:attribute. "
            "Received: 'bass'",
        ),
        ("nowhere:x", "an extractor must be importable. Received: 'nowhere:x' (No module named 'nowhere')"),
        (":x", "an extractor must be importable. Received: ':x' (Empty module name)"),
        (
            "readers:NOT_AN_EXTRACTOR",
            "an extractor must have a method extract(piece, settings). Received: 'readers:NOT_AN_EXTRACTOR'",
        ),
    ],
)
def test_names_of_no_extractor(name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError) as error:
        find_extractor(name)
    assert str(error.value) == message
    with pytest.raises(SettingError, match="an extractor must"):
        ingest([tmp_path], tmp_path / "c", extractor=name)
    assert list(tmp_path.iterdir()) == []


def test_one_of_another_package_through_a_whole_ingest(tmp_path: Path) -> None:
    folder = tmp_path / "midi"
    folder.mkdir()
    pieces = [two_hands(shift) for shift in range(5)]
    for number, piece in enumerate(pieces):
        write_piece(piece, folder / f"{number}.mid")
    write_piece(Piece(QUARTER, ()), folder / "empty.mid")
    ingest([folder], tmp_path / "c", Filters(keep_duplicates=True), workers=2, extractor="readers:BASS")
    corpus = open_corpus(tmp_path / "c")
    assert [m.pitch.tolist() for m in corpus.melodies("all")] == [bass_of(piece) for piece in pieces]
    assert corpus.settings["extractor"] == "readers:BASS"
    lines = [json.loads(line) for line in (tmp_path / "c" / "report.jsonl").read_text("utf-8").splitlines()]
    assert [(line["voice"], line["status"], line["reason"]) for line in lines] == [
        *[("bass", "kept", None)] * 5,
        (None, "dropped", "no bass"),
    ]


def test_the_cache_is_not_read_for_an_extractor_that_may_have_changed(tmp_path: Path) -> None:
    write_piece(two_hands(0), tmp_path / "a.mid")
    files = [tmp_path / "a.mid"]
    ingest(files, tmp_path / "melody")
    ingest(files, tmp_path / "melody", force=True, examine="readers:refuse")  # every file is in the cache
    ingest(files, tmp_path / "bass", extractor="readers:BASS")
    with pytest.raises(CorpusError, match=r"read again \(1\)"):
        ingest(files, tmp_path / "bass", force=True, extractor="readers:BASS", examine="readers:refuse")


class TestMelodyExtractor:
    settings = ExtractionSettings()

    def extract(self, piece: Piece) -> list[Extracted]:
        return list(EXTRACTORS["melody"].extract(piece, self.settings))

    def test_scores_then_other_tracks_then_drums(self) -> None:
        piece = two_hands(0)
        piece = replace(piece, tracks=(*piece.tracks, Track(piece.tracks[0].notes, "kit", 0, 9)))
        found = self.extract(piece)
        assert [one.voice for one in found] == ["track 0 (right hand)", "track 1 (left hand)", "track 2 (kit)"]
        assert isinstance(found[0].result, Score)
        assert found[0].result.name == ""
        assert [one.result for one in found[1:]] == [
            Refusal("no monophonic track", "--voices skyline"),
            Refusal("drums"),
        ]
        assert [one.details for one in found] == [
            {"grid_error": 0.0, "program": 0},
            {"notes": 16},
            {"notes": 16},
        ]

    def test_a_piece_without_notes(self) -> None:
        assert self.extract(Piece(QUARTER, ())) == [Extracted(None, Refusal("no notes"))]
