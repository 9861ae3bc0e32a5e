"""Further outputs of a training: the table of its rounds, and the report with curves and samples."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..files import write_text
from .paths import StrPath

if TYPE_CHECKING:
    from ..checkpoint import Metadata, Weights
    from ..corpus.store import Corpus
    from ..model.run import Progress
    from ..music.piece import Piece

_NUM_SAMPLES = 6  # of the rounds, beside the first
_BARS, _SEED = 8, 1  # of each sample


class HistoryTable:
    """The figures of all rounds in a CSV file, which is rewritten after each round."""

    def __init__(self, path: StrPath) -> None:
        self._path = path
        self._rounds = 0

    def update(self, history: Sequence[Mapping[str, float]]) -> None:
        """Write the table where the history has a new round. Raises OutputError."""
        import csv

        if len(history) <= self._rounds:
            return
        self._rounds = len(history)
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(history[0])
        rows.writerows(row.values() for row in history)
        write_text(self._path, text.getvalue(), force=True)


class Samples:
    """Pieces of eight bars and one seed, generated with the weights of some rounds of the training."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, Piece]] = []  # each with its epoch as text

    def __call__(self, progress: Progress, metadata: Metadata, weights: Weights) -> None:
        """Generate a piece, unless this round is skipped."""
        from ..generation.generator import Generator
        from ..generation.request import Request
        from ..network.network import Network

        if progress.round > 1 and progress.round % max(1, progress.num_rounds // _NUM_SAMPLES):
            return
        generator = Generator(metadata, Network(metadata, weights, batch_invariant=True), "training")
        self.pieces.append((f"epoch {progress.epoch:.1f}", generator.generate(Request(bars=_BARS, seed=_SEED))[0]))


def write_report(
    path: StrPath, metadata: Metadata, corpus: Corpus, samples: Sequence[tuple[str, Piece]], force: bool
) -> None:
    """Write the curves of a training, as a picture to a .png, else as a page with the samples. Raises OutputError."""
    from ..view.chart import write_png
    from ..view.report import report_charts, training_report

    figures = metadata.training
    history, baseline = figures["history"], figures["baseline_bits_per_note"]
    if os.fspath(path).lower().endswith(".png"):
        write_png(report_charts(history, baseline), path, force)
        return
    settings = {"corpus": str(corpus.path), **figures["settings"]}
    html = training_report(history, baseline, samples, f"Training on {corpus.path.name}", settings)
    write_text(path, html, force)
