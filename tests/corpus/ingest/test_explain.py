"""The explanation of one file in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from melodyrnn.cli.main import run
from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.explain import explain
from melodyrnn.errors import CorpusError
from melodyrnn.midi.write import write_piece
from melodyrnn.music.piece import Notes, Piece, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Make = Callable[..., Score]
TUNE = [60, 62, 64, 65, 67, 65, 64, 62] * 4


class TestExplain:
    def test_a_file(self, tmp_path: Path, make_melody: Make, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "a.mid"
        write_piece(to_piece(make_melody(TUNE[:8])), path)
        path.write_bytes(path.read_bytes()[:-3])
        text = "\n".join(explain(str(path), IngestConfig()))
        for words in (str(path), "8 notes in 1 track,", "meter 4/4", "repaired: track chunk", "dropped, too few notes"):
            assert words in text
        assert text.endswith("\n  with --min-notes 8 also kept: track 0")
        assert run(["ingest", "--explain", str(path)]) == 0
        assert capsys.readouterr().out.strip() == text
        assert [p.name for p in tmp_path.iterdir()] == ["a.mid"]

    def test_what_cannot_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.mid").write_bytes(b"hello")
        assert "unreadable: a MIDI file must begin with MThd" in "\n".join(
            explain(str(tmp_path / "a.mid"), IngestConfig())
        )
        with pytest.raises(CorpusError, match="must exist"):
            list(explain(str(tmp_path / "b.mid"), IngestConfig()))
        with pytest.raises(CorpusError, match="Received the folder"):
            list(explain(str(tmp_path), IngestConfig()))

    def test_tracks_of_one_name_are_told_apart(self, tmp_path: Path) -> None:
        def track(first: int, program: int, channel: int, size: int) -> Track:
            pitch = first + np.array(TUNE[:size]) - TUNE[0]
            return Track(Notes.of(np.arange(size) * 480, [400] * size, pitch, [80] * size), "Song", program, channel)

        tracks = (track(72, 73, 0, 32), track(36, 32, 1, 24))
        write_piece(Piece(480, tracks, end=32 * 480), tmp_path / "a.mid")
        lines = list(explain(str(tmp_path / "a.mid"), IngestConfig()))
        assert "    track 0 (Song): Flute, channel 1, 32 notes, C5 to G5" in lines
        assert "    track 1 (Song): Acoustic Bass, channel 2, 24 notes, C2 to G2" in lines
        assert lines[-1] == "  with --voices all also kept: track 1"

    def test_an_option_that_leads_to_a_refusal_comes_with_the_next(self, tmp_path: Path) -> None:
        onset = np.tile(np.arange(32) * 480 + np.random.default_rng(1).integers(0, 300, 32), 2)
        notes = Notes.of(onset, [170] * 64, [*TUNE, *(pitch + 12 for pitch in TUNE)], [80] * 64)
        write_piece(Piece(480, (Track(notes),), end=33 * 480), tmp_path / "a.mid")
        lines = list(explain(str(tmp_path / "a.mid"), IngestConfig()))
        assert lines[-1] == "  with --voices skyline --off-grid snap also kept: track 0"
