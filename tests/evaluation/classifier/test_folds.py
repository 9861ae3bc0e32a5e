from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from melodyrnn.errors import SettingError
from melodyrnn.evaluation.classifier.folds import families
from melodyrnn.evaluation.classifier.learners import folds
from melodyrnn.evaluation.classifier.tune import Tune
from melodyrnn.score.score import Score


def tune(score: Score) -> Tune:
    found = Tune.of(score, 8)
    assert found is not None
    return found


def test_tunes_that_share_a_passage_in_any_key_are_a_family(walk: Callable[..., Score]) -> None:
    one, other, third = (walk(seed, (6, 6, 12)) for seed in (1, 2, 3))
    half = one[one.onset < 4 * 48]
    ends = other[other.onset >= 4 * 48]
    quoting = replace(
        other,
        **{
            column: np.concatenate([getattr(half, column), getattr(ends, column)])
            for column in ("onset", "duration", "pitch", "velocity", "part")
        },
    )
    assert len(half) >= 20
    quoting = replace(quoting, pitch=quoting.pitch + 5)
    found = families([tune(score) for score in (one, third, quoting, other)]).tolist()
    assert found[0] == found[2] == found[3]  # the third quotes the first and goes on as the last
    assert found[1] != found[0]
    assert len(set(families([tune(score) for score in (one, third, other)]).tolist())) == 3


def test_families_stay_in_one_fold() -> None:
    pytest.importorskip("sklearn")
    family = np.repeat(np.arange(20), 3)
    generated = np.arange(60) % 2 == 0
    found = folds(generated, family, 0)
    assert sorted(np.concatenate([scored for _, scored in found]).tolist()) == list(range(60))
    for train, scored in found:
        assert not set(family[train]) & set(family[scored])
        assert set(generated[scored]) == {True, False}


def test_pieces_that_are_one_piece_are_refused() -> None:
    pytest.importorskip("sklearn")
    generated = np.arange(80) >= 40
    family = np.where(generated, 0, np.arange(80) + 1)
    with pytest.raises(SettingError, match=r"pieces that differ.*Received: 40 of 80 pieces that share passages"):
        folds(generated, family, 0)
