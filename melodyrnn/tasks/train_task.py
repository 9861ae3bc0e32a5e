"""The settings, progress and result of the training task; `train` holds the task itself."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, fields
from pathlib import Path

from ..errors import SettingError
from ..json_types import JsonObject
from .devices import Devices
from .paths import StrPath
from .progress import Progress


@dataclass(frozen=True, slots=True)
class AskedSettings:
    """The fields of `TrainingSettings` that were requested; the others are None.

    The others follow from the size of the corpus, from the model to start from, or from the run to resume.
    """

    epochs: int | None = None
    batch_size: int | None = None
    length: int | None = None
    cell: str | None = None
    activation: str | None = None
    window: int | None = None
    units: int | None = None
    num_layers: int | None = None
    dropout: float | None = None
    recurrent_dropout: float | None = None
    input_dropout: float | None = None
    head_dropout: float | None = None
    lookbacks: bool | None = None
    learning_rate: float | None = None
    clip_norm: float | None = None
    hide_lookbacks: float | None = None
    hide_form: float | None = None
    given_share: float | None = None
    patience: float | None = None
    seed: int | None = None

    def given(self) -> dict[str, int | float | str]:
        """Return the requested fields by name."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) is not None}


@dataclass(frozen=True, slots=True)
class TrainTask:
    """The settings of a training, and its outputs.

    Attributes:
        corpus: folder of the corpus.
        output: file to write the model to; its name ends in .keras.
        settings: of the network and the training.
        start: model to start from, a file or the name of one that comes with melodyrnn; None for random weights.
        max_seconds: time limit in seconds; None for none.
        resume: whether to continue from the saved state beside `output`.
        backend: one of BACKENDS; None for the one that Keras is configured for.
        history: file for the figures of every round, as CSV.
        report: file for the curves, .html or .png.
        tensorboard: folder for TensorBoard's logs.
        force: whether to overwrite outputs that exist.
        devices: the devices and processes that train; by default one device of one process. All processes have the
            same task but for the number of the process; process 0 alone writes.
    """

    corpus: StrPath
    output: StrPath
    settings: AskedSettings = field(default_factory=AskedSettings)
    start: StrPath | None = None
    max_seconds: float | None = None
    resume: bool = False
    backend: str | None = None
    history: StrPath | None = None
    report: StrPath | None = None
    tensorboard: StrPath | None = None
    force: bool = False
    devices: Devices = field(default_factory=Devices)

    @property
    def state(self) -> Path:
        """The file for the state of the run."""
        return Path(f"{os.fspath(self.output)}.run")

    @property
    def resumes(self) -> bool:
        """Whether resuming is requested and there is a saved run."""
        return self.resume and self.state.exists()


@dataclass(frozen=True, slots=True)
class Compiling(Progress):
    """Keras has started with this backend on these devices, of all processes."""

    backend: str
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrainProgress(Progress):
    """The figures after a step; `done` and `total` count steps. Bits are per note; NaN where there are none yet.

    Attributes:
        epoch, num_epochs: passes over the training notes, done and in total.
        notes_per_second: since the training began.
        train_bits: mean over the steps of this round.
        validation_bits: of the last validation; None where the last round was not validated.
        best_bits: the fewest on the validation split so far.
        baseline_bits: of an order-2 Markov chain on the validation split.
        rounds: number of finished rounds.
        seconds: time spent, including the runs that this one resumes.
    """

    epoch: float
    num_epochs: float
    notes_per_second: float
    train_bits: float
    validation_bits: float | None
    best_bits: float
    baseline_bits: float
    rounds: int
    seconds: float


@dataclass(frozen=True, slots=True)
class TrainResult:
    """A model that was trained and written.

    Attributes:
        output: its file, as given.
        state: the file of the run's state where the run can be resumed, else None.
        stopped: why it ended: "done", "patience", "time", "interrupt" (cancelled, or Ctrl-C) or "exploded".
        epochs: passes over the training notes.
        seconds: how long it took.
        validation_bits_per_note, baseline_bits_per_note: of the model and of an order-2 Markov chain, on the
            validation split; None without one.
        start_bits_per_note: of the model it started from; None without one.
        share_of_the_way: position of the weights between those it started from (0) and the trained ones (1).
        process: the number of the process; only process 0 has written a model and knows its figures.
    """

    output: StrPath
    state: Path | None
    stopped: str
    epochs: float
    seconds: float
    validation_bits_per_note: float | None
    baseline_bits_per_note: float | None
    start_bits_per_note: float | None
    share_of_the_way: float
    process: int = 0

    def to_json(self) -> JsonObject:
        """Return the output of `melodyrnn train --json`."""
        if self.process:
            return {"process": self.process, "stopped": self.stopped}
        return {
            "model": os.fspath(self.output),
            "stopped": self.stopped,
            "state": None if self.state is None else str(self.state),
            "epochs": self.epochs,
            "seconds": self.seconds,
            "validation_bits_per_note": self.validation_bits_per_note,
            "baseline_bits_per_note": self.baseline_bits_per_note,
            "start_bits_per_note": self.start_bits_per_note,
            "share_of_the_way": self.share_of_the_way,
        }


def parse_seconds(text: str) -> float:
    """Return a time such as "90s", "30m" or "2h" in seconds. Raises SettingError for any other text."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text)
    if match is None or float(match[1]) == 0:
        raise SettingError(f"a time must be like 90s, 30m or 2h. Received: {text!r}")
    return float(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]]
