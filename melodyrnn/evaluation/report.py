"""The full report of an evaluation: the network's figures, those of the baselines, and those of every piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, cast

from ..events.vocabulary import Vocabulary
from ..score.score import Score
from .baselines import compare_with_baselines
from .bits import Evaluation
from .figures import BaselineFigures, EvaluationFigures
from .surprise import PieceFigures, by_piece


class EvaluationReport(EvaluationFigures):
    """The output of `melodyrnn evaluate --json`; the last two entries only where requested."""

    baselines: NotRequired[dict[str, BaselineFigures]]
    by_piece: NotRequired[list[PieceFigures]]


def evaluation_report(
    evaluation: Evaluation,
    melodies: Sequence[Score],
    vocabulary: Vocabulary,
    train: Sequence[Score] | None = None,
    pieces: bool = False,
) -> EvaluationReport:
    """Return the full report of an evaluation of `melodies`.

    Args:
        train: the melodies that the baselines learn from, none of which may be in `melodies`; None for no baselines.
        pieces: whether to add the figures of every piece.
    """
    report = cast(EvaluationReport, evaluation.to_json())
    if train is not None:
        report["baselines"] = compare_with_baselines(evaluation, train, melodies, vocabulary)
    if pieces:
        report["by_piece"] = by_piece(evaluation, melodies)
    return report
