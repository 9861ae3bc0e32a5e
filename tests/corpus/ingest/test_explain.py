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
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, TimeSignature, Track
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

    def test_guesses_and_the_options_that_decide_otherwise(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "a.mid"
        size = 32
        velocity = np.where(np.arange(size) % 4 == 1, 110, 80)
        tune = Notes.of(np.arange(size) * 480, [480] * size, 60 + np.arange(size) % 5, velocity)
        second = Notes.of(tune.onset, tune.duration, tune.pitch + 12, [80] * size)
        write_piece(Piece(480, (Track(tune, "Vocal"), Track(second, "Bass")), end=size * 480), path)
        assert run(["ingest", "--explain", str(path)]) == 0
        text = capsys.readouterr().out
        assert "the likeliest melody first (--voices track:NAME_OR_NUMBER takes another)" in text
        assert "guessed: the loudest notes begin bars, 1 quarter note after the bars of the file (--bar-lines" in text
        assert run(["ingest", "--explain", str(path), "--bar-lines", "file"]) == 0
        assert "guessed" not in capsys.readouterr().out
        assert run(["ingest", "--explain", str(path), "--voices", "track:bass"]) == 0
        text = capsys.readouterr().out
        assert "track 1 (Bass): kept" in text
        assert "guessed" not in text

    def test_stretches_and_moved_bar_lines_are_told(self, tmp_path: Path) -> None:
        path = tmp_path / "a.mid"
        late = Notes.of(np.arange(64) * 240 + 100, [240] * 64, 60 + np.arange(64) % 7, [80] * 64)
        write_piece(Piece(480, (Track(late),), end=64 * 240 + 100), path)
        text = "\n".join(explain(str(path), IngestConfig()))
        assert "guessed: a bar line at tick" in text
        assert "the length of the bar changes" not in text
        meters = (TimeSignature(0, Meter(4, 4)), TimeSignature(32 * 240, Meter(3, 4)))
        write_piece(Piece(480, (Track(late),), meters=meters, end=64 * 240 + 100), path, force=True)
        assert "the length of the bar changes: each stretch is a melody of its own" in "\n".join(
            explain(str(path), IngestConfig())
        )

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
        onset = np.tile(np.arange(32) * 480 + np.random.default_rng(1).integers(0, 300, 32), 3)
        notes = Notes.of(onset, [170] * 96, [pitch + below for below in (0, 4, 7) for pitch in TUNE], [80] * 96)
        write_piece(Piece(480, (Track(notes),), end=33 * 480), tmp_path / "a.mid")
        lines = list(explain(str(tmp_path / "a.mid"), IngestConfig()))
        assert lines[-1] == "  with --voices skyline --off-grid snap also kept: track 0"
