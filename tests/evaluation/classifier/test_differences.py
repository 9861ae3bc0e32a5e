from __future__ import annotations

import numpy as np

from melodyrnn.evaluation.classifier.differences import differences, strongest
from melodyrnn.evaluation.classifier.values import Values


def test_the_strongest_come_first_and_what_goes_with_them_is_not_named() -> None:
    rng = np.random.default_rng(0)
    generated = np.arange(200) >= 100
    large = rng.normal(size=200) + 2 * generated
    table = np.column_stack([rng.normal(size=200) - 0.8 * generated, large, large * 3 + 1, np.ones(200), large])
    table[:, 4] = np.where(np.arange(200) % 10 == 0, table[:, 4], np.nan)  # known of a tenth
    values = Values(("pitch", "rhythm", "rhythm", "pitch", "edges"), ("low", "big", "big again", "same", "rare"), table)
    found, columns = differences(values, generated)
    assert [difference.feature for difference in found] == ["big", "big again", "low"]
    assert columns == [1, 2, 0]
    assert found[0].effect > 1.5
    assert -1.3 < found[2].effect < -0.4
    assert (found[2].real, found[2].generated) == (table[:100, 0].mean(), table[100:, 0].mean())
    named = strongest(values, found, columns, 10)
    assert [difference.feature for difference in named] == ["big", "low"]
    assert strongest(values, found, columns, 1) == [found[0]]


def test_a_difference_in_words() -> None:
    table = np.array([[0.0], [0.25], [1], [1.5]])
    ((difference,), _) = differences(Values(("rhythm",), ("rests",), table), np.array([0, 0, 1, 1], dtype=bool))
    assert str(difference) == "rests: 0.125 → 1.25"
    assert difference.to_json()["group"] == "rhythm"
