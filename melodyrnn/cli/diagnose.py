"""`melodyrnn diagnose`: a model and a corpus → whether gradients explode or vanish."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from ..corpus.layout import SPLITS
from .options import force_option, json_option, quiet_option
from .terminal import echo, echo_json, shows_progress
from .training_display import quiet_backend

if TYPE_CHECKING:
    from ..tasks.diagnose import DiagnoseResult, DiagnoseTask
    from ..tasks.progress import Progress


@click.command("diagnose")
@click.argument("model", metavar="MODEL")
@click.argument("corpus", metavar="CORPUS")
@click.option(
    "--split",
    type=click.Choice([*SPLITS, "all"]),
    default="all",
    show_default=True,
    help="Split of the corpus to measure on.",
)
@click.option("--html", metavar="FILE.html", help="Write a page with the tables and charts.")
@click.option("--png", metavar="FILE.png", help="Write the charts as one picture.")
@json_option
@quiet_option
@force_option
def command(model: str, corpus: str, split: str, html: str | None, png: str | None, as_json: bool, force: bool) -> None:
    """Show how strongly the loss at a note depends on the state of the network at earlier notes.

    The gradient of a recurrent network is a product with one factor for each note, so it may explode or vanish. The
    verdict also uses the norms of the gradients in training, which the model file stores.
    """
    from ..tasks.diagnose import DiagnoseTask

    with quiet_backend():
        result = _with_status(DiagnoseTask(model, corpus, split, html, png, force))
    if as_json:
        echo_json(result.to_json(), indent=1)
        return
    for text in (result.influence_table, result.norms_table, result.verdict_text):
        echo(text)


def _with_status(task: DiagnoseTask) -> DiagnoseResult:
    """Diagnose, with a status line on a terminal while the gradients are measured."""
    from ..tasks.diagnose import diagnose

    with ExitStack() as stack:

        def show(progress: Progress) -> None:
            from rich.console import Console

            if progress.done:
                stack.close()
            elif shows_progress():
                stack.enter_context(Console(stderr=True).status(progress.stage))

        return diagnose(task, show)
