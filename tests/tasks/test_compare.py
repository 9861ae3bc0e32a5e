"""The task of comparing: melodies with melodies, a model with melodies, and nothing where it is cancelled."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from melodyrnn.errors import Cancelled, MissingExtraError, OutputError, SettingError
from melodyrnn.music.meter import Meter
from melodyrnn.score.score import Score
from melodyrnn.tasks.compare import CLASSIFYING, GENERATING, CompareTask, compare
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


@pytest.mark.parametrize("num", [39, 500])
def test_small_sets_are_refused_before_a_model_generates(tunes: list[Score], model_file: Path, num: int) -> None:
    pytest.importorskip("sklearn")

    def listen(progress: Progress) -> None:
        pytest.fail("nothing must be generated")

    rule = rf"a classifier needs at least 40 melodies of 2 bars .*Received: {num} generated and {len(tunes)} real"
    with pytest.raises(SettingError, match=rule):
        compare(CompareTask(model_file, tunes, num=num, bars=2, classifier=True), listen)


def test_a_classifier_needs_its_extra_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MissingExtraError, match=r"this needs the extra classifier: pip install '\.\[classifier\]'"):
        compare(CompareTask("no/such/folder", "nor/such", classifier=True))


def test_a_classifier_can_be_cancelled(make_melody: Callable[..., Score], tmp_path: Path, names: Names) -> None:
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(0)
    walks = [make_melody((67 + np.cumsum(rng.integers(-3, 4, 16))).tolist()) for _ in range(80)]
    cancellation = Cancellation()

    def listen(progress: Progress) -> None:
        assert progress.stage == CLASSIFYING
        if progress.done == 1:
            cancellation.cancel()

    with pytest.raises(Cancelled):
        compare(
            CompareTask(walks[:40], walks[40:], bars=4, write=tmp_path / "s", classifier=True), listen, cancellation
        )
    assert names() == []


def test_there_must_be_real_pieces_to_generate_like(tunes: list[Score], model_file: Path) -> None:
    with pytest.raises(SettingError, match=r"there must be real melodies of this meter and length\. Received: none"):
        compare(CompareTask(model_file, tunes, meter=Meter(7, 8)))
