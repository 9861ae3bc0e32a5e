"""`melodyrnn train`: a corpus → a model file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..checkpoint import load_checkpoint
from ..corpus.store import Corpus, open_corpus
from ..errors import MissingExtraError, SettingError
from ..extras import require
from ..files import check_output, remove_leftovers
from ..shipped import model_path
from .options import DurationType, force_option

if TYPE_CHECKING:
    from rich.console import Console

    from ..checkpoint import Metadata, Weights
    from ..model.run import Listener, Progress
    from ..model.settings import TrainingSettings
    from ..music.piece import Piece

BACKENDS = ("tensorflow", "jax", "torch")
_STOPPED = {
    "patience": "it no longer gained",
    "time": "the time was up",
    "interrupt": "interrupted; the best so far is kept, and --resume goes on",
    "exploded": "its loss exploded; the last good model is kept (`melodyrnn diagnose` says more)",
}


@click.command("train")
@click.argument("corpus", metavar="CORPUS")
@click.option("-o", "--output", required=True, metavar="MODEL.keras", help="File to write the model to.")
@click.option(
    "--from",
    "start",
    metavar="MODEL",
    help="Start from this model's weights, its cell and sizes; on the validation split it never ends worse.",
)
@click.option(
    "--epochs", type=click.IntRange(1), help="Passes over the training notes [default: by size; with --from a third]."
)
@click.option("--time", "max_seconds", type=DurationType(), help="Stop by then, such as 90s, 30m or 2h.")
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped, from its last saved step.")
@click.option("--cell", help="lstm, gru, rnn, irnn, or feedforward, which has no memory [default: lstm].")
@click.option("--activation", help="Of the cell rnn: tanh, relu or sigmoid [default: tanh].")
@click.option("--window", type=click.IntRange(1), help="Notes that the cell feedforward sees [default: 16].")
@click.option("--layers", "num_layers", type=click.IntRange(1), help="Recurrent layers [default: 2].")
@click.option("--units", type=click.IntRange(1), help="Width of each layer [default: by size].")
@click.option(
    "--dropout",
    type=click.FloatRange(0, 1, max_open=True),
    help="Share of activations dropped [default: by size].",
)
@click.option(
    "--lookbacks/--no-lookbacks",
    default=None,
    help="Whether the network is told what stood bars before and may copy it [default: yes].",
)
@click.option(
    "--hide-lookbacks",
    type=click.FloatRange(0, 1),
    help="Share of the sequences in which they are hidden, so that it learns to do without [default: 0.25].",
)
@click.option(
    "--hide-form",
    type=click.FloatRange(0, 1),
    help="Share of the sequences in which it is not told which bars come back; with 1 it is never told, and "
    "`generate --form` has nothing to hold it by [default: 0.5].",
)
@click.option("--batch-size", type=click.IntRange(1), help="Sequences a step [default: by size].")
@click.option("--length", type=click.IntRange(2), help="Notes a sequence [default: 128].")
@click.option(
    "--learning-rate",
    type=click.FloatRange(0, min_open=True),
    help="Of Adam, at its highest [default: 0.002; with --from 0.0005].",
)
@click.option(
    "--clip-norm",
    type=click.FloatRange(0),
    help="Largest norm of a gradient; what exceeds it is scaled down, so that gradients cannot explode; "
    "0 leaves it as it is [default: 1].",
)
@click.option(
    "--patience",
    type=click.FloatRange(0, 1, min_open=True),
    help="Share of the run without a gain after which to stop; 1 never does [default: 0.3].",
)
@click.option("--seed", type=click.IntRange(0), help="Draws initial weights, batches and dropout [default: 0].")
@click.option("--backend", type=click.Choice(BACKENDS), help="What Keras computes with [default: Keras's own choice].")
@click.option("--history", metavar="FILE.csv", help="Write the figures of every round as a table, while it runs.")
@click.option("--report", metavar="FILE.html", help="Write the curves as a page (or, as FILE.png, as a picture).")
@click.option("--tensorboard", metavar="FOLDER", help="Write what TensorBoard shows, through Keras.")
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
    **settings: Any,
) -> None:
    """Train a network on a corpus and write it to MODEL.keras.

    While it runs it shows bits per note: how many yes-or-no questions each note still costs. "markov" is what a simple
    order-2 Markov chain pays. Ctrl-C stops early and keeps the best model so far. The state of the run is saved beside
    the model as MODEL.keras.run until it is done; --resume goes on from there after a crash, a kill or Ctrl-C.
    """
    opened = open_corpus(corpus)
    state = _check_outputs(output, history, report, resume, force)
    _check_packages(backend, report, tensorboard)
    asked = {k: v for k, v in settings.items() if v is not None}
    weights, wanted = _resumed(state, asked) if resume and state.exists() else _wanted(opened, start, asked)
    remove_leftovers(state.absolute().parent)
    if backend:
        os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("starting Keras") if console.is_terminal else nullcontext():
        from ..model import training as keras_training
        from ..model.recurrence import gpus
        from ..model.run import Run
        from ..model.saving import save_model
    for device in gpus():
        click.echo(f"on {device}", err=True)
    callbacks = [keras_training.tensorboard(tensorboard)] if tensorboard else []
    with _listener(console) as tell:
        listener = _with_history(tell, history)
        samples = _Samples() if report else None
        run = Run(listener, state, resume, weights, max_seconds, callbacks, samples)
        network, metadata = keras_training.train(opened, wanted, run)
    save_model(network, metadata, output, force or resume, opened.melodies("train"))
    figures = metadata.training
    if figures["stopped"] != "interrupt":
        state.unlink(missing_ok=True)
    if report:
        _write_report(report, figures, opened, samples, force or resume)
    _say(output, figures)


def _wanted(corpus: Corpus, start: str | None, asked: dict[str, Any]) -> tuple[Weights | None, TrainingSettings]:
    """The weights to start from and the settings; what is wrong with them is told before Keras is loaded."""
    from ..model.settings import TrainingSettings
    from ..model.transfer import carry_over, settings_from

    settings = TrainingSettings(**asked)
    if start is None:
        return None, settings
    metadata, weights = load_checkpoint(model_path(start))
    carried = carry_over(weights, metadata.vocabulary, corpus.vocabulary)
    return carried, settings_from(settings, metadata, set(asked))


def _resumed(state: Path, asked: dict[str, Any]) -> tuple[None, TrainingSettings]:
    """The settings of the saved run, which need not be asked for again; what is asked for must agree with them."""
    from ..model.settings import TrainingSettings
    from ..model.state import read_head, refuse_other_settings

    saved = read_head(state)["settings"]
    refuse_other_settings(saved, asked)
    return None, TrainingSettings(**saved)


def _check_packages(backend: str | None, report: str | None, tensorboard: str | None) -> None:
    """Ask for packages that come with no plain install before hours of training need them."""
    if backend and backend != "tensorflow" and find_spec(backend) is None:
        raise MissingExtraError(f"--backend {backend} needs its package: pip install {backend}. Received: none")
    if report and report.lower().endswith(".png"):
        require("plot")
    if tensorboard:
        require("tensorboard")


def _check_outputs(output: str, history: str | None, report: str | None, resume: bool, force: bool) -> Path:
    """Refuse before hours of training what would fail after them; the file of the run's state."""
    if not output.endswith(".keras"):
        raise click.UsageError(f"a model's name must end in .keras. Received: {output}")
    if report and not report.lower().endswith((".html", ".png")):
        raise click.UsageError(f"a report's name must end in .html or .png. Received: {report}")
    state = Path(f"{output}.run")
    if resume and not state.exists() and Path(output).exists():
        raise SettingError(
            "--resume needs a run that was stopped; a finished model is trained on with --from. "
            f"Received: {output}, with no {state.name} beside it"
        )
    for path in (output, history, report):
        if path:
            check_output(path, force or (resume and state.exists()))
    if state.exists() and not resume and not force:  # with --force it stands until the new run has something to save
        raise SettingError(f"a run that was stopped must be taken up (--resume) or given up (--force). Found: {state}")
    return state


