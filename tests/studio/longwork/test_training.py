"""A training as a work: its settings, figures, samples and rounds; stopped and resumed in the process of the tests."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from plain import make_plain

from melodyrnn.checkpoint import load_metadata
from melodyrnn.errors import SettingError
from melodyrnn.json_types import JsonObject
from melodyrnn.midi.read import read_piece
from melodyrnn.studio.longwork.folder import WorkFolder, new_work, state_of
from melodyrnn.studio.longwork.process import run
from melodyrnn.studio.longwork.reporter import Reporter
from melodyrnn.studio.longwork.training import (
    asked_settings,
    figures_of,
    sample_path,
    samples_of,
    state_path,
    train_model,
)
from melodyrnn.tasks.progress import Progress
from melodyrnn.tasks.train_task import AskedSettings, TrainProgress

TINY = {"epochs": 20, "units": 8, "num_layers": 1, "length": 32, "batch_size": 8}


def test_settings_by_name() -> None:
    values: JsonObject = {"units": 8, "dropout": 0, "cell": "gru", "lookbacks": False}
    assert asked_settings(values) == AskedSettings(units=8, dropout=0, cell="gru", lookbacks=False)
    assert asked_settings({}) == AskedSettings()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"unit": 8}, r"a setting must be one of epochs, batch_size, .*\. Received: unit"),
        ({"units": "8"}, 'units must be int. Received: "8"'),
        ({"units": 8.5}, "units must be int. Received: 8.5"),
        ({"units": True}, "units must be int. Received: true"),
        ({"lookbacks": 1}, "lookbacks must be bool. Received: 1"),
        ({"cell": None}, "cell must be str. Received: null"),
    ],
)
def test_other_settings_are_refused(values: JsonObject, words: str) -> None:
    with pytest.raises(SettingError, match=f"^{words}$"):
        asked_settings(values)


def test_what_is_not_known_yet_is_null() -> None:
    progress = TrainProgress(3, 9, "training", 1.5, 4.5, 99.0, 7.0, None, math.inf, math.nan, 0, 2.5)
    assert figures_of(progress) == {
        "epoch": 1.5,
        "num_epochs": 4.5,
        "notes_per_second": 99.0,
        "train_bits": 7.0,
        "validation_bits": None,
        "best_bits": None,
        "baseline_bits": None,
        "rounds": 0,
        "seconds": 2.5,
    }
    known = figures_of(replace(progress, validation_bits=6.5, best_bits=6.25, baseline_bits=8.0))
    assert (known["validation_bits"], known["best_bits"], known["baseline_bits"]) == (6.5, 6.25, 8.0)


def test_the_figures_so_far_stay_until_there_are_new_ones(tmp_path: Path) -> None:
    task: JsonObject = {"created": 0.0, "name": "m", "corpus": "c", "data": str(tmp_path / "none"), "start": None}
    task |= {"model": str(tmp_path / "m.keras"), "max_seconds": None, "settings": {}}
    work = new_work(tmp_path, "training", task)
    for figures, kept in (({"share": 0.5, "rounds": 3}, {"share": 0.5, "rounds": 3}), ({"stopped": "interrupt"}, {})):
        work.write_state(state_of("queued", figures=figures))
        run(work, train_model)
        assert work.written_state()["figures"] == kept


class Stopping(Reporter):
    """Asks the work to stop after some rounds."""

    def __init__(self, work: WorkFolder, rounds: int) -> None:
        super().__init__(work)
        self._asking, self._rounds = work, rounds

    def __call__(self, progress: Progress, has_news: bool = False) -> None:
        if self.figures.get("rounds", 0) >= self._rounds:
            self._asking.ask_to_stop()
        super().__call__(progress, has_news)


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
def test_a_training_is_stopped_and_goes_on_to_its_end(tmp_path: Path, corpus_folder: Path) -> None:
    make_plain(corpus_folder)
    model = tmp_path / "models" / "m.keras"
    work = new_work(
        tmp_path,
        "training",
        {"created": 0.0, "name": "m", "corpus": "c", "data": str(corpus_folder), "model": str(model), "start": None,
         "max_seconds": None, "settings": TINY},
    )  # fmt: skip
    status, figures = train_model(work, Stopping(work, 2))
    assert (status, figures["stopped"]) == ("stopped", "interrupt")
    assert state_path(work).exists()
    assert load_metadata(model).training["stopped"] == "interrupt"
    before = load_metadata(model).training["history"]

    work.withdraw_stop()
    run(work, train_model)
    state = work.written_state()
    assert (state["status"], state["figures"]["stopped"], state["error"]) == ("done", "done", None)
    assert not state_path(work).exists()
    history = load_metadata(model).training["history"]
    assert history[: len(before)] == before
    assert len(history) > len(before)

    epochs = [sample["epoch"] for sample in samples_of(work)]
    assert epochs == sorted(epochs)
    assert len(epochs) >= 6
    assert all(read_piece(sample_path(work, sample)).num_notes for sample in samples_of(work))

    # Killed after the model was complete, before that was written down: nothing is trained again.
    work.write_state(state_of("queued"))
    finished = model.read_bytes()
    assert train_model(work, Reporter(work)) == ("done", state["figures"])
    assert model.read_bytes() == finished


def test_an_error_names_what_is_missing(tmp_path: Path) -> None:
    work = new_work(
        tmp_path,
        "training",
        {"created": 0.0, "name": "m", "corpus": "c", "data": str(tmp_path / "none"), "model": str(tmp_path / "m.keras"),
         "start": None, "max_seconds": None, "settings": {}},
    )  # fmt: skip
    run(work, train_model)
    state = work.written_state()
    assert state["status"] == "failed"
    assert str(tmp_path / "none") in (state["error"] or "")
