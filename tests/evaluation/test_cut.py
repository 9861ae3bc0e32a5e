from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from melodyrnn.evaluation.cut import first_bars
from melodyrnn.score.score import Score

Make = Callable[..., Score]


def test_first_bars(make_melody: Make) -> None:
    melody = make_melody([60, 62, 64, 65, 67], [12, 12, 36, 12, 48])
    (cut,) = first_bars([melody, make_melody([60])], 2)
    assert cut.onset.tolist() == [0, 12, 24, 60, 72]
    assert cut.duration.tolist() == [12, 12, 36, 12, 24]  # held no longer than to the line
    assert cut.num_bars == 2
    assert first_bars([melody], 4) == []
    pickup = replace(make_melody([60] * 5, 12), onset=np.array([36, 48, 60, 72, 84]))
    (cut,) = first_bars([pickup], 1)
    assert len(cut) == 5
    assert first_bars([pickup], 2) == []
