"""The results of the bytes of one file: exact round trips, free playing, voices and limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from band_models import CHORDS, LEAD, band, only
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.corpus.ingest.config import Filters, IngestConfig
from melodyrnn.corpus.ingest.examine import examine
from melodyrnn.corpus.ingest.result import FileResult
from melodyrnn.corpus.ingest.sources import Limits
from melodyrnn.errors import SettingError
from melodyrnn.extract.extractor import Extracted, ExtractionSettings, Refusal
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, TimeSignature, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Make = Callable[..., Score]
ANYTHING = IngestConfig(
    Filters(min_notes=1, min_pitches=1, min_bars=1, keep_generated=True), ExtractionSettings(max_rest_quarters=1e6)
)
TUNE = [60, 62, 64, 65, 67, 65, 64, 62] * 4


def config_of(filters: Filters | None = None, **extraction: object) -> IngestConfig:
    return IngestConfig(filters or Filters(), ExtractionSettings(**extraction))  # type: ignore[arg-type]


def score_of(found: Extracted) -> Score:
    assert isinstance(found.result, Score), found
    return found.result


def reasons(data: bytes, config: IngestConfig | None = None) -> list[tuple[str | None, str | None]]:
    results = [found.result for found in examine(data, config or IngestConfig())]
    return [(r.reason, r.option) if isinstance(r, Refusal) else (None, None) for r in results]


def played(rng: np.random.Generator, spread: float, late: int = 0, size: int = 64) -> Piece:
    """Eighths in ticks of 480 a quarter, each off by as much as `spread` of a step, all late by `late` ticks."""
    onset = np.arange(size) * 240 + late + 40 + (rng.uniform(-40, 40, size) * spread).astype(int)
    return Piece(480, (Track(Notes.of(onset, [200] * size, (TUNE * 8)[:size], [80] * size)),), end=size * 240 + 300)


class TestRoundTrip:
    @given(melodies())
    def test_notes_on_the_grid_round_trip_exactly(self, melody: Score) -> None:
        (found,) = examine(midi_bytes(to_piece(melody)), ANYTHING)
        score, onset = score_of(found), melody.onset
        if "bar_line" in found.details:  # nearly all notes are off the sixteenths, or all between the eighths
            assert (onset % 3 != 0).mean() > 0.9 or (onset % 6 == 3).all()
            onset = onset - onset[0] + score.onset[0]
        np.testing.assert_array_equal(score.onset, onset)
        for name in ("duration", "pitch", "velocity"):
            np.testing.assert_array_equal(getattr(score, name), getattr(melody, name), err_msg=name)
        assert score.meter == melody.meter

    @given(st.binary(max_size=300))
    def test_random_bytes_give_a_result(self, data: bytes) -> None:
        for head in (b"", b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk"):
            found = examine(head + data, ANYTHING)
            assert found
            FileResult.from_bytes(FileResult.of(found).to_bytes())


class TestFreePlaying:
    def test_left_out_snapped_or_kept(self) -> None:
        data = midi_bytes(played(np.random.default_rng(0), 0.9))
        assert reasons(data) == [("off the grid", "--off-grid snap")]
        (snapped,) = examine(data, config_of(off_grid="snap"))
        (kept,) = examine(data, config_of(off_grid="keep"))
        assert set((score_of(snapped).onset % 12).tolist()) <= {0, 3, 4, 6, 8, 9}
        assert set((score_of(kept).onset % 12).tolist()) - {0, 3, 4, 6, 8, 9}
        assert snapped.details["off_grid"] == "snap"
        assert snapped.details["grid_error"] == kept.details["grid_error"] > 0.12

    @pytest.mark.parametrize("late", [7, 13, 27, 33])
    def test_a_grid_that_is_late_is_a_grid(self, late: int) -> None:
        """The bar line is moved to where the sixteenths of the file are; `played` is 40 ticks late by itself."""
        (found,) = examine(midi_bytes(played(np.random.default_rng(0), 0.0, late)), IngestConfig())
        assert np.diff(score_of(found).onset).tolist() == [6] * 63
        assert found.details["grid_error"] == 0
        assert isinstance(found.details["bar_line"], int)
        assert found.details["bar_line"] % 120 == (late + 40) % 120


class TestSettings:
    def test_voices(self) -> None:
        tune = np.array(TUNE)
        onset = np.arange(32) * 480
        lines = [
            Track(Notes.of(onset, [480] * 32, tune + shift, [80] * 32), name)
            for shift, name in ((12, "Lead"), (0, "Second"))
        ]
        data = midi_bytes(Piece(480, tuple(lines), end=32 * 480))
        kept = {
            voices: [f.voice for f in examine(data, config_of(voices=voices)) if isinstance(f.result, Score)]
            for voices in ("auto", "all", "skyline", "track:Second", "track:1", "track:9")
        }
        assert kept == {
            "auto": ["track 0 (Lead)"],
            "all": ["track 0 (Lead)", "track 1 (Second)"],
            "skyline": ["track 0 (Lead)"],
            "track:Second": ["track 1 (Second)"],
            "track:1": ["track 1 (Second)"],
            "track:9": [],
        }
        assert reasons(data)[1] == ("not taken for the melody", "--voices all")

    @pytest.mark.parametrize("voices", ["", "track:", "track", "first", "track: "])
    def test_voices_that_cannot_be(self, voices: str) -> None:
        with pytest.raises(SettingError, match=r"voices must be auto, all, skyline or track:NAME_OR_NUMBER\. Received"):
            ExtractionSettings(voices=voices)

    def test_off_grid_that_cannot_be(self) -> None:
        with pytest.raises(SettingError, match=r"off_grid must be drop, snap, keep\. Received: 'bend'"):
            ExtractionSettings(off_grid="bend")

    def test_too_few_bars_and_too_many_notes(self, make_melody: Make) -> None:
        data = midi_bytes(to_piece(make_melody(TUNE)))
        assert reasons(data, config_of(Filters(min_bars=9))) == [("too few bars", "--min-bars 8")]
        assert reasons(data, config_of(Filters(min_bars=8))) == [(None, None)]
        assert reasons(data, IngestConfig(limits=Limits(file_notes=31))) == [("too many notes", "--max-notes 32")]
        assert reasons(data, IngestConfig(limits=Limits(file_notes=32))) == [(None, None)]

    def test_several_meters_are_several_melodies(self, make_melody: Make) -> None:
        piece = replace(
            to_piece(make_melody(TUNE * 2)),
            meters=(TimeSignature(0, Meter(4, 4)), TimeSignature(32 * 480, Meter(3, 4))),
        )
        first, second = examine(midi_bytes(piece), IngestConfig())
        assert [f.details["meter"] for f in (first, second)] == ["4/4", "3/4"]
        assert [score_of(f).name for f in (first, second)] == [" (1)", " (2)"]
        assert score_of(second).onset[0] == 0

    def test_chord_symbols_are_no_notes(self) -> None:
        data = midi_bytes(to_piece(only(band(num_bars=1), CHORDS, LEAD)))  # eight notes and a symbol
        known = Filters(min_notes=8, min_pitches=8, min_bars=1)
        config = IngestConfig(known, extractor="leadsheet")
        assert reasons(data, config)[0] == (None, None)
        fewer = replace(config, filters=replace(known, min_notes=9))
        assert reasons(data, fewer)[0] == ("too few notes", "--min-notes 8")
        lower = replace(config, filters=replace(known, min_pitches=9))
        assert reasons(data, lower)[0] == ("too few distinct pitches", "--min-pitches 8")
