"""The work "training": trains a model on a corpus, in a process of its own.

Where the process was killed, the next one goes on from the state that stands beside the model, MODEL.keras.run.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, cast

from ...checkpoint import load_metadata
from ...errors import SettingError
from ...files import write_text
from ...json_types import JsonObject
from ...midi.write import write_piece
from ...tasks.progress import Progress
from ...tasks.time_left import seconds_left, share_done
from ...tasks.train import train
from ...tasks.train_task import AskedSettings, TrainProgress, TrainTask
from ...tasks.training_report import Sample, Samples
from .folder import Status, WorkFolder
from .reporter import Reporter


class TrainingTask(TypedDict):
    """What is asked of a training; task.json.

    Attributes:
        name: of the model.
        created: seconds since 1970.
        corpus: the id of the corpus's work.
        data: the folder of the corpus.
        model: the file to write.
        start: the model to start from, a file or a name; None for random weights.
        max_seconds: time limit; None for none.
        settings: fields of `AskedSettings`.
    """

    name: str
    created: float
    corpus: str
    data: str
    model: str
    start: str | None
    max_seconds: float | None
    settings: JsonObject


class SampleFile(TypedDict):
    """A sample of a training: its file in `samples/`, and the passes over the training notes until then."""

    file: str
    epoch: float


def task_of(work: WorkFolder) -> TrainingTask:
    """Return what is asked. Raises OutputError where it cannot be read."""
    return cast(TrainingTask, work.task())


def state_path(work: WorkFolder) -> Path:
    """Return the file from which a training that was ended early goes on."""
    return Path(task_of(work)["model"] + ".run")


def history_path(work: WorkFolder) -> Path:
    """Return the table with the figures of each round."""
    return work.path / "history.csv"


def samples_of(work: WorkFolder) -> list[SampleFile]:
    """Return the samples so far, the oldest first."""
    try:
        return cast(list[SampleFile], json.loads(_list_of_samples(work).read_text("utf-8")))
    except (OSError, ValueError):
        return []


def sample_path(work: WorkFolder, sample: SampleFile) -> Path:
    """Return the MIDI file of a sample."""
    return work.path / "samples" / sample["file"]


def asked_settings(values: JsonObject) -> AskedSettings:
    """Return settings by name. Raises SettingError for a name or a type that they do not have."""
    kinds = {"int | None": (int,), "float | None": (int, float), "str | None": (str,), "bool | None": (bool,)}
    fields = AskedSettings.__dataclass_fields__
    for name, value in values.items():
        if name not in fields:
            raise SettingError(f"a setting must be one of {', '.join(fields)}. Received: {name[:100]}")
        allowed = kinds[str(fields[name].type)]
        if not isinstance(value, allowed) or isinstance(value, bool) != (allowed == (bool,)):
            raise SettingError(f"{name} must be {allowed[-1].__name__}. Received: {json.dumps(value)[:100]}")
    return AskedSettings(**values)


def train_model(work: WorkFolder, reporter: Reporter) -> tuple[Status, JsonObject]:
    """Train, or go on with what was begun; the best model so far is kept where it is stopped."""
    asked = task_of(work)
    model = Path(asked["model"])
    if "share" not in reporter.figures:  # figures of a training in progress are shown until there are new ones
        reporter.figures = {}
    if model.exists() and not state_path(work).exists():  # it was killed after its last step
        return "done", _figures_of_model(model)
    task = TrainTask(
        asked["data"],
        model,
        asked_settings(asked["settings"]),
        asked["start"],
        asked["max_seconds"],
        resume=True,
        history=history_path(work),
        force=True,
    )
    samples = Samples(asked["max_seconds"], lambda sample: _keep(work, sample))
    result = train(task, _listener(reporter, asked["max_seconds"]), reporter.cancellation, samples)
    return ("stopped" if result.stopped == "interrupt" else "done"), result.to_json()


def _listener(
    reporter: Reporter, max_seconds: float | None, clock: Callable[[], float] = time.monotonic
) -> Callable[[Progress], None]:
    """Return the listener of a training, which reports its figures with the time left."""
    first: list[tuple[float, float, float]] = []  # of the first step: the time, the share done, the seconds spent
    rounds: list[int] = [0]

    def listen(progress: Progress) -> None:
        if not isinstance(progress, TrainProgress):
            reporter(progress)
            return
        now, done = clock(), share_done(progress.done, progress.total or 0, progress.seconds, max_seconds)
        if not first:
            first.append((now, done, progress.seconds))
        began, before, spent = first[0]
        left = seconds_left(now - began, before, done, None if max_seconds is None else max_seconds - spent)
        reporter.figures = {**figures_of(progress), "share": done, "seconds_left": left}
        reporter(progress, has_news=progress.rounds > rounds[0])
        rounds[0] = progress.rounds

    return listen


def figures_of(progress: TrainProgress) -> JsonObject:
    """Return the figures of a training as JSON; those that are not known yet are null."""
    return {
        "epoch": progress.epoch,
        "num_epochs": progress.num_epochs,
        "notes_per_second": progress.notes_per_second,
        "train_bits": _number(progress.train_bits),
        "validation_bits": _number(progress.validation_bits),
        "best_bits": _number(progress.best_bits),
        "baseline_bits": _number(progress.baseline_bits),
        "rounds": progress.rounds,
        "seconds": progress.seconds,
    }


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _figures_of_model(model: Path) -> JsonObject:
    """Return the result of a training as it stands in the model."""
    figures = load_metadata(model).training
    names = ("stopped", "epochs", "seconds", "validation_bits_per_note", "baseline_bits_per_note",
             "start_bits_per_note", "share_of_the_way")  # fmt: skip
    return {"model": str(model), "state": None, **{name: figures.get(name) for name in names}}


def _keep(work: WorkFolder, sample: Sample) -> None:
    """Write a sample beside those before it."""
    known = samples_of(work)
    new: SampleFile = {"file": f"{len(known) + 1:03d}.mid", "epoch": round(sample.epoch, 3)}
    path = sample_path(work, new)
    path.parent.mkdir(exist_ok=True)
    write_piece(sample.piece, path, force=True)
    write_text(_list_of_samples(work), json.dumps([*known, new]), force=True)


def _list_of_samples(work: WorkFolder) -> Path:
    return work.path / "samples.json"
