"""What benchmarks/gpu_training.py measures: each in a process of its own, as a line of JSON.

    python benchmarks/gpu_measurements.py NAME ARGUMENTS

NAME is one of MEASUREMENTS, ARGUMENTS are a JSON object.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from melodyrnn.checkpoint import Metadata, Weights
from melodyrnn.corpus.batches import Batches
from melodyrnn.corpus.contexts import training_examples
from melodyrnn.corpus.store import Corpus, open_corpus
from melodyrnn.events.inputs import Inputs
from melodyrnn.model.run import Progress, Run
from melodyrnn.model.settings import SettingValue, TrainingSettings
from melodyrnn.music.units import STEPS_PER_QUARTER

if TYPE_CHECKING:
    import keras

    from melodyrnn.model.network import NoteNetwork

SECONDS = 3.0  # that steps are timed
FEWEST = 3  # rounds or steps that are timed, however long they take
STEPS = {True: 20, False: 1}  # of a round, on a GPU and on a CPU
MANY = 1_000_000  # rounds or steps: more than anyone waits for
VALUES = 130  # of the embedding of torch

Figures: TypeAlias = dict[str, float | str | None]
Batch: TypeAlias = tuple[dict[str, npt.NDArray[np.int32]], npt.NDArray[np.float32]]


def main() -> None:
    print(json.dumps(MEASUREMENTS[sys.argv[1]](**json.loads(sys.argv[2]))), flush=True)


def device() -> Figures:
    """The backend and its device in words, and whether that is a GPU."""
    import keras

    from melodyrnn.model.recurrence import gpus

    found = gpus()
    version = f"{keras.config.backend()}, keras {keras.__version__}"
    return {"text": f"{version}; {_card(found[0]) if found else f'CPU, {os.cpu_count()} cores'}", "gpu": bool(found)}


def _card(name: str) -> str:
    """The model of the first NVIDIA card; for others, the name that Keras gives it."""
    try:
        query = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"]
        return subprocess.run(query, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return name


def melodyrnn(
    corpus: str,
    layers: int,
    units: int,
    precision: str,
    batch: int,
    length: int,
    seconds: float = SECONDS,
    compiled: bool | None = None,
) -> Figures:
    """Seconds to the end of the first steps and of a later step, and notes a second of such steps and end to end."""
    began, music = time.monotonic(), open_corpus(corpus)
    import keras

    from melodyrnn.model.monitor import TrainingMonitor
    from melodyrnn.model.network import NoteNetwork
    from melodyrnn.model.recurrence import gpus
    from melodyrnn.model.saving import build_network
    from melodyrnn.model.training import compile_network
    from melodyrnn.model.validation import BestWeights

    if precision != "float32":
        keras.config.set_dtype_policy(f"mixed_{precision}")
    settings = TrainingSettings(units=units, num_layers=layers, batch_size=batch, length=length)
    settings = settings.resolved(len(music.events), len(music.pieces), has_parts=music.has_parts)
    network = build_network(NoteNetwork(Inputs.of(music.vocabulary), **settings.network))
    optimizer = compile_network(network, settings, MANY, compiled)
    num_steps = STEPS[bool(gpus())]
    rounds = _moments(seconds, network, OneBatch(**_batches(music, settings)), settings, _progress(num_steps))
    step = median(np.diff(rounds)) / num_steps
    progress = _progress(MANY)
    monitor = TrainingMonitor(music, settings, BestWeights(None), progress, optimizer, Run())
    ends = _moments(seconds, network, Batches(**_batches(music, settings)), settings, progress, monitor)
    figures = {"start": rounds[0] - began, "step": step, "rate": batch * length / step}
    figures["end_to_end"] = batch * length * (len(ends) - 1) / (ends[-1] - ends[0])
    return {**figures, "note": "" if monitor.stopped == "done" else f"the loss {monitor.stopped}"}


def _progress(round_steps: int) -> Progress:
    return Progress(num_rounds=MANY, round_steps=round_steps, num_steps=MANY * round_steps)


class OneBatch(Batches):
    """The same batch at every draw."""

    @cached_property
    def _batch(self) -> Batch:
        return super().draw(np.random.default_rng(0))

    def draw(self, rng: np.random.Generator) -> Batch:
        return self._batch


def _batches(corpus: Corpus, settings: TrainingSettings) -> dict[str, object]:
    """The arguments of the batches that `train` draws."""
    examples = training_examples(corpus)
    return {
        "contexts": examples.contexts,
        "targets": examples.targets,
        "inputs": Inputs.of(corpus.vocabulary),
        "length": settings.length,
        "size": settings.batch_size,
        "vocabulary": corpus.vocabulary,
        "bars": [piece.meter.bar(STEPS_PER_QUARTER) for piece in corpus.pieces if piece.split == "train"],
    }


def _moments(
    seconds: float,
    network: NoteNetwork,
    batches: Batches,
    settings: TrainingSettings,
    progress: Progress,
    *before: keras.callbacks.Callback,
) -> list[float]:
    """Train for some seconds; return the seconds at which rounds ended.

    With callbacks `before`, which are called first, return those at which steps ended.
    """
    import keras

    from melodyrnn.model.training import fit_network

    moments: list[float] = []

    def now(*_: object, **__: object) -> None:
        moments.append(time.monotonic())
        network.stop_training = len(moments) > FEWEST and moments[-1] - moments[0] > seconds

    clock = keras.callbacks.LambdaCallback(**{"on_train_batch_end" if before else "on_epoch_end": now})
    fit_network(network, batches, settings, progress, [*before, clock])
    return moments


def torch(
    corpus: str, layers: int, units: int, precision: str, batch: int, length: int, seconds: float = SECONDS
) -> Figures:
    """Seconds of a step of nn.LSTM between an embedding and linear scores, and notes a second."""
    inputs = Inputs.of(open_corpus(corpus).vocabulary)
    import torch
    from torch import nn

    width = sum(inputs.tables[lookup.table][1] for lookup in inputs.trunk)
    where = "cuda" if torch.cuda.is_available() else "cpu"
    embed, lstm = nn.Embedding(VALUES, width), nn.LSTM(width, units, layers, batch_first=True)
    heads = nn.ModuleList(nn.Linear(units, size) for size in inputs.values.values())
    network = nn.ModuleList([embed, lstm, heads]).to(where)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    x = torch.randint(0, VALUES, (batch, length), device=where)
    targets = [torch.randint(0, size, (batch * length,), device=where) for size in inputs.values.values()]

    def step() -> torch.Tensor:
        optimizer.zero_grad()
        with torch.autocast(where, getattr(torch, precision), enabled=precision != "float32"):
            state = lstm(embed(x))[0].flatten(0, 1)
            scores = [head(state) for head in heads]
        losses = [nn.functional.cross_entropy(one.float(), y) for one, y in zip(scores, targets, strict=True)]
        loss = torch.stack(losses).sum()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        return loss

    num_steps, moments = STEPS[where == "cuda"], []
    while len(moments) <= FEWEST or moments[-1] - moments[0] < seconds:
        losses = [step() for _ in range(num_steps)]
        losses[-1].item()  # waits for the device
        moments.append(time.monotonic())
    took = median(np.diff(moments)) / num_steps
    return {"step": took, "rate": batch * length / took, "gpu": where == "cuda"}


class EndedError(Exception):
    """Ends a training without the n-gram experts that it would end with."""


def time_to_bits(corpus: str, bits: float, seconds: float, **settings: SettingValue) -> Figures:
    """Train, by default with the settings of `train`, until the validation bits are as low, or the seconds are over."""
    music = open_corpus(corpus)
    from melodyrnn.model.training import train

    seen: list[Progress] = []

    def look(progress: Progress, metadata: Metadata, weights: Weights) -> None:
        seen[:] = [progress]
        if progress.best_bits <= bits or metadata.training["stopped"] != "done":
            raise EndedError

    with suppress(EndedError):
        train(music, TrainingSettings(**settings), Run(on_round=look, max_seconds=seconds))
    (last,) = seen
    return {"bits": last.best_bits, "seconds": last.seconds, "steps": last.step}


MEASUREMENTS: dict[str, Callable[..., Figures]] = {
    "device": device,
    "melodyrnn": melodyrnn,
    "torch": torch,
    "time to bits": time_to_bits,
}

if __name__ == "__main__":
    main()
