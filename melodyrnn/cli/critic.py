"""`melodyrnn critic`: a model and its corpus → a critic in the model, which chooses among the drafts of each piece."""

from __future__ import annotations

import click

from .options import json_option, quiet_option
from .terminal import command_line, echo, echo_json, shows_progress


@click.command("critic")
@click.argument("model", metavar="MODEL")
@click.argument("corpus", metavar="CORPUS")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the pieces that it learns.")
@json_option
@quiet_option
def command(model: str, corpus: str, seed: int, as_json: bool) -> None:
    """Give MODEL a critic: with one, generate draws several drafts of each piece and keeps that most like a real tune.

    It learns to tell the training tunes of CORPUS, at least 200, from as many pieces that the model draws, in a minute
    or two, and is written into the file of the model, in the place of an older one. Needs scikit-learn.
    """
    from rich.console import Console
    from rich.progress import Progress as Bar

    from ..tasks.critic import GENERATING, CriticTask, fit
    from ..tasks.progress import Progress

    with Bar(console=Console(stderr=True), transient=True, disable=not shows_progress()) as bar:
        row = bar.add_task(GENERATING, total=None)

        def show(progress: Progress) -> None:
            bar.update(row, description=progress.stage, completed=progress.done, total=progress.total)

        fitted = fit(CriticTask(model, corpus, seed), show)
    if as_json:
        echo_json([one.to_json() for one in fitted])
        return
    for one in fitted:
        echo(
            f"critic of {one.judge.num_bars} bars: tells pieces from tunes that it has not learned with an AUC of "
            f"{one.auc:.3f} ({one.tunes} tunes, {one.pieces} pieces)"
        )
    echo("next: " + command_line(["melodyrnn", "generate", "--checkpoint", model]))
