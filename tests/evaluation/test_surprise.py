from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from melodyrnn.evaluation.bits import Evaluation
from melodyrnn.evaluation.surprise import by_piece
from melodyrnn.score.score import Score

Make = Callable[..., Score]


def test_bars_and_pieces_in_order(make_melody: Make) -> None:
    calm, odd = make_melody([60] * 8, name="calm"), make_melody([60] * 8, name="odd")
    odd = replace(odd, onset=odd.onset + 36)  # one note of pick-up, bars of four, the last of three
    bits = [np.full((8, 3), 0.5), np.full((8, 3), 1.0)]
    bits[1][2, 2] = 9  # in the first full bar
    evaluation = Evaluation(("shift", "duration", "pitch"), bits, [], [1.0, 1.0], [4.0, 4.0], [2.0, 2.0], 0)
    first, second = by_piece(evaluation, [calm, odd])
    assert (first["name"], second["name"]) == ("odd", "calm")
    assert second["bits_per_note"] == pytest.approx(1.5 + 6 / 8)
    assert first["bars"] == 2
    assert first["surprising_bars"][0] == {"bar": 1, "bits": 20.0, "notes": 4}
    assert [bar["bar"] for bar in first["surprising_bars"]] == [1, 2, 0]
    assert [bar["bar"] for bar in second["surprising_bars"]] == [1, 2]
    assert sum(bar["bits"] for bar in first["surprising_bars"]) == pytest.approx(bits[1].sum())
    assert first["fields"]["pitch"] == pytest.approx(2)