def _say(output: str, figures: dict[str, Any]) -> None:
    why = _STOPPED.get(figures["stopped"])
    if why:
        click.echo(f"stopped: {why}", err=True)
    bits = "no validation split to measure it on"
    if figures["validation_bits_per_note"] is not None:
        bits = (
            f"{figures['validation_bits_per_note']:.3f} bits per note on the validation split "
            f"(order-2 Markov {figures['baseline_bits_per_note']:.3f}{_gained(figures)})"
        )
    click.echo(f"{output}: {bits}, {figures['epochs']:.0f} epochs in {figures['seconds']:.0f} s")
    if figures["stopped"] == "exploded":
        raise SystemExit(1)


def _gained(figures: dict[str, Any]) -> str:
    start = figures["start_bits_per_note"]
    if start is None:
        return ""
    if figures["validation_bits_per_note"] < start:
        share = figures["share_of_the_way"]
        kept = f", and the weights {share:.0%} of the way from it are kept" if share < 1 else ""
        return f", the model it started from {start:.3f}{kept}"
    return "; nothing was gained over the model it started from, which is kept"


def _with_history(tell: Listener, path: str | None) -> Listener:
    """A listener that also writes the table of rounds, whenever there is a new one."""
    if path is None:
        return tell
    from ..files import atomic_file

    written = 0

    def listen(p: Progress) -> None:
        nonlocal written
        if len(p.history) > written:
            written = len(p.history)
            lines = [",".join(p.history[0]), *(",".join(map(str, row.values())) for row in p.history)]
            with atomic_file(path, force=True) as temporary:
                temporary.write_text("\n".join(lines) + "\n", "utf-8")
        tell(p)

    return listen


