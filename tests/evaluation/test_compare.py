from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from melodyrnn.errors import SettingError
from melodyrnn.evaluation.checks import Check, checks_of, report
from melodyrnn.evaluation.classifier.auc import Auc
from melodyrnn.evaluation.classifier.classification import Classification, Control
from melodyrnn.evaluation.compare import compare
from melodyrnn.evaluation.novelty import Index
from melodyrnn.score.score import Score

Make = Callable[..., Score]


def wander(make_melody: Make, seed: int, notes: int = 64, returns: bool = False, steps: int = 3) -> Score:
    """A random walk, or one whose second half is its first."""
    rng = np.random.default_rng(seed)
    half = 67 + np.clip(np.cumsum(rng.integers(-steps, steps + 1, notes // 2)), -40, 40)
    rest = half if returns else 67 + np.clip(np.cumsum(rng.integers(-steps, steps + 1, notes // 2)), -40, 40)
    return make_melody([*half.tolist(), *rest.tolist()])


def check(found: list[Check], part: str) -> Check:
    return next(c for c in found if part in c.name)


def test_sets_of_the_same_kind_are_alike(make_melody: Make) -> None:
    one = [wander(make_melody, seed, returns=seed % 3 == 0) for seed in range(60)]
    other = [wander(make_melody, seed, returns=seed % 3 == 0) for seed in range(100, 160)]
    found = compare(other, one)
    assert all(row.likeness.overlap > 0.85 for row in found.rows)
    assert all(abs(row.likeness.overlap - row.yardstick.overlap) < 0.12 for row in found.rows)
    assert all(c.holds for c in checks_of(found))
    assert check(checks_of(found), "bar 9").real == pytest.approx(20 / 60)


def test_features_that_differ_have_low_overlap_and_break_their_checks(make_melody: Make) -> None:
    real = [wander(make_melody, seed, returns=True) for seed in range(40)]
    wild = [wander(make_melody, seed, steps=9) for seed in range(40)]
    found = compare(wild, real)
    rows = {row.feature.name: row for row in found.rows}
    assert rows["mean_interval"].likeness.overlap < 0.7
    assert rows["mean_interval"].overlap_of_values < 0.2
    assert rows["note_length"].likeness.overlap > 0.99
    checks = checks_of(found)
    assert not check(checks, "overlapping").holds
    assert not check(checks, "patterns").holds
    returns = check(checks, "bar 9")
    assert (returns.generated, returns.real, returns.holds) == (0, 1, False)
    assert "40 of 40" in returns.rule
    assert not any("bar 17" in c.name for c in checks)  # no piece is that long


def test_stuck_and_empty_pieces_are_counted(make_melody: Make) -> None:
    real = [wander(make_melody, seed) for seed in range(8)]
    checks = checks_of(compare([*real, make_melody([60] * 30), make_melody([60, 62], [48 * 4, 48])], real))
    assert check(checks, "stuck") == Check("pieces stuck", 1, 0, "none", False)
    assert check(checks, "empty") == Check("pieces empty", 1, 0, "none", False)


def test_pickups_and_endings_are_counted(make_melody: Make) -> None:
    real = [make_melody([60, 64, 67, 62, end], 12, first=first) for end, first in ((60, 0), (60, 36), (62, 0), (64, 0))]
    shares = compare(real, real).real
    assert (shares.begins_with_pickup, shares.ends_on_tonic) == (0.25, 0.5)


def test_copies_are_checked_where_there_is_an_index(make_melody: Make) -> None:
    train = [wander(make_melody, seed) for seed in range(6)]
    real = [wander(make_melody, seed) for seed in range(10, 16)]
    assert not any("copy" in c.name for c in checks_of(compare(real, real)))
    index = Index.of(train)
    assert check(checks_of(compare(real, real, index=index)), "copy").holds
    copied = check(checks_of(compare(train, real, index=index)), "median")
    assert (copied.generated, copied.holds) == (64, False)


def test_a_classifier_is_a_figure_and_a_check_where_a_limit_is_given(make_melody: Make) -> None:
    some = [wander(make_melody, seed) for seed in range(4)]
    plain = compare(some, some)
    auc, half = Auc(0.81, 0.77, 0.85), Auc(0.49, 0.41, 0.57)
    found = replace(plain, classification=Classification(16, 40, auc, auc, Control(20, half, half), {}, (), ()))
    for allowed, holds, verdict in ((None, None, "figure"), (0.8, False, "missed"), (0.81, True, "held")):
        checked = check(checks_of(replace(found, max_auc=allowed)), "classifier")
        assert (checked.generated, checked.real, checked.holds, checked.verdict) == (0.81, 0.49, holds, verdict)
    assert report(found)["classifier"]["inner"] == {"auc": 0.81, "interval": [0.77, 0.85]}
    assert report(found)["checks"][-1]["holds"] is None
    assert "classifier" not in report(plain)
    assert not any("classifier" in c.name for c in checks_of(plain))


def test_a_seed_gives_the_same_figures(make_melody: Make) -> None:
    real = [wander(make_melody, seed, steps=1 + seed % 5) for seed in range(12)]
    assert report(compare(real, real)) == report(compare(real, real))
    assert report(compare(real, real)) != report(compare(real, real, seed=1))


def test_sets_that_are_too_small_are_an_error(make_melody: Make) -> None:
    some = [wander(make_melody, seed) for seed in range(4)]
    with pytest.raises(SettingError, match=r"the real set must hold at least 4 melodies\. Received: 3"):
        compare(some, some[:3])
    with pytest.raises(SettingError, match="the generated set"):
        compare([], some)
