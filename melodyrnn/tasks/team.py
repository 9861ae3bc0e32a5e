"""The processes of a training come together: first by the roll call, then, when Keras has started, as its team."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from ..checkpoint import load_checkpoint
from ..corpus.store import Corpus
from ..shipped import model_path
from ..version import __version__
from .devices import Devices
from .roll_call import Card, roll_call
from .train_task import TrainTask

if TYPE_CHECKING:
    from ..checkpoint import Weights
    from ..model.distribution import Team
    from ..model.settings import TrainingSettings


def called(task: TrainTask, corpus: Corpus, settings: TrainingSettings, is_resumed: bool) -> Card:
    """Return the card of process 0, when all processes have come; see `roll_call` for the errors."""
    card = Card(
        process=task.devices.process or 0,
        processes=task.devices.processes or 1,
        same={
            "version of melodyrnn": __version__,
            "corpus": corpus.fingerprint,
            "options": json.dumps([task.settings.given(), task.max_seconds, task.devices.count]),
            "model to start from": _digest(load_checkpoint(model_path(task.start))[1]) if task.start else "",
        },
        resumes=is_resumed,
        settings={**settings.to_json()},
    )
    return roll_call(task.devices, card)


def start(devices: Devices) -> Team:
    """Let Keras, which has just been imported, compute on the devices, and return the team of this process.

    Raises:
        TrainingError: where the processes do not come together.
        SettingError: where there are fewer devices.
    """
    from ..model import distribution

    team = distribution.ALONE
    if devices.coordinator and devices.others:
        team = distribution.join(devices.coordinator, devices.others + 1, devices.process or 0)
    if devices != Devices():
        distribution.spread(team, devices.count if isinstance(devices.count, int) else None)
    return team


def _digest(weights: Weights) -> str:
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(weights[name].tobytes())
    return digest.hexdigest()
