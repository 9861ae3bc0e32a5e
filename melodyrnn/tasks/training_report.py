"""Further outputs of a training: the table of its rounds, and the report with curves and samples."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..files import write_text
from .paths import StrPath
from .time_left import share_done

if TYPE_CHECKING:
    from ..checkpoint import Metadata, Weights
    from ..corpus.store import Corpus
    from ..model.run import Progress
    from ..music.piece import Piece

_NUM_SAMPLES = 6  # of a training, beside that of the first round
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


@dataclass(frozen=True, slots=True)
class Sample:
    """A piece generated during a training, and the number of passes over the training notes until then."""

    epoch: float
    piece: Piece


class Samples:
    """Pieces of eight bars and one seed, generated with the weights of some rounds of the training.

    There is one after the first round, and one after each sixth of the training, by steps or by time.

    Attributes:
        pieces: the samples so far.
    """

    def __init__(self, max_seconds: float | None = None, listener: Callable[[Sample], None] | None = None) -> None:
        """Take the time limit of the training, in seconds, None for none, and what is called with each new sample."""
        self.pieces: list[Sample] = []
        self._max_seconds, self._listener = max_seconds, listener
        self._last = 0  # the sixth of the last sample

    def __call__(self, progress: Progress, metadata: Metadata, weights: Weights) -> None:
        """Generate a piece, unless this round is skipped."""
        from ..generation.generator import Generator
        from ..generation.request import Request
        from ..network.network import Network

        sixth = int(_NUM_SAMPLES * share_done(progress.step, progress.num_steps, progress.seconds, self._max_seconds))
        if self.pieces and sixth <= self._last:
            return
        self._last = sixth
        generator = Generator(metadata, Network(metadata, weights, batch_invariant=True), "training")
        sample = Sample(progress.epoch, generator.generate(Request(bars=_BARS, seed=_SEED))[0])
        self.pieces.append(sample)
        if self._listener is not None:
            self._listener(sample)


def write_report(path: StrPath, metadata: Metadata, corpus: Corpus, samples: Sequence[Sample], force: bool) -> None:
    """Write the curves of a training, as a picture to a .png, else as a page with the samples. Raises OutputError."""
    from ..view.chart import write_png
    from ..view.report import report_charts, training_report

    figures = metadata.training
    history, baseline = figures["history"], figures["baseline_bits_per_note"]
    if os.fspath(path).lower().endswith(".png"):
        write_png(report_charts(history, baseline), path, force)
        return
    settings = {"corpus": str(corpus.path), **figures["settings"]}
    pieces = [(f"epoch {sample.epoch:.1f}", sample.piece) for sample in samples]
    html = training_report(history, baseline, pieces, f"Training on {corpus.path.name}", settings)
    write_text(path, html, force)
