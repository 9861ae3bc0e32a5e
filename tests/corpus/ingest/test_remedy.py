"""Options for files that gave no melody: found by reading the files, and true of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ensemble import LOW, TUNE, piece, track

from melodyrnn.corpus.ingest.config import Filters
from melodyrnn.corpus.ingest.remedy import MAX_TRIED, Remedy
from melodyrnn.corpus.ingest.run import IngestSummary, ingest
from melodyrnn.corpus.ingest.sources import Limits
from melodyrnn.errors import CorpusError
from melodyrnn.extract.extractor import ExtractionSettings
from melodyrnn.midi.write import write_piece
from melodyrnn.music.piece import Notes, Piece, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Make = Callable[..., Score]
SCALE = [60, 62, 64, 65, 67, 69, 71, 72]


def tune(seed: int, size: int = 32) -> list[int]:
    return np.random.default_rng(seed).choice(SCALE, size).tolist()  # type: ignore[no-any-return]


def chords(path: Path, seed: int, free: bool = False, size: int = 32) -> None:
    """Write triads under a tune, on the grid or played freely."""
    rng, top = np.random.default_rng(seed), np.array(tune(seed, size)) + 12
    onset = np.arange(size) * 480 + (rng.integers(0, 300, size) if free else 0)
    notes = Notes.of(
        np.tile(onset, 3), [170] * (3 * size), np.concatenate([top, top - 12, top - 24]), [80] * (3 * size)
    )
    write_piece(Piece(480, (Track(notes),), end=size * 480 + 480), path)


@pytest.fixture
def folder(tmp_path: Path, make_melody: Make) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    write_piece(to_piece(make_melody(tune(0))), path / "good.mid")
    return path


def tried(folder: Path, **settings: object) -> IngestSummary:
    return ingest([folder], folder.parent / "c", force=True, workers=1, tries_options=True, **settings)  # type: ignore[arg-type]


class TestRemedies:
    def test_none_is_needed(self, folder: Path) -> None:
        assert tried(folder).remedy is None

    def test_nothing_helps_a_broken_file(self, folder: Path) -> None:
        (folder / "a.mid").write_bytes(b"MThd")
        assert tried(folder).remedy is None

    def test_one_option(self, folder: Path) -> None:
        for seed in range(1, 4):
            chords(folder / f"{seed}.mid", seed)
        (folder / "broken.mid").write_bytes(b"MThd")
        assert tried(folder).remedy == Remedy(("--voices skyline",), 3, 4)

    def test_an_option_that_leads_to_a_refusal_comes_with_the_next(self, folder: Path) -> None:
        for seed in range(1, 4):
            chords(folder / f"{seed}.mid", seed, free=True)
        only_one = tried(folder, extraction=ExtractionSettings(voices="skyline"))
        assert [(r.reason, r.count) for r in only_one.left_out[0].reasons] == [("off the grid", 3)]
        assert only_one.remedy == Remedy(("--off-grid snap",), 3, 3)
        assert tried(folder).remedy == Remedy(("--voices skyline", "--off-grid snap"), 3, 3)

    def test_it_is_true(self, folder: Path) -> None:
        for seed in range(1, 6):
            chords(folder / f"{seed}.mid", seed, free=seed % 2 == 0)
        before, found = tried(folder), tried(folder, extraction=ExtractionSettings("skyline", "snap"))
        assert before.remedy == Remedy(("--voices skyline", "--off-grid snap"), 5, 5)
        assert (before.num_with_melody, found.num_with_melody, found.left_out) == (1, 6, ())

    def test_numbers_come_with_a_value(self, folder: Path, make_melody: Make) -> None:
        for seed, size in ((1, 9), (2, 12), (3, 3)):
            write_piece(to_piece(make_melody(tune(seed, size))), folder / f"{seed}.mid")
        assert tried(folder).remedy == Remedy(("--min-notes 8",), 2, 3)
        assert tried(folder, filters=Filters(min_notes=8)).remedy is None

    def test_a_few_notes_are_no_melody(self, folder: Path, make_melody: Make) -> None:
        write_piece(to_piece(make_melody([60, 64, 67])), folder / "1.mid")
        assert tried(folder).remedy is None

    def test_limits_are_raised_to_what_the_files_need(self, folder: Path, make_melody: Make) -> None:
        for seed, size in ((1, 40), (2, 50)):
            write_piece(to_piece(make_melody(tune(seed, size))), folder / f"{seed}.mid")
        assert tried(folder, limits=Limits(file_notes=39)).remedy == Remedy(("--max-notes 50",), 2, 2)
        large = tried(folder, limits=Limits(file_megabytes=(folder / "good.mid").stat().st_size / (1 << 20)))
        assert large.remedy == Remedy(("--max-file-mb 1",), 2, 2)

    def test_a_melody_that_the_corpus_has_is_not_counted(self, folder: Path) -> None:
        chords(folder / "1.mid", 1)
        chords(folder / "2.mid", 2)
        chords(folder / "also 2.mid", 2)
        (folder / "also 2.mid").write_bytes((folder / "also 2.mid").read_bytes() + b"\0")
        assert tried(folder).remedy == Remedy(("--voices skyline",), 2, 3)

    def test_of_many_files_a_sample_is_read(self, folder: Path) -> None:
        for seed in range(1, MAX_TRIED + 2):
            chords(folder / f"{seed}.mid", seed, size=17)
        remedy = tried(folder).remedy
        assert remedy is not None
        assert (remedy.num_kept, remedy.num_tried) == (51, 51)

    def test_a_folder_without_any_melody_says_what_gives_some(self, tmp_path: Path) -> None:
        chords(tmp_path / "1.mid", 1)
        with pytest.raises(
            CorpusError, match=r"usable melody; --voices skyline gets one out of 1 of 1\. Received 1 in"
        ):
            ingest([tmp_path / "1.mid"], tmp_path / "c", tries_options=True)

    def test_whole_pieces_are_kept_where_melodies_are_not(self, folder: Path) -> None:
        """Drums have no melody; chords are kept as a piece too, but a melody of them is preferred."""
        for seed in range(1, 4):
            beat = Notes.of(
                np.arange(32) * 240, [100] * 32, np.random.default_rng(seed).choice([36, 38, 42], 32), [80] * 32
            )
            write_piece(Piece(480, (Track(beat, "kit", channel=9),), end=32 * 240), folder / f"{seed}.mid")
        assert tried(folder).remedy == Remedy(("--parts all",), 3, 3)
        chords(folder / "4.mid", 4)
        assert tried(folder).remedy == Remedy(("--parts all",), 4, 4)
        for seed in range(5, 15):
            chords(folder / f"{seed}.mid", seed)
        assert tried(folder).remedy == Remedy(("--parts all",), 14, 14)
        for seed in range(1, 3):
            (folder / f"{seed}.mid").unlink()
        assert tried(folder).remedy == Remedy(("--voices skyline",), 11, 12)

    def test_it_is_true_of_whole_pieces(self, folder: Path) -> None:
        write_piece(piece(track("", TUNE)), folder / "1.mid")
        (folder / "good.mid").unlink()
        write_piece(piece(track("", TUNE), track("", LOW)), folder / "2.mid")
        assert tried(folder, extractor="tracks").remedy == Remedy(("--parts all",), 1, 1)
        assert tried(folder, extractor="all").remedy is None

    def test_all_voices_are_not_named_where_another_option_helps(self, folder: Path) -> None:
        """The likeliest melody is off the grid, and snapped or not it has too few pitches; a bass is on it."""
        onset = np.arange(20) * 480 + np.random.default_rng(2).integers(0, 300, 20)
        loose = Notes.of(onset, [100] * 20, np.random.default_rng(4).choice([72, 74], 20), [80] * 20)
        bass = Notes.of(np.arange(24) * 480, [400] * 24, np.array(tune(9, 24)) - 24, [80] * 24)
        free = Notes.of(np.arange(60) * 190 + 21, [40] * 60, [38] * 60, [80] * 60)  # so that the whole is off the grid
        tracks = Track(loose, "melody"), Track(bass, "bass", channel=1), Track(free, "drums", channel=9)
        write_piece(Piece(480, tracks, end=24 * 480), folder / "1.mid")
        assert tried(folder).remedy == Remedy(("--off-grid snap",), 1, 1)
