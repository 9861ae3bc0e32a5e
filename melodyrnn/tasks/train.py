"""The task of `melodyrnn train`: trains a network on a corpus and writes a model file.

Everything that could fail after hours of training is checked first. The state of the run is saved beside the model, as
MODEL.keras.run, until training is complete, so that the run can be resumed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..checkpoint import load_checkpoint
from ..corpus.store import Corpus, open_corpus
from ..errors import OutputError, SettingError, UsageError
from ..extras import check_installed
from ..files import check_output, remove_leftovers, special_kind
from ..shipped import model_path
from .backend import check_backend, choose_backend
from .paths import OutputKind, StrPath, named
from .progress import Cancellation, Listener, Progress, reporter
from .team import called, start
from .train_task import AskedSettings, Compiling, TrainProgress, TrainResult, TrainTask
from .training_report import HistoryTable, Samples, write_report

if TYPE_CHECKING:
    from ..checkpoint import Metadata, Weights
    from ..model.run import Progress as StepProgress
    from ..model.settings import TrainingSettings

MODEL = OutputKind("a model", (".keras",), "model.keras")
HISTORY = OutputKind("a table", (), "history.csv")
REPORT = OutputKind("a report", (".html", ".png"), "report.html")
WAITING, STARTING = "waiting for the other processes", "starting Keras"
COMPILING, TRAINING = "compiling the network", "training"


def train(
    task: TrainTask,
    listener: Listener | None = None,
    cancellation: Cancellation | None = None,
    samples: Samples | None = None,
) -> TrainResult:
    """Train a network on a corpus and write it.

    The listener is called with a `Progress` before Keras starts, then with a `Compiling`, then with a
    `TrainProgress` after each step.
    A training that is cancelled after its first round keeps the best model so far and the state of the run, and
    returns; the result says stopped "interrupt". KeyboardInterrupt does the same.
    Pieces are generated into `samples` on the way; None makes them only where there is a report to show them.

    Raises:
        UsageError, SettingError, OutputError, MissingExtraError: where a setting or an output cannot be used, or the
            processes do not fit together; all of them before the training.
        CorpusError, CheckpointError: where the corpus, a model or a state cannot be read.
        TrainingError: where the loss exploded before there was a model to keep, or another process is missing.
        Cancelled: where it was cancelled before there was a model to keep; nothing is written.
    """
    report = reporter(listener, cancellation)
    task = replace(task, backend=task.devices.backend(task.backend))
    _check_packages(task)
    corpus = open_corpus(task.corpus)
    leads = task.devices.leads
    task = _with_outputs(task) if leads else task
    is_resumed = leads and task.resumes
    weights, settings = _resumed(task) if is_resumed else starting_point(corpus, task.start, task.settings)
    if leads:
        remove_leftovers(task.state.absolute().parent)
    if task.devices.others:
        report(Progress(0, None, WAITING))
        first = called(task, corpus, settings, is_resumed)
        weights, settings = None if first.resumes else weights, _settings(first.settings)
    report(Progress(0, None, STARTING))
    choose_backend(task.backend)
    if samples is None and task.report:
        samples = Samples(task.max_seconds)
    return _train(task, corpus, weights, settings, report, samples)


def starting_point(
    corpus: Corpus, start: StrPath | None, asked: AskedSettings
) -> tuple[Weights | None, TrainingSettings]:
    """Return the weights to start from (None for random ones) and the settings of the training; without Keras.

    Raises:
        CheckpointError: where the model `start` cannot be read.
        SettingError: for a setting outside its rule, or where the model does not fit the corpus or a setting.
    """
    from ..model.transfer import carry_over, settings_from

    given = asked.given()
    settings = _settings(given)
    if start is None:
        return None, settings
    metadata, weights = load_checkpoint(model_path(start))
    carried = carry_over(weights, metadata.vocabulary, corpus.vocabulary)
    return carried, settings_from(settings, metadata, set(given))


def _resumed(task: TrainTask) -> tuple[None, TrainingSettings]:
    """Return no weights and the settings of the saved run. Raises SettingError where other settings are requested."""
    from ..model.state import read_head, refuse_other_settings

    saved = read_head(task.state)["settings"]
    refuse_other_settings(saved, task.settings.given())
    return None, _settings(saved)


def _settings(given: Mapping[str, object]) -> TrainingSettings:
    from ..model.settings import TrainingSettings

    return TrainingSettings(**given)  # type: ignore[arg-type]  # a test checks that the fields have these types


def _with_outputs(task: TrainTask) -> TrainTask:
    """Return the task with the files that its outputs stand for; all are checked, so that no training is lost."""
    task = replace(
        task,
        output=named(task.output, MODEL),
        history=named(task.history, HISTORY) if task.history else None,
        report=named(task.report, REPORT) if task.report else None,
    )
    output, state = os.fspath(task.output), task.state
    if not output.endswith(MODEL.suffixes):  # as Keras tells its files
        raise UsageError(f"a model's name must end in .keras, in lower case. Received: {output}")
    if task.resume and not state.exists() and Path(output).exists():
        raise SettingError(
            "--resume needs a run that was stopped; a finished model is trained on with --from. "
            f"Received: {output}, with no {state.name} beside it"
        )
    for path in (output, task.history, task.report):
        if path:
            check_output(path, task.force or task.resumes)
    if kind := special_kind(state):
        raise OutputError(f"the state of a run must be a regular file. Received {kind}: {state}")
    # With `force` the old state stays until the new run saves one.
    if state.exists() and not task.resume and not task.force:
        raise SettingError(f"a stopped run must be resumed (--resume) or discarded (--force). Found: {state}")
    if task.tensorboard and Path(task.tensorboard).exists() and not Path(task.tensorboard).is_dir():
        raise OutputError(f"logs for TensorBoard must go to a folder. Received: {task.tensorboard}")
    return task


def _check_packages(task: TrainTask) -> None:
    """Check that the packages it needs are installed. Raises MissingExtraError where one is not."""
    check_backend(task.backend)
    if task.report and os.fspath(task.report).lower().endswith(".png"):
        check_installed("plot")
    if task.tensorboard:
        check_installed("tensorboard")


def _train(
    task: TrainTask,
    corpus: Corpus,
    weights: Weights | None,
    settings: TrainingSettings,
    report: Listener,
    samples: Samples | None,
) -> TrainResult:
    """Start Keras, train, and write the model and the report."""
    from ..evaluation.novelty import MAX_INDEXED
    from ..model import training as keras_training
    from ..model.devices import device_names
    from ..model.run import Run
    from ..model.saving import save_model

    team = start(task.devices)
    report(Compiling(0, None, COMPILING, keras_training.backend(), tuple(device_names())))
    run = Run(weights=weights, max_seconds=task.max_seconds, team=team)
    if team.leads:
        run = replace(
            run,
            listener=_step_listener(task.history, report),
            state=task.state,
            resume=task.resume,
            callbacks=[keras_training.tensorboard(os.fspath(task.tensorboard))] if task.tensorboard else [],
            on_round=samples,
        )
    with team.watched():
        network, metadata = keras_training.train(corpus, settings, run)
    if not team.leads:
        return replace(_result(task, metadata), state=None, process=team.index)
    force = task.force or task.resume
    save_model(network, metadata, task.output, force, corpus.some("train", MAX_INDEXED))
    result = _result(task, metadata)
    if result.state is None:
        task.state.unlink(missing_ok=True)
    if task.report:
        write_report(task.report, metadata, corpus, samples.pieces if samples else [], force)
    return result


def _step_listener(history: StrPath | None, report: Listener) -> Callable[[StepProgress], None]:
    """Return the function that training calls after each step; it writes the table, if requested, and reports."""
    table = HistoryTable(history) if history else None

    def listen(step: StepProgress) -> None:
        if table is not None:
            table.update(step.history)
        report(progress_of(step))

    return listen


def progress_of(step: StepProgress) -> TrainProgress:
    """Return the figures of a training after a step, as an immutable value."""
    validated = bool(step.history) and "validation_bits" in step.history[-1]
    return TrainProgress(
        done=step.step,
        total=step.num_steps,
        stage=TRAINING,
        epoch=step.epoch,
        num_epochs=step.num_steps / step.steps_per_epoch,
        notes_per_second=step.notes / step.seconds if step.seconds else 0.0,
        train_bits=step.train_bits,
        validation_bits=step.validation_bits if validated else None,
        best_bits=step.best_bits,
        baseline_bits=step.baseline_bits,
        rounds=len(step.history),
        seconds=step.seconds,
    )


def _result(task: TrainTask, metadata: Metadata) -> TrainResult:
    figures = metadata.training
    return TrainResult(
        output=task.output,
        state=task.state if figures["stopped"] == "interrupt" else None,
        stopped=figures["stopped"],
        epochs=figures["epochs"],
        seconds=figures["seconds"],
        validation_bits_per_note=figures["validation_bits_per_note"],
        baseline_bits_per_note=figures["baseline_bits_per_note"],
        start_bits_per_note=figures["start_bits_per_note"],
        share_of_the_way=figures["share_of_the_way"],
    )
