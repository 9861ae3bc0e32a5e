"""The full report of an evaluation: the network's figures, those of the baselines, and those of every piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, cast

from ..events.vocabulary import Vocabulary
from ..score.score import Score
from .baselines import BaselineFigures, compare_with_baselines
from .bits import Evaluation, EvaluationFigures
from .surprise import PieceFigures, by_piece


class EvaluationReport(EvaluationFigures):
    """What `melodyrnn evaluate --json` prints; the last two only where they were asked for."""

    baselines: NotRequired[dict[str, BaselineFigures]]
    by_piece: NotRequired[list[PieceFigures]]


def evaluation_report(
    evaluation: Evaluation,
    melodies: Sequence[Score],
    vocabulary: Vocabulary,
    train: Sequence[Score] | None = None,
    pieces: bool = False,
) -> EvaluationReport:
    """The report of an evaluation of `melodies`.

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
