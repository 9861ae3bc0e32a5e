from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.evaluation.classifier.auc import Auc


def of(scores: list[float], generated: list[int]) -> Auc:
    return Auc.of(np.array(scores), np.array(generated, dtype=bool), np.random.default_rng(0))


def test_the_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    assert of([1, 2, 3, 4], [0, 0, 1, 1]).value == 1
    assert of([1, 2, 3, 4], [1, 1, 0, 0]).value == 0
    assert of([1, 2, 3, 4], [0, 1, 0, 1]).value == 0.75
    assert of([1, 1, 1, 1], [0, 1, 0, 1]).value == 0.5


def test_the_interval_narrows_with_more_pieces_and_holds_the_auc() -> None:
    rng = np.random.default_rng(1)
    found = []
    for num in (40, 1000):
        generated = np.arange(2 * num) >= num
        auc = Auc.of(rng.normal(size=2 * num) + generated, generated, np.random.default_rng(0))
        assert auc.low < auc.value < auc.high
        found.append(auc.high - auc.low)
    assert found[1] < found[0] / 3
    assert auc.value == pytest.approx(0.76, abs=0.03)  # of two normal distributions one deviation apart
    assert auc.to_json() == {"auc": auc.value, "interval": [auc.low, auc.high]}
    assert str(Auc(0.8, 0.75, 0.8512)) == "0.800 [0.750, 0.851]"
