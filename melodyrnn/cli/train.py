"""`melodyrnn train`: a corpus → a model file."""

from __future__ import annotations

import os
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING

import click

from ..tasks.progress import Progress
from ..tasks.train import train
from ..tasks.train_task import BACKENDS, AskedSettings, Compiling, TrainProgress, TrainResult, TrainTask
from .options import DurationType, FiniteRange, force_option
from .terminal import echo

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.status import Status

_STOPPED = {
    "patience": "validation no longer improved",
    "time": "the time limit was reached",
    "interrupt": "interrupted; the best model so far is kept, and --resume continues",
    "exploded": "the loss exploded; the last good model is kept (see `melodyrnn diagnose`)",
}


@click.command("train")
@click.argument("corpus", metavar="CORPUS")
@click.option("-o", "--output", required=True, metavar="MODEL.keras", help="File to write the model to.")
@click.option(
    "--from",
    "start",
    metavar="MODEL",
    help="Start from the weights, cell and sizes of this model; the result is never worse on the validation split.",
)
@click.option(
    "--epochs", type=click.IntRange(1), help="Passes over the training notes [default: by size; with --from a third]."
)
@click.option("--time", "max_seconds", type=DurationType(), help="Time limit, such as 90s, 30m or 2h.")
@click.option("--resume", is_flag=True, help="Continue a stopped run from its last saved step.")
@click.option("--cell", help="lstm, gru, rnn, irnn, or feedforward, which has no memory [default: lstm].")
@click.option("--activation", help="Activation of the cell rnn: tanh, relu or sigmoid [default: tanh].")
@click.option("--window", type=click.IntRange(1), help="Number of notes that the cell feedforward reads [default: 16].")
@click.option("--layers", "num_layers", type=click.IntRange(1), help="Number of recurrent layers [default: 2].")
@click.option("--units", type=click.IntRange(1), help="Width of each layer [default: by size].")
@click.option(
    "--dropout",
    type=FiniteRange(0, 1, max_open=True),
    help="Share of activations dropped [default: by size].",
)
@click.option(
    "--lookbacks/--no-lookbacks",
    default=None,
    help="Whether the network reads the notes of earlier bars as candidates and may copy them [default: yes].",
)
@click.option(
    "--hide-lookbacks",
    type=FiniteRange(0, 1),
    help="Share of the sequences in which look-backs are hidden, so that it learns to do without [default: 0.25].",
)
@click.option(
    "--hide-form",
    type=FiniteRange(0, 1),
    help="Share of the sequences in which the form (which bars repeat) is hidden; after training with 1, "
    "`generate --form` has no effect [default: 0.5].",
)
@click.option("--batch-size", type=click.IntRange(1), help="Sequences per training step [default: by size].")
@click.option("--length", type=click.IntRange(2), help="Notes per sequence [default: 128].")
@click.option(
    "--learning-rate",
    type=FiniteRange(0, min_open=True),
    help="Highest learning rate of Adam [default: 0.002; with --from 0.0005].",
)
@click.option(
    "--clip-norm",
    type=FiniteRange(0),
    help="Largest norm of a gradient; a larger one is scaled down, so that gradients cannot explode; "
    "0 does not clip [default: 1].",
)
@click.option(
    "--patience",
    type=FiniteRange(0, 1, min_open=True),
    help="Share of the run without improvement after which to stop; 1 never stops early [default: 0.3].",
)
@click.option("--seed", type=click.IntRange(0), help="Seed of initial weights, batches and dropout [default: 0].")
@click.option("--backend", type=click.Choice(BACKENDS), help="Backend of Keras [default: as configured in Keras].")
@click.option("--history", metavar="FILE.csv", help="Write the figures of every round as a table during training.")
@click.option("--report", metavar="FILE.html", help="Write the curves as a page (or, as FILE.png, as a picture).")
@click.option("--tensorboard", metavar="FOLDER", help="Write logs for TensorBoard.")
@force_option
def command(
    corpus: str,
    output: str,
    start: str | None,
    max_seconds: float | None,
    resume: bool,
    backend: str | None,
    history: str | None,
    report: str | None,
    tensorboard: str | None,
    force: bool,
    **settings: int | float | str | None,
) -> int:
    """Train a network on a corpus and write it to MODEL.keras.

    The progress shows bits per note, which measure prediction; fewer are better. "markov" is the figure of a simple
    order-2 Markov chain. Ctrl-C stops early and keeps the best model so far. Until the run is done, its state is saved
    beside the model as MODEL.keras.run; --resume continues from there after a crash, a kill or Ctrl-C.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    asked = AskedSettings(**settings)  # type: ignore[arg-type]  # click has checked the types
    task = TrainTask(corpus, output, asked, start, max_seconds, resume, backend, history, report, tensorboard, force)
    with _Display() as display:
        result = train(task, display)
    return _say(result)


def _say(result: TrainResult) -> int:
    """Print the result of the training; return the exit code."""
    if why := _STOPPED.get(result.stopped):
        echo(f"stopped: {why}", err=True)
    bits = "no validation split to measure on"
    if result.validation_bits_per_note is not None:
        bits = (
            f"{result.validation_bits_per_note:.3f} bits per note on the validation split "
            f"(order-2 Markov {result.baseline_bits_per_note:.3f}{_gained(result, result.validation_bits_per_note)})"
        )
    echo(f"{result.output}: {bits}, {result.epochs:.0f} epochs in {result.seconds:.0f} s")
    return 1 if result.stopped == "exploded" else 0


def _gained(result: TrainResult, bits: float) -> str:
    """Return words that compare the model with its start model; empty without one."""
    start = result.start_bits_per_note
    if start is None:
        return ""
    if bits < start:
        share = result.share_of_the_way
        kept = f", and the weights {share:.0%} of the way from it are kept" if share < 1 else ""
        return f", the model it started from {start:.3f}{kept}"
    return "; no better than the model it started from, which is kept"


class _Display:
    """Shows the progress on stderr: a bar on a terminal; elsewhere a line for each round."""

    def __init__(self) -> None:
        self._live: Status | Bar | None = None  # what is shown on a terminal
        self._rounds = 0  # number of rounds printed

    @cached_property
    def _console(self) -> Console:
        from rich.console import Console

        return Console(stderr=True)

    def __enter__(self) -> _Display:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._show(None)

    def __call__(self, progress: Progress) -> None:
        if isinstance(progress, TrainProgress):
            self._step(progress)
        elif isinstance(progress, Compiling):
            self._show(None)
            for device in progress.devices:
                echo(f"on {device}", err=True)
            if self._console.is_terminal:
                self._show(self._bar(progress.stage))
        elif self._console.is_terminal:
            self._show(self._console.status(progress.stage))

    def _show(self, live: Status | Bar | None) -> None:
        """Replace the shown display by `live`."""
        if self._live is not None:
            self._live.stop()
        self._live = live
        if live is not None:
            live.start()

    def _bar(self, description: str) -> Bar:
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("{task.description}"), BarColumn(20), TextColumn("{task.percentage:.0f} %"))
        bar = Bar(*columns, TimeRemainingColumn(), console=self._console)
        bar.add_task(description, total=None)
        return bar

    def _step(self, progress: TrainProgress) -> None:
        from rich.progress import Progress as Bar

        if isinstance(self._live, Bar):
            (task,) = self._live.task_ids
            self._live.update(task, description=_words(progress), completed=progress.done, total=progress.total)
        elif progress.rounds > self._rounds:
            self._rounds = progress.rounds
            echo(_words(progress), err=True)


def _words(progress: TrainProgress) -> str:
    parts = [
        f"epoch {progress.epoch:.1f}/{progress.num_epochs:.0f}",
        f"{progress.notes_per_second:,.0f} notes/s",
        f"train {progress.train_bits:.3f}",
    ]
    if progress.validation_bits is not None:
        best = f"(best {progress.best_bits:.3f})  markov {progress.baseline_bits:.3f}"
        parts.append(f"validation {progress.validation_bits:.3f} {best}")
    return "  ".join([*parts, "bits/note"])
