"""Lines on the grid by the settings: unchanged, on a late grid, snapped, kept or refused."""

from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.errors import SettingError
from melodyrnn.extract.extractor import Details, ExtractionSettings, Refusal
from melodyrnn.extract.grid import scores_of
from melodyrnn.music.piece import Notes, Piece, Track
from melodyrnn.score.score import Score

TICKS_PER_STEP = 40


def line_of(late: np.ndarray | int, size: int = 12, length: int = 240) -> Notes:
    """Eighths of 480 ticks per quarter note, too few for a bar line of their own, late by so many ticks."""
    return Notes.of(np.arange(size) * 240 + late, [length] * size, 60 + np.arange(size) % 5, [80] * size)


def on_grid(line: Notes, settings: ExtractionSettings) -> tuple[Score | Refusal, Details]:
    piece = Piece(480, (Track(line, "track"),), end=int(line.end[-1]))
    ((result, details),) = scores_of(piece, line, 0, settings)
    return result, details


def score_of(line: Notes, settings: ExtractionSettings) -> tuple[Score, Details]:
    result, details = on_grid(line, settings)
    assert isinstance(result, Score)
    return result, details


def test_on_the_grid() -> None:
    score, details = score_of(line_of(0), ExtractionSettings())
    assert score.onset.tolist() == list(range(0, 72, 6))
    assert (score.name, details) == ("", {"grid_error": 0.0})


@pytest.mark.parametrize(("late", "offset"), [(7, 0.175), (13, 0.325), (27, -0.325), (33, -0.175)])
def test_a_grid_that_is_late_is_a_grid(late: int, offset: float) -> None:
    score, details = score_of(line_of(late), ExtractionSettings())
    assert np.diff(score.onset).tolist() == [6] * 11
    assert details == {"grid_error": 0.0, "grid_offset": offset}


class TestFreePlaying:
    late = np.array([0, 15, 3, 30, 20, 8, 35, 11, 25, 5, 38, 17])

    def test_is_refused(self) -> None:
        result, details = on_grid(line_of(self.late), ExtractionSettings())
        assert result == Refusal("off the grid", "--off-grid snap")
        assert details == {"grid_error": 0.2312}

    @pytest.mark.parametrize("off_grid", ["snap", "keep"])
    def test_is_snapped_or_kept(self, off_grid: str) -> None:
        score, details = score_of(line_of(self.late), ExtractionSettings(off_grid=off_grid))
        assert details == {"grid_error": 0.2312, "off_grid": off_grid}
        assert set((score.onset % 3).tolist()) == ({0} if off_grid == "snap" else {0, 1})

    def test_an_error_that_is_allowed(self) -> None:
        _, details = score_of(line_of(self.late), ExtractionSettings(max_grid_error=0.25))
        assert details == {"grid_error": 0.2312}


def test_only_the_ends_are_played_freely() -> None:
    score, details = score_of(line_of(0, length=180), ExtractionSettings(off_grid="snap"))
    assert (score.duration.tolist(), details) == ([6] * 12, {"grid_error": 0.0, "off_grid": "ends snapped"})
    score, details = score_of(line_of(0, length=180), ExtractionSettings(off_grid="keep"))
    assert details == {"grid_error": 0.0}


def test_long_rests_cut() -> None:
    line = Notes.of([0, 480, 480 * 9], [480] * 3, [60, 62, 64], [80] * 3)
    piece = Piece(480, (Track(line),), end=4800)
    for quarters, num_scores in ((7.0, 1), (6.9, 2)):
        assert len(list(scores_of(piece, line, 0, ExtractionSettings(max_rest_quarters=quarters)))) == num_scores


@pytest.mark.parametrize("beat", [1, 2, 3])
def test_bar_lines_follow_the_accents_unless_they_are_to_stay(beat: int) -> None:
    size = 32
    velocity = np.where(np.arange(size) % 4 == beat, 110, 80)
    line = Notes.of(np.arange(size) * 480, [480] * size, 60 + np.arange(size) % 5, velocity)
    score, details = score_of(line, ExtractionSettings())
    assert details == {"grid_error": 0.0, "downbeat_by_accents": 12 * beat}
    assert set((score.onset[score.velocity == 110] % 48).tolist()) == {0}
    assert 0 <= int(score.onset[0]) < 48
    score, details = score_of(line, ExtractionSettings(bar_lines="file"))
    assert (score.onset.tolist(), details) == (list(range(0, 12 * size, 12)), {"grid_error": 0.0})


def test_a_late_bar_line_stays_too() -> None:
    """A grid that is late by 100 of 480 ticks, as in a recording without bars."""
    late = Notes.of(np.arange(64) * 240 + 100, [240] * 64, 60 + np.arange(64) % 7, [80] * 64)
    assert "bar_line" in score_of(late, ExtractionSettings())[1]
    _, details = score_of(late, ExtractionSettings(bar_lines="file"))
    assert details == {"grid_error": 0.0, "grid_offset": 0.5}


def test_bar_lines_that_cannot_be() -> None:
    with pytest.raises(SettingError, match=r"bar_lines must be auto or file. Received: 'none'"):
        ExtractionSettings(bar_lines="none")
