"""The task of `melodyrnn diagnose`: judges the gradients of a network, with figures, tables and charts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..checkpoint import load_metadata
from ..corpus.store import open_corpus
from ..extras import require
from ..files import check_output, write_text
from ..shipped import model_path
from .backend import choose_backend
from .paths import OutputKind, StrPath, named
from .progress import Cancellation, Listener, Progress, reporter

if TYPE_CHECKING:
    from ..evaluation.diagnosis import Verdict
    from ..model.gradients import Influence

MEASURING = "measuring gradients"
PAGE = OutputKind("a page", (".html", ".htm"), "diagnosis.html")
PICTURE = OutputKind("a picture", (".png",), "diagnosis.png")
_ROWS = 8  # number of rounds in the table of gradient norms


@dataclass(frozen=True, slots=True)
class DiagnoseTask:
    """The settings of a diagnosis.

    Attributes:
        model: a model file, or the name of one that comes with melodyrnn.
        corpus: folder of the corpus.
        split: its pieces to measure on: "train", "validation", "test" or "all".
        page: file for tables and charts, .html; None for none.
        picture: file for the charts only, .png; None for none.
        force: whether to overwrite files that exist.
    """

    model: StrPath
    corpus: StrPath
    split: str = "all"
    page: StrPath | None = None
    picture: StrPath | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class DiagnoseResult:
    """A diagnosis.

    Attributes:
        verdict: a word of `evaluation.diagnosis`, such as healthy, with reasons and advice.
        influence: norms of the gradient of the loss with respect to earlier states, by layer and distance in notes.
        history: figures of every round of the training, in order; empty where the model file has none.
        clip_norm: norm at which gradients were clipped in training; 0 where they were not.
        baseline_bits: bits per note of an order-2 Markov chain on the validation split; None without one.
    """

    verdict: Verdict
    influence: Influence
    history: Sequence[Mapping[str, float]]
    clip_norm: float
    baseline_bits: float | None

    def to_json(self) -> dict[str, object]:
        """Return the output of `melodyrnn diagnose --json` as an object."""
        return {
            "verdict": self.verdict.word,
            "reasons": list(self.verdict.reasons),
            "advice": self.verdict.advice,
            "distances": list(self.influence.distances),
            "influence": self.influence.norms.tolist(),
            "pieces": list(self.influence.pieces),
            "gradient_norms": self.history,
        }

    @property
    def verdict_text(self) -> str:
        """The verdict, its reasons and the advice, one per line."""
        reasons = "\n".join(f"  {reason}" for reason in self.verdict.reasons)
        return f"{self.verdict.word}\n{reasons}\n  to change: {self.verdict.advice}"

    @property
    def influence_table(self) -> str:
        """The norms of the gradient by layer, and their ratios to the first distance; one row per distance."""
        found = self.influence
        layers = range(len(found.norms))
        first = [row[0] or float("inf") for row in found.norms]
        heads = "".join(f"  {f'layer {n + 1}':>10} {'of first':>9}" for n in layers)
        lines = [f"{'notes back':>10}{heads}  pieces"]
        for place, k in enumerate(found.distances):
            norms = found.norms[:, place]
            cells = "".join(f"  {norms[n]:>10.3g} {norms[n] / first[n]:>9.2g}" for n in layers)
            lines.append(f"{k:>10}{cells}  {found.pieces[place]:>6}")
        return "\n".join(lines)

    @property
    def norms_table(self) -> str:
        """The norms of the gradient in some rounds of the training, one row per round."""
        rows = [row for row in self.history if "gradient_norm" in row]
        if not rows:
            return "gradients in training: this model keeps none (it was trained by an older melodyrnn)"
        clipping = f"clipped at {self.clip_norm:g}" if self.clip_norm else "not clipped"
        lines = [
            f"gradients in training, norms over all weights, {clipping}:",
            f"{'step':>10}  {'before':>9} {'after':>9} {'largest':>9}  clipped",
        ]
        for place in sorted({round(n * (len(rows) - 1) / (_ROWS - 1)) for n in range(_ROWS)}):
            row = rows[place]
            after = f"{row['clipped_gradient_norm']:.3g}" if "clipped_gradient_norm" in row else "not kept"
            lines.append(
                f"{row['step']:>10}  {row['gradient_norm']:>9.3g} {after:>9} {row['largest_gradient_norm']:>9.3g}  "
                f"{row['clipped_share']:>6.0%}"
            )
        return "\n".join(lines)


def diagnose(
    task: DiagnoseTask, listener: Listener | None = None, cancellation: Cancellation | None = None
) -> DiagnoseResult:
    """Measure how strongly the loss at a note depends on earlier states of the network, and judge it.

    Raises:
        CheckpointError, CorpusError: where the model or the corpus cannot be read.
        OutputError: where a chart cannot be written; checked before anything is measured.
        MissingExtraError: where Keras, its backend or what draws the charts is not installed.
        SettingError: for a network without a state, pieces that are too short, or pieces of parts where the model is
            one of melodies.
        Cancelled: where it was cancelled; checked before measuring and before writing.
    """
    report = reporter(listener, cancellation)
    choose_backend(None)
    path = model_path(task.model)
    metadata, corpus = load_metadata(path), open_corpus(task.corpus)
    page, picture = _outputs(task)
    if picture:
        require("plot")
    report(Progress(0, 1, MEASURING))
    from ..evaluation.bits import refuse_parts
    from ..evaluation.diagnosis import judge
    from ..evaluation.training_figures import TrainingFigures
    from ..model.gradients import influence
    from ..model.saving import load_model

    scores = corpus.scores(task.split)
    refuse_parts(metadata.vocabulary, scores)
    found = influence(load_model(path), metadata.vocabulary, scores)
    training = metadata.training
    history = training.get("history", [])
    figures = TrainingFigures(
        history,
        training.get("stopped", ""),
        training.get("settings", {}).get("clip_norm", 0),
        training.get("baseline_bits_per_note"),
    )
    verdict = judge(found.distances, found.norms, figures, found.constant)
    result = DiagnoseResult(verdict, found, history, figures.clip_norm, figures.baseline_bits)
    report(Progress(1, 1, MEASURING))
    _write(task, result, page, picture)
    return result


def _outputs(task: DiagnoseTask) -> tuple[Path | None, Path | None]:
    """Return the files to write: the page and the picture. Raises OutputError and UsageError."""
    wanted = ((task.page, PAGE), (task.picture, PICTURE))
    page, picture = (check_output(named(path, kind), task.force) if path else None for path, kind in wanted)
    return page, picture


def _write(task: DiagnoseTask, result: DiagnoseResult, page: Path | None, picture: Path | None) -> None:
    found = result.influence
    if picture:
        from ..view.chart import write_png
        from ..view.diagnosis import diagnosis_charts

        write_png(diagnosis_charts(found.distances, found.norms, result.history), picture, task.force)
    if page:
        from ..view.diagnosis import diagnosis_page

        html = diagnosis_page(
            os.path.basename(task.model),
            result.verdict.word,
            result.verdict_text,
            found.distances,
            found.norms,
            result.influence_table,
            result.norms_table,
            result.history,
            result.baseline_bits,
        )
        write_text(page, html, task.force)
