"""`melodyrnn train`: a corpus → a model file."""

from __future__ import annotations

import os

import click

from ..tasks.backend import BACKENDS
from ..tasks.devices import Count, Devices
from ..tasks.train_task import AskedSettings, TrainResult, TrainTask
from .options import CountType, DurationType, FiniteRange, force_option, json_option, quiet_option
from .terminal import command_line, echo, echo_json, echo_wrapped
from .training_display import TrainingDisplay, quiet_backend

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
    help="Share of the sequences in which form and layout (which bars repeat, how the tune is built) are hidden; after "
    "training with 1, `generate --form`, `--pickup` and the like have no effect [default: 0.5].",
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
@click.option(
    "--backend",
    type=click.Choice(BACKENDS),
    help="Backend of Keras [default: as configured in Keras, or what is installed].",
)
@click.option(
    "--devices",
    "count",
    type=CountType(),
    help="Devices that share each step, a number or all; with the jax backend [default: one; with processes all].",
)
@click.option(
    "--coordinator",
    metavar="HOST:PORT",
    help="Train together with other processes, also on other hosts: the address of process 0, with a free port.",
)
@click.option("--processes", type=click.IntRange(1), help="Number of the processes that train together.")
@click.option("--process", type=click.IntRange(0), help="Number of this one, from 0; process 0 writes the model.")
@click.option("--history", metavar="FILE.csv", help="Write the figures of every round as a table during training.")
@click.option("--report", metavar="FILE.html", help="Write the curves as a page (or, as FILE.png, as a picture).")
@click.option("--tensorboard", metavar="FOLDER", help="Write logs for TensorBoard.")
@json_option
@quiet_option
@force_option
def command(
    corpus: str,
    output: str,
    start: str | None,
    max_seconds: float | None,
    resume: bool,
    backend: str | None,
    count: Count | None,
    coordinator: str | None,
    processes: int | None,
    process: int | None,
    history: str | None,
    report: str | None,
    tensorboard: str | None,
    as_json: bool,
    force: bool,
    **settings: int | float | str | None,
) -> int:
    """Train a network on a corpus and write it to MODEL.keras.

    The progress shows bits per note, which measure prediction; fewer are better. "Markov chain" is the figure of a
    simple model that knows only the two notes before. Ctrl-C stops early and keeps the best model so far. Until the
    run is done, its state is saved beside the model as MODEL.keras.run; --resume continues from there after a crash, a
    kill or Ctrl-C.
    """
    from ..tasks.train import train

    asked = AskedSettings(**settings)  # type: ignore[arg-type]  # click has checked the types
    devices = Devices(count, coordinator, processes, process)
    task = TrainTask(
        corpus, output, asked, start, max_seconds, resume, backend, history, report, tensorboard, force, devices
    )
    with quiet_backend(), TrainingDisplay(max_seconds) as display:
        result = train(task, display)
    if as_json:
        echo_json(result.to_json())
    else:
        _say(result)
    return 1 if result.stopped == "exploded" else 0


def _say(result: TrainResult) -> None:
    """Print the result of the training, what its figure means, and the next command."""
    if why := _STOPPED.get(result.stopped):
        echo(f"stopped: {why}", err=True)
    if result.process:
        echo(f"process {result.process} is done; process 0 writes the model")
        return
    bits, baseline = result.validation_bits_per_note, result.baseline_bits_per_note
    spent = f"{result.epochs:.0f} epochs in {result.seconds:.0f} s"
    if bits is None or baseline is None:
        echo_wrapped(f"{result.output}: {spent}, no validation split to measure on", "  ")
    else:
        echo_wrapped(f"{result.output}: {bits:.3f} bits per note on the validation split, {spent}", "  ")
        echo_wrapped(f"  {meaning(bits, baseline)}{_gained(result, bits)}", "  ")
    if result.stopped != "exploded":
        echo("next: " + command_line(["melodyrnn", "generate", "--checkpoint", os.fspath(result.output)]))


def meaning(bits: float, baseline: float) -> str:
    """Return what bits per note mean, beside those of an order-2 Markov chain on the same notes."""
    words = f"as uncertain as a choice among {2**bits:.3g} equally likely notes; an order-2 Markov chain "
    words += f"needs {baseline:.3f} ({2**baseline:.3g} notes)"
    return words if bits < baseline else f"{words}, so train longer, or on more music"


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
