"""The studio: all services together, and the server that offers them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from .corpora import Corpora, corpus_view
from .endpoint import Service
from .importing import Importing
from .jobs import Jobs
from .longwork.queue import WorkQueue
from .making import Making
from .models import Models
from .page_files import PageFiles
from .security import Address
from .server import serve
from .session import Session
from .trainings import MODELS, Trainings, training_view
from .wishes import WishList


def services_of(checkpoints: Sequence[str], folder: Path, osc: int | None = None) -> Sequence[Service]:
    """Return the services of a studio.

    Args:
        checkpoints: models to offer besides those that come with melodyrnn; the first is the default one.
        folder: of the session.
        osc: port on which OSC messages are taken; None takes none.

    Raises:
        CheckpointError: where one of `checkpoints` is no model.
        UsageError: where the port `osc` cannot be used.
    """
    models = Models(checkpoints, folder / MODELS)
    threading.Thread(target=models.get, name="studio-warm", daemon=True).start()  # before the page asks for it
    session = Session(folder)
    library = session.library
    jobs = Jobs()
    services: list[Service] = [
        PageFiles(),
        models,
        WishList(),
        Making(models, library, jobs),
        session,
        Importing(library),
        *_long_work(folder, models),
    ]
    if osc is None:
        return services
    from .osc import Osc  # needs an extra of its own

    return [*services, Osc(models, library, jobs, osc)]


def _long_work(folder: Path, models: Models) -> Sequence[Service]:
    """Return the services that read folders and train models, and go on with what another server left."""
    queue = WorkQueue(folder, {"corpus": corpus_view, "training": training_view})
    return queue, Corpora(folder, queue), Trainings(folder, queue, models.names)


def run_studio(
    checkpoints: Sequence[str],
    folder: Path,
    port: int = 0,
    osc: int | None = None,
    started: Callable[[Address], None] | None = None,
) -> None:
    """Serve a studio until the process is interrupted. Raises as `services_of` and `serve` do.

    Args:
        port: 0 for any free one.
        osc: as in `services_of`.
        started: called with the address as soon as calls are accepted.
    """
    serve(services_of(checkpoints, folder, osc), port, started)
