"""All services of the studio together. Importing this takes most of the time until a studio answers: see `launch`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from .corpora import Corpora, corpus_view
from .endpoint import Service
from .importing import Importing
from .jobs import Jobs
from .longwork.queue import WorkQueue
from .making import Making
from .models import Models
from .openapi import OpenApi
from .page_files import PageFiles
from .ports import Ports
from .session import Session
from .soundfont import SoundFontFile
from .trainings import MODELS, Trainings, training_view
from .wishes import WishList


def services_of(
    checkpoints: Sequence[str], folder: Path, osc: int | None = None, soundfont: Path | None = None
) -> Sequence[Service]:
    """Return the services of a studio.

    Args:
        checkpoints: models to offer besides those that come with melodyrnn; the first is the default one.
        folder: of the session.
        osc: port on which OSC messages are taken; None takes none.
        soundfont: with which the page plays; None for the one that is found on this machine.

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
        SoundFontFile(soundfont),
        models,
        WishList(),
        Making(models, library, jobs),
        session,
        Importing(library),
        Ports(),
        *_long_work(folder, models),
    ]
    if osc is not None:
        from .osc import Osc  # needs an extra of its own

        services.append(Osc(models, library, jobs, osc))
    return [*services, OpenApi(services)]


def _long_work(folder: Path, models: Models) -> Sequence[Service]:
    """Return the services that read folders and train models, and go on with what another server left."""
    queue = WorkQueue(folder, {"corpus": corpus_view, "training": training_view})
    return queue, Corpora(folder, queue), Trainings(folder, queue, models.names)