class _Samples:
    """A piece of eight bars, always of the same seed, from the weights of some rounds spread over the training."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, Piece]] = []

    def __call__(self, p: Progress, metadata: Metadata, weights: Weights) -> None:
        from ..generation.generator import Generator
        from ..generation.request import Request
        from ..network.network import Network

        if p.round > 1 and p.round % max(1, p.num_rounds // 6):
            return
        generator = Generator(metadata, Network(metadata, weights, batch_invariant=True), "training")
        self.pieces.append((f"epoch {p.epoch:.1f}", generator.generate(Request(num=1, bars=8, seed=1))[0]))


def _write_report(path: str, figures: dict[str, Any], corpus: Corpus, samples: _Samples | None, force: bool) -> None:
    from ..files import atomic_file
    from ..view.chart import write_png
    from ..view.report import report_charts, training_report

    if path.lower().endswith(".png"):
        write_png(report_charts(figures["history"], figures["baseline_bits_per_note"]), path, force)
        return
    settings = {"corpus": str(corpus.path), **figures["settings"]}
    pieces = samples.pieces if samples is not None else []
    html = training_report(
        figures["history"], figures["baseline_bits_per_note"], pieces, f"Training on {corpus.path.name}", settings
    )
    with atomic_file(path, force) as temporary:
        temporary.write_text(html, "utf-8")


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
        f"epoch {p.epoch:.1f}/{p.num_steps / p.steps_per_epoch:.0f}",
        f"{speed:,.0f} notes/s",
        f"train {p.train_bits:.3f}",
    ]
    if p.history and "validation_bits" in p.history[-1]:
        parts.append(f"validation {p.validation_bits:.3f} (best {p.best_bits:.3f})  markov {p.baseline_bits:.3f}")
    return "  ".join([*parts, "bits/note"])
