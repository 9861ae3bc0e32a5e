"""The report of an evaluation: baselines and pieces only where requested, and figures that are consistent."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from melodyrnn.evaluation.baselines import NAMES
from melodyrnn.evaluation.bits import Evaluation
from melodyrnn.evaluation.report import evaluation_report
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.score.score import Score

Fit = Callable[..., Vocabulary]


def evaluation_of(melodies: list[Score], bits: float) -> Evaluation:
    """An evaluation with equal bits in all three fields of every note, 4 for each key and 6 for each length."""
    size = len(melodies)
    tables = [np.full((len(m), 3), bits) for m in melodies]
    matches = [np.zeros(len(m), dtype=np.int64) for m in melodies]
    return Evaluation(("shift", "duration", "pitch"), tables, matches, [1.0] * size, [4.0] * size, [6.0] * size, 0)


def test_without_a_request_there_are_no_baselines_and_no_pieces(real_tunes: list[Score], fit: Fit) -> None:
    evaluation = evaluation_of(real_tunes[:3], 0.5)
    report = evaluation_report(evaluation, real_tunes[:3], fit(real_tunes))
    assert report == evaluation.to_json()
    assert json.loads(json.dumps(report)) == report


def test_baselines_are_compared_with_the_network_with_the_key_and_without_the_length(
    real_tunes: list[Score], fit: Fit
) -> None:
    test = real_tunes[14:17]
    evaluation = evaluation_of(test, 0.5)
    report = evaluation_report(evaluation, test, fit(real_tunes), train=real_tunes[:10], pieces=True)
    assert tuple(report["baselines"]) == NAMES
    for row in report["baselines"].values():
        assert row["bits_per_note"] == pytest.approx(sum(row["fields"].values()) + report["key"])
        assert row["more_than_model"] == pytest.approx(row["bits_per_note"] - report["bits_per_note"])
        low, high = row["more_than_model_interval"]
        assert low <= row["more_than_model"] <= high
        low, high = row["fields_more_than_model_interval"]["pitch"]
        assert low <= row["fields"]["pitch"] - 0.5 <= high
    assert sum(piece["notes"] for piece in report["by_piece"]) == report["notes"]
