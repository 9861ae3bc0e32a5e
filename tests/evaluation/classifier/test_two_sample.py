"""The classifier two-sample test: sets of one kind are not told apart, a changed one is, and by what was changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from melodyrnn.errors import SettingError
from melodyrnn.evaluation.classifier.classification import Classification
from melodyrnn.evaluation.classifier.two_sample import MIN_TUNES, classify
from melodyrnn.evaluation.classifier.values import GROUPS
from melodyrnn.score.score import Score

Walk = Callable[..., Score]
pytest.importorskip("sklearn")


@pytest.fixture(scope="module")
def real(walk: Walk) -> list[Score]:
    return [walk(seed) for seed in range(44)]


@pytest.fixture(scope="module")
def changed(walk: Walk, real: list[Score]) -> Classification:
    """Larger intervals, in the same rhythms."""
    return classify([walk(seed, largest=5) for seed in range(100, 144)], real, 8)


@pytest.mark.slow
def test_sets_of_one_kind_are_not_told_apart(walk: Walk, real: list[Score]) -> None:
    steps: list[tuple[int, int]] = []
    found = classify([walk(seed) for seed in range(100, 150)], real, 8, on_step=lambda *step: steps.append(step))
    assert found.pieces == 44
    for auc in (found.inner, found.with_edges):
        assert auc.low < 0.5 < auc.high
        assert abs(auc.value - 0.5) < 0.15
    assert steps == [(done, len(steps)) for done in range(1, len(steps) + 1)]


@pytest.mark.slow
def test_a_change_is_found_and_named(changed: Classification) -> None:
    assert changed.inner.value > 0.9
    assert changed.inner.low > 0.8
    assert changed.control.pieces == 22
    assert changed.control.inner.value < 0.7
    assert set(changed.groups) == set(GROUPS)
    assert changed.groups["intervals"].value > 0.9
    assert abs(changed.groups["rhythm"].value - 0.5) < 0.15
    assert len(changed.strongest) == 10
    assert str(changed.strongest[0]).startswith("fourths to fifths: 0 → 0.1")
    assert changed.strongest[0] == changed.features[0]


@pytest.mark.slow
def test_a_seed_gives_the_same_figures(walk: Walk, real: list[Score], changed: Classification) -> None:
    again = classify([walk(seed, largest=5) for seed in range(100, 144)], real, 8)
    assert again.to_json() == changed.to_json()


def test_small_sets_are_refused(real: list[Score]) -> None:
    rule = (
        rf"a classifier needs at least {MIN_TUNES} melodies of 8 bars and 8 notes in each set\. Received: 39 generated"
    )
    with pytest.raises(SettingError, match=rule):
        classify(real[:39], real, 8)
    with pytest.raises(SettingError, match=r"of 16 bars and 8 notes in each set\. Received: 0 generated and 0 real"):
        classify(real, real)
    waltzes = [replace(score, meter=(3, 4)) for score in real]
    with pytest.raises(SettingError, match=r"8 bars of meters that both sets have .* Received: 0 generated and 0 real"):
        classify(waltzes, real, 8)


def test_equal_pieces_are_refused(real: list[Score]) -> None:
    with pytest.raises(SettingError, match=r"a classifier needs pieces that differ.* 4[0-9] of 88 pieces"):
        classify([real[0]] * 44, real, 8)
