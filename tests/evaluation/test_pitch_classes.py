from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from melodyrnn.evaluation.pitch_classes import entropy_of_all_parts, pitch_class_histogram
from melodyrnn.score.score import Part, Score

Make = Callable[..., Score]
DRUMS = Part("", "drums", 0, "drums")


def test_the_histogram_is_of_all_pitches_and_of_no_drums(make_parts: Make) -> None:
    score = make_parts([60, 64], [(48, 55), None], [36, 38], parts=(Part(), Part(role="bass"), DRUMS))
    assert pitch_class_histogram(score).tolist() == [0.5, 0, 0, 0, 0.25, 0, 0, 0.25, 0, 0, 0, 0]
    assert entropy_of_all_parts(score) == pytest.approx(1.5)


def test_drums_alone_have_none(make_parts: Make) -> None:
    drums = make_parts([36, 38], parts=(DRUMS,))
    assert np.count_nonzero(pitch_class_histogram(drums)) == 0
    assert entropy_of_all_parts(drums) is None
