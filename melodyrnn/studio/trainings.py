"""The trainings of a session: each in a process of its own, one after another; their models are those of the page."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..json_types import JsonObject
from ..midi.read import read_piece
from ..tasks.backend import check_backend
from .corpora import corpus_view
from .documents import document_of
from .endpoint import MAX_JSON, Answer, Call, CallError, Endpoint, answer_json, shown
from .longwork.folder import WorkFolder, all_work, find_work, new_work
from .longwork.queue import WorkQueue
from .longwork.reading import corpus_path
from .longwork.training import (
    TrainingTask,
    asked_settings,
    history_path,
    sample_path,
    samples_of,
    state_path,
    task_of,
)
from .reading import a_text, an_object, only, refuse
from .session import DISCARDED

MODELS = "models"  # the folder of a session's models
_NAME = re.compile(r"\w[\w .()-]*(?<![ .])")
_MAX_NAME, _MAX_MINUTES = 60, 60 * 24 * 30
_COLUMNS = {  # of the table of rounds: the name for the page
    "epoch": "epoch",
    "seconds": "seconds",
    "train_bits": "trainBits",
    "validation_bits": "validationBits",
    "best_bits": "bestBits",
}
_FIGURES = {  # of a state: the name for the page
    "epoch": "epoch",
    "num_epochs": "epochs",
    "notes_per_second": "notesPerSecond",
    "train_bits": "trainBits",
    "validation_bits": "validationBits",
    "best_bits": "bestBits",
    "baseline_bits": "baselineBits",
    "rounds": "rounds",
    "seconds": "seconds",
    "share": "share",
    "seconds_left": "secondsLeft",
}
_RESULTS = {  # of a training that has ended: the name for the page
    "stopped": "why",
    "epochs": "epochs",
    "seconds": "seconds",
    "validation_bits_per_note": "bits",
    "baseline_bits_per_note": "baselineBits",
    "start_bits_per_note": "startBits",
}


class Trainings:
    """Starts, stops, shows and removes trainings."""

    def __init__(self, root: Path, queue: WorkQueue, models: Callable[[], Mapping[str, str]]) -> None:
        """Take the folder of the session, the queue, and what gives the models by name, to start from."""
        self._root, self._queue, self._models = root, queue, models

    def endpoints(self) -> Sequence[Endpoint]:
        one = "/api/trainings/{id}"
        return (
            Endpoint("GET", "/api/trainings", self._list, "all trainings, the oldest first", gives="Trainings"),
            Endpoint("POST", "/api/trainings", self._make, "train on a corpus", MAX_JSON, "TrainingWish", "Training"),
            Endpoint("GET", one, self._show, "a training with its rounds and samples", gives="Training"),
            Endpoint("DELETE", one, self._remove, "move a training to `discarded`", gives="Training"),
            Endpoint("POST", f"{one}/stop", self._stop, "end early and keep the best so far", gives="Training"),
            Endpoint("POST", f"{one}/resume", self._resume, "go on", gives="Training"),
            Endpoint("GET", one + "/samples/{number}", self._sample, "a piece of the network then", gives="Document"),
        )

    def close(self) -> None:
        """Nothing runs here: the trainings go on in their processes."""

    def _list(self, call: Call) -> Answer:
        return answer_json([training_view(work) for work in all_work(self._root, "training")])

    def _show(self, call: Call) -> Answer:
        return answer_json(full_view(self._find(call)))

    def _make(self, call: Call) -> Answer:
        """Let a training wait for its turn."""
        asked = call.json()
        only(asked, ("corpus", "name", "minutes", "start", "settings"), "a training")
        check_backend(None)
        corpus = find_work(self._root, "corpus", a_text(asked.get("corpus"), _MAX_NAME, "corpus"))
        if corpus is None or not corpus_view(corpus)["canTrain"]:
            raise CallError("a training must have a corpus that was read. Received: another", 409)
        settings = an_object(asked.get("settings", {}), "settings")
        asked_settings(settings)
        name = self._free_name(asked.get("name"), str(corpus.task()["name"]))
        task: TrainingTask = {
            "name": name,
            "created": time.time(),
            "corpus": corpus.id,
            "data": str(corpus_path(corpus).absolute()),
            "model": str((self._root / MODELS / f"{name}.keras").absolute()),
            "start": self._start(asked.get("start")),
            "max_seconds": _seconds(asked.get("minutes")),
            "settings": settings,
        }
        work = new_work(self._root, "training", dict(task))
        self._queue.submit(work)
        return answer_json(training_view(work), 201)

    def _free_name(self, asked: object, corpus: str) -> str:
        """Return the name for a new model: the one that is asked for, or one after the corpus that is free.

        Raises CallError where the name that is asked for is taken, or cannot be that of a file.
        """
        taken = {name.lower() for name in self._models()}
        taken |= {task_of(work)["name"].lower() for work in all_work(self._root, "training")}
        if asked is not None:
            name = a_text(asked, _MAX_NAME, "name").strip()
            if not _NAME.fullmatch(name):
                raise refuse("the name of a model", "letters, digits, spaces, dots, hyphens and brackets", asked)
            if name.lower() in taken:
                raise CallError(f"the name of a model must be new. Received: {shown(name)}", 409)
            return name
        stem = re.sub(r"[^\w-]+", "-", Path(corpus).stem).strip("-")[: _MAX_NAME - 5] or "mine"
        names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
        return next(name for name in names if name.lower() not in taken)

    def _start(self, asked: object) -> str | None:
        """Return the model to start from as `train` takes it. Raises CallError where there is none of the name."""
        if asked is None:
            return None
        models, name = self._models(), a_text(asked, _MAX_NAME * 2, "start")
        if name not in models:
            raise CallError(f"start must be a model: {', '.join(models)}. Received: {shown(name)}", 404)
        found = models[name]
        return str(Path(found).absolute()) if Path(found).exists() else found

    def _stop(self, call: Call) -> Answer:
        work = self._find(call)
        self._queue.stop(work)
        return answer_json(training_view(work))

    def _resume(self, call: Call) -> Answer:
        work = self._find(call)
        if work.state()["status"] == "done":
            raise CallError("only a training that was ended early goes on. Received: one that is done", 409)
        self._queue.submit(work)
        return answer_json(training_view(work))

    def _remove(self, call: Call) -> Answer:
        """Move a training to the discarded ones; its model stays, the state to go on from goes with it."""
        work = self._find(call)
        view, state, discarded = training_view(work), state_path(work), self._root / DISCARDED
        self._queue.remove(work, discarded)
        if state.exists():
            state.rename(discarded / f"{work.kind}-{work.id}" / state.name)
        return answer_json(view)

    def _sample(self, call: Call) -> Answer:
        work, number = self._find(call), call.path["number"]
        samples = samples_of(work)
        if not number.isdecimal() or len(number) > 6 or not 1 <= int(number) <= len(samples):
            raise CallError(f"a sample must be 1..{len(samples)}. Received: {shown(number)}", 404)
        sample = samples[int(number) - 1]
        name = f"{task_of(work)['name']}, {sample['epoch']:.1f}"
        return answer_json(document_of(read_piece(sample_path(work, sample)), name=name))

    def _find(self, call: Call) -> WorkFolder:
        work = find_work(self._root, "training", call.path["id"])
        if work is None:
            raise CallError(f"there is no such training. Received: {shown(call.path['id'])}", 404)
        return work


def training_view(work: WorkFolder) -> JsonObject:
    """Return what the page is told of a training: how far it is, and once it has ended what came of it.

    Bits are per note; the baseline is an order-2 Markov chain on the validation split.
    """
    task, state = task_of(work), work.state()
    figures = state["figures"]
    model = Path(task["model"])
    return {
        "id": work.id,
        "name": task["name"],
        "created": task["created"],
        "corpus": task["corpus"],
        "start": None if task["start"] is None else Path(task["start"]).stem,
        "minutes": None if task["max_seconds"] is None else task["max_seconds"] / 60,
        "status": state["status"],
        "stage": state["stage"],
        "done": state["done"],
        "total": state["total"],
        "error": state["error"],
        "figures": _renamed(figures, _FIGURES) if "share" in figures else None,
        "result": _renamed(figures, _RESULTS) if "stopped" in figures else None,
        "model": model.stem if model.exists() else None,
        "canResume": state["status"] in ("stopped", "interrupted", "failed"),
        "samples": [sample["epoch"] for sample in samples_of(work)],
    }


def full_view(work: WorkFolder) -> JsonObject:
    """Return what the page is told of a training, with the figures of each round."""
    return {**training_view(work), "history": _history(work)}


def _history(work: WorkFolder) -> list[JsonObject]:
    try:
        with history_path(work).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        return []
    return [{new: _number(row[old]) for old, new in _COLUMNS.items() if old in row} for row in rows]


def _number(text: str) -> float | None:
    value = float(text)
    return value if abs(value) < float("inf") else None  # NaN too where nothing was measured


def _renamed(figures: JsonObject, names: Mapping[str, str]) -> JsonObject:
    return {new: figures.get(old) for old, new in names.items()}


def _seconds(minutes: object) -> float | None:
    """Return a time limit in seconds. Raises CallError."""
    if minutes is None:
        return None
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes <= _MAX_MINUTES:
        raise refuse("minutes", f"a number above 0, at most {_MAX_MINUTES:,}", minutes)
    return 60.0 * minutes
