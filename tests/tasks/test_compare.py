"""The task of comparing: melodies with melodies, a model with melodies, and nothing where it is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from melodyrnn.errors import Cancelled, OutputError, SettingError
from melodyrnn.music.meter import Meter
from melodyrnn.score.score import Score
from melodyrnn.tasks.compare import GENERATING, CompareTask, compare
from melodyrnn.tasks.progress import Cancellation, Progress

Names = Callable[[], list[str]]


def test_melodies_are_compared_with_melodies(tunes: list[Score], tmp_path: Path) -> None:
    result = compare(CompareTask(tunes[:5], tunes[5:], page=tmp_path / "p.html"))
    assert (result.comparison.generated.pieces, result.comparison.real.pieces) == (5, 5)
    assert result.page == tmp_path / "p.html"
    assert "5 melodies" in result.page.read_text("utf-8")
    with pytest.raises(OutputError, match="must not exist yet"):
        compare(CompareTask(tunes[:5], tunes[5:], page=tmp_path / "p.html"))


def test_a_model_generates_pieces_like_the_real_ones(tunes: list[Score], model_file: Path) -> None:
    reports: list[Progress] = []
    result = compare(CompareTask(model_file, tunes, num=6, meter=Meter(4, 4)), reports.append)
    assert result.comparison.generated.pieces == 6
    assert [p.done for p in reports if p.stage == GENERATING][-1] == 6


def test_a_cancelled_comparison_leaves_nothing(
    tunes: list[Score], model_file: Path, tmp_path: Path, names: Names
) -> None:
    before, cancellation = names(), Cancellation()

    def listen(progress: Progress) -> None:
        assert progress.stage == GENERATING
        if progress.done:
            cancellation.cancel()

    with pytest.raises(Cancelled):
        compare(CompareTask(model_file, tunes, num=6, page=tmp_path / "p.html"), listen, cancellation)
    assert names() == before


def test_there_must_be_real_pieces_to_generate_like(tunes: list[Score], model_file: Path) -> None:
    with pytest.raises(SettingError, match=r"there must be real melodies of this meter and length\. Received: none"):
        compare(CompareTask(model_file, tunes, meter=Meter(7, 8)))
