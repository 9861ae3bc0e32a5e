"""The melodies of files in memory, and why each other voice was dropped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from melodyrnn.corpus.ingest.config import Filters, IngestConfig
from melodyrnn.corpus.ingest.examine import GENERATED_MARK
from melodyrnn.corpus.ingest.finding import find_files
from melodyrnn.corpus.ingest.identity import tune_identity
from melodyrnn.corpus.ingest.melodies import melodies_of_file, read_melodies
from melodyrnn.extract.extractor import ExtractionSettings
from melodyrnn.midi.write import write_piece
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, TimeSignature, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Make = Callable[..., Score]
TUNE = [60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 72, 67, 64, 62, 60]


def write(path: Path, melody: Score, **changes: object) -> Path:
    write_piece(replace(to_piece(melody), **changes), path)  # type: ignore[arg-type]
    return path


def config_of(**filters: object) -> IngestConfig:
    return IngestConfig(Filters(**filters))  # type: ignore[arg-type]


def results(path: Path, config: IngestConfig | None = None) -> list[tuple[str, str | None, str | None]]:
    kept, dropped = melodies_of_file(path, config or IngestConfig())
    return [(line.status, line.reason, line.option) for line in (*(line for _, line in kept), *dropped)]


class TestReasons:
    def test_kept(self, tmp_path: Path, make_melody: Make) -> None:
        melody = make_melody(TUNE, meter=(3, 4), first=24)
        path = write(tmp_path / "tune.mid", replace(melody, name="track"))
        ((found, line),), dropped = melodies_of_file(path, IngestConfig())
        assert dropped == []
        assert found.name == "tune"
        np.testing.assert_array_equal(found.onset, melody.onset)
        assert (line.file, line.voice, line.status, line.reason, line.option) == (
            str(path), "track 0 (track)", "kept", None, None,
        )  # fmt: skip
        music = {"bars": 6, "notes": 16, "meter": "3/4", "key": "C major"}
        assert line.details == {**music, "grid_error": 0.0, "program": 0}

    def test_unreadable(self, tmp_path: Path) -> None:
        (tmp_path / "a.mid").write_bytes(b"no")
        ((status, reason, option),) = results(tmp_path / "a.mid")
        assert (status, option) == ("dropped", None)
        assert reason is not None
        assert reason.startswith("unreadable: a MIDI file must begin with MThd")

    def test_too_few_notes(self, tmp_path: Path, make_melody: Make) -> None:
        path = write(tmp_path / "a.mid", make_melody(TUNE[:15]))
        assert results(path) == [("dropped", "too few notes", "--min-notes 15")]
        assert results(path, config_of(min_notes=15)) == [("kept", None, None)]

    def test_too_few_pitches(self, tmp_path: Path, make_melody: Make) -> None:
        path = write(tmp_path / "a.mid", make_melody([60, 62] * 8))
        assert results(path) == [("dropped", "too few distinct pitches", "--min-pitches 2")]
        assert results(path, config_of(min_pitches=2)) == [("kept", None, None)]

    def test_off_the_grid(self, tmp_path: Path) -> None:
        onset = np.arange(32) * 480 + np.random.default_rng(0).integers(0, 40, 32)
        track = Track(Notes.of(onset, [300] * 32, TUNE * 2, [80] * 32))
        write_piece(Piece(480, (track,), end=32 * 480), tmp_path / "a.mid")
        assert results(tmp_path / "a.mid") == [("dropped", "off the grid", "--off-grid snap")]
        assert results(tmp_path / "a.mid", IngestConfig(extraction=ExtractionSettings(max_grid_error=0.5))) == [
            ("kept", None, None)
        ]

    def test_written_by_melodyrnn(self, tmp_path: Path, make_melody: Make) -> None:
        path = write(tmp_path / "a.mid", make_melody(TUNE), texts=(f"{GENERATED_MARK}: seed 1",))
        assert results(path) == [("dropped", "written by melodyrnn", "--keep-generated")]
        assert results(path, config_of(keep_generated=True)) == [("kept", None, None)]

    def test_texts_of_others_do_not_matter(self, tmp_path: Path, make_melody: Make) -> None:
        assert results(write(tmp_path / "a.mid", make_melody(TUNE), texts=("hand made",))) == [("kept", None, None)]

    def test_voices(self, tmp_path: Path, make_melody: Make) -> None:
        changes = (TimeSignature(0, Meter(4, 4)), TimeSignature(1920, Meter(3, 4)))
        path = write(tmp_path / "a.mid", make_melody(TUNE), meters=changes)
        short = ("dropped", "too few notes", "--min-notes 4 --min-bars 1")
        assert results(path) == [short, ("dropped", "too few notes", "--min-notes 12")]
        write_piece(Piece(480, ()), tmp_path / "b.mid")
        assert results(tmp_path / "b.mid") == [("dropped", "no notes", None)]

    def test_parts_between_long_rests(self, tmp_path: Path, make_melody: Make) -> None:
        shift = [12] * 15 + [12 + 12 * 17] + [12] * 15 + [12 + 12 * 17] + [12] * 3
        path = write(tmp_path / "a.mid", make_melody([*TUNE, *TUNE[::-1], 60, 62, 64], shift, 12))
        kept, dropped = melodies_of_file(path, IngestConfig())
        assert [m.name for m, _ in kept] == ["a (1)", "a (2)"]
        assert [line.voice for _, line in kept] == ["track 0 (melody), part 1", "track 0 (melody), part 2"]
        assert [(line.voice, line.reason) for line in dropped] == [("track 0 (melody), part 3", "too few notes")]
        assert len(melodies_of_file(path, IngestConfig(extraction=ExtractionSettings(max_rest_quarters=17)))[0]) == 1


class TestDuplicates:
    def test_the_same_tune_in_another_key_at_another_tempo_is_one(self, tmp_path: Path, make_melody: Make) -> None:
        tune = make_melody(TUNE)
        write(tmp_path / "a.mid", tune)
        other = replace(tune, pitch=tune.pitch + 5, key=Key(5, "major"), microseconds_per_quarter=1000)
        write(tmp_path / "b.mid", other)
        write(tmp_path / "c.mid", make_melody(TUNE, 6))  # another rhythm
        write(tmp_path / "d.mid", make_melody([*TUNE[:-1], 59]))  # another note
        files = find_files([tmp_path])
        melodies, lines = read_melodies(files, IngestConfig())
        assert [m.name for m in melodies] == ["a", "c", "d"]
        (line,) = (line for line in lines if line.status == "dropped")
        assert (line.file, line.reason, line.option) == (str(tmp_path / "b.mid"), "duplicate", "--keep-duplicates")
        assert line.details == {"duplicate_of": str(tmp_path / "a.mid")}
        assert len(read_melodies(files, config_of(keep_duplicates=True))[0]) == 4

    def test_one_note_tunes_are_no_duplicates_of_one_another(self, make_melody: Make) -> None:
        one, other = make_melody([60, 62]), make_melody([60, 63])
        assert tune_identity(one) != tune_identity(other)
        assert tune_identity(one) == tune_identity(replace(one, pitch=one.pitch + 3))
