"""The melody is selected among the lines that would be kept, and what is not a plain line is said."""

from __future__ import annotations

import numpy as np

from melodyrnn.extract.extractor import ExtractionSettings, Fewest, Refusal
from melodyrnn.extract.melody import MelodyExtractor
from melodyrnn.extract.selection import select
from melodyrnn.music.piece import Notes, Piece, Track
from melodyrnn.score.score import Score

QUARTER = 480
SETTINGS = ExtractionSettings(fewest=Fewest(24, 2, 3))
WALK = np.random.default_rng(3).integers(-3, 4, 64).cumsum()


def line(size: int, pitch: int, late: int = 0, name: str = "") -> Track:
    """A line of quarter notes; each is late by up to `late` ticks."""
    onset = np.arange(size) * QUARTER + np.random.default_rng(5).integers(0, late + 1, size)
    return Track(Notes.of(onset, [QUARTER // 4] * size, pitch + WALK[:size] % 12, [80] * size), name)


def piece_of(*tracks: Track) -> Piece:
    return Piece(QUARTER, tracks, end=max(int(track.notes.end.max()) for track in tracks))


def taken(piece: Piece, settings: ExtractionSettings = SETTINGS) -> tuple[list[int], list[tuple[int, Refusal]]]:
    found = select(piece, settings)
    return [one.track for one in found.chosen], [(one.track, refusal) for one, refusal in found.others]


class TestSelect:
    def test_a_line_that_would_be_lost_is_passed_over(self) -> None:
        short, low = line(20, 76, name="lead"), line(64, 60)
        assert taken(piece_of(short, low)) == (
            [1],
            [(0, Refusal("not taken for the melody: too few notes", "--min-notes 20"))],
        )
        assert taken(piece_of(line(64, 76), low)) == ([0], [(1, Refusal("not taken for the melody", "--voices all"))])

    def test_a_line_off_the_grid_is_passed_over_for_a_line_but_not_for_a_bass(self) -> None:
        loose = line(64, 76, late=200, name="lead")
        assert taken(piece_of(loose, line(64, 60)))[0] == [1]
        assert taken(piece_of(loose, line(64, 36)))[0] == [0]
        assert taken(piece_of(line(8, 76, name="lead"), line(64, 36)))[0] == [1]

    def test_where_none_would_be_kept_the_likeliest_is_taken(self) -> None:
        assert taken(piece_of(line(8, 60), line(9, 76)))[0] == [1]

    def test_only_where_one_line_is_asked_for(self) -> None:
        piece = piece_of(line(8, 76), line(64, 60))
        assert taken(piece, ExtractionSettings("track:0", fewest=SETTINGS.fewest))[0] == [0]
        assert sorted(taken(piece, ExtractionSettings("all", fewest=SETTINGS.fewest))[0]) == [0, 1]


def test_what_is_said_of_a_line() -> None:
    def said(*tracks: Track) -> list[object]:
        found = MelodyExtractor().extract(piece_of(*tracks), SETTINGS)
        return [one.details.get("line") for one in found if isinstance(one.result, Score)]

    plain = line(64, 70)
    thirds = Track(Notes.of(*(np.concatenate([getattr(t.notes, n) for t in (plain, line(64, 66))]) for n in (
        "onset", "duration", "pitch", "velocity"))))  # fmt: skip
    assert said(plain) == [None]
    assert said(thirds) == ["top line"]
    assert said(line(64, 36)) == ["bass"]


def test_too_few_of_anything_names_all_options() -> None:
    (score,) = (one.result for one in MelodyExtractor().extract(piece_of(line(6, 60)), SETTINGS))
    assert isinstance(score, Score)
    assert Fewest(7, 3, 1).refusal(score) == Refusal("too few notes", "--min-notes 6 --min-bars 2")
    assert Fewest(6, 2, 1).refusal(score) is None
