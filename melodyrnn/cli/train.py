"""`melodyrnn train`: a corpus → a model file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import click

from ..corpus.store import open_corpus
from ..files import refuse_existing
from .options import force_option

if TYPE_CHECKING:
    from rich.console import Console

    from ..model.training import Listener, Progress


@click.command("train")
@click.argument("corpus", metavar="CORPUS")
@click.option("-o", "--output", required=True, metavar="MODEL.keras", help="File to write the model to.")
@click.option("--epochs", type=click.IntRange(1), help="Passes over the training notes [default: by size].")
@click.option("--batch-size", type=click.IntRange(1), help="Sequences a step [default: by size].")
@click.option("--length", type=click.IntRange(2), default=128, show_default=True, help="Notes a sequence.")
@click.option("--units", type=click.IntRange(1), help="Width of each LSTM layer [default: by size].")
@click.option("--layers", "num_layers", type=click.IntRange(1), default=2, show_default=True, help="LSTM layers.")
@click.option(
    "--dropout",
    type=click.FloatRange(0, 1, max_open=True),
    help="Share of activations dropped [default: by size].",
)
@click.option(
    "--learning-rate",
    type=click.FloatRange(0, min_open=True),
    default=2e-3,
    show_default=True,
    help="Of Adam, at its highest.",
)
@click.option(
    "--clip-norm",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="Largest norm of a gradient; what exceeds it is scaled down, so that gradients cannot explode.",
)
@click.option(
    "--patience",
    type=click.IntRange(1),
    default=12,
    show_default=True,
    help="Validations without a gain after which to stop.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Draws initial weights, batches and dropout.",
)
@click.option(
    "--backend",
    type=click.Choice(["tensorflow", "jax", "torch"]),
    help="What Keras computes with [default: Keras's own choice].",
)
@force_option
def command(corpus: str, output: str, backend: str | None, force: bool, **settings: Any) -> None:
    """Train a network on a corpus and write it to MODEL.keras.

    While it runs it shows bits per note: how many yes-or-no questions each note still costs. "markov" is what a simple
    order-2 Markov chain pays. Ctrl-C stops early and keeps the best model so far.
    """
    opened = open_corpus(corpus)
    if not output.endswith(".keras"):
        raise click.UsageError(f"a model's name must end in .keras. Received: {output}")
    refuse_existing(output, force)
    if backend:
        os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("starting Keras") if console.is_terminal else nullcontext():
        from ..model.saving import save_model
        from ..model.settings import TrainingSettings
        from ..model.training import Run, train
    with _listener(console) as listener:
        network, metadata = train(opened, TrainingSettings(**settings), Run(listener))
    save_model(network, metadata, output, force)
    figures = metadata.training
    click.echo(
        f"{output}: {figures['validation_bits_per_note']:.3f} bits per note on the validation split "
        f"(order-2 Markov {figures['baseline_bits_per_note']:.3f}), "
        f"{figures['epochs']} epochs in {figures['seconds']:.0f} s"
    )


@contextmanager
def _listener(console: Console) -> Iterator[Listener]:
    """A progress bar on a terminal; elsewhere a line for every validation."""
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    if not console.is_terminal:
        told = 0

        def tell(p: Progress) -> None:
            nonlocal told
            if len(p.history) > told:
                told = len(p.history)
                click.echo(_words(p), err=True)

        yield tell
        return
    columns = (TextColumn("{task.description}"), BarColumn(20), TextColumn("{task.percentage:.0f} %"))
    with Bar(*columns, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("compiling the network", total=None)
        yield lambda p: bar.update(task, description=_words(p), completed=p.step, total=p.num_steps)


def _words(p: Progress) -> str:
    speed = p.notes / p.seconds if p.seconds else 0.0
    parts = [
        f"epoch {min(p.epoch + 1, p.num_epochs)}/{p.num_epochs}",
        f"{speed:,.0f} notes/s",
        f"train {p.train_bits:.3f}",
    ]
    if p.history:
        parts.append(f"validation {p.validation_bits:.3f} (best {p.best_bits:.3f})")
    return "  ".join([*parts, f"markov {p.baseline_bits:.3f} bits/note"])
