"""The samples as a corpus and a tiny model trained on them, made once by the tasks, and a snapshot of a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from plain import make_plain
from sharing import made_once

from melodyrnn.midi.write import write_piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.tasks.ingest import IngestTask, ingest
from melodyrnn.tasks.progress import Cancellation, Listener, Progress
from melodyrnn.tasks.train import train
from melodyrnn.tasks.train_task import AskedSettings, TrainTask

# Ten steps, a round each: too few for XLA, whose compilation takes longer than the training.
TINY = AskedSettings(epochs=2, units=8, num_layers=1, length=32, batch_size=32)


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tunes that come with melodyrnn, as a corpus."""

    def make(folder: Path) -> None:
        ingest(IngestTask(("samples",), folder / "corpus", workers=1))
        make_plain(folder / "corpus")

    return made_once(tmp_path_factory, "tasks-samples", make) / "corpus"


@pytest.fixture(scope="session")
def trained(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a model, with the table of its rounds and its report beside it."""

    def make(folder: Path) -> None:
        from tracing import traced_once

        task = TrainTask(samples, folder / "m.keras", TINY, history=folder / "h.csv", report=folder / "r.html")
        with traced_once():
            result = train(task)
        assert (result.stopped, result.state) == ("done", None)

    return made_once(tmp_path_factory, "tasks-trained", make) / "m.keras"


@pytest.fixture(scope="session")
def tiny() -> AskedSettings:
    """The settings of the model `trained`."""
    return TINY


@pytest.fixture
def midi_folder(tmp_path: Path, tunes: list[Score]) -> Path:
    """Two MIDI files and a text."""
    path = tmp_path / "in"
    path.mkdir()
    for name, tune in zip("ab", tunes[:2], strict=True):
        write_piece(to_piece(tune), path / f"{name}.mid")
    (path / "note.txt").write_text("no music")
    return path


@pytest.fixture(scope="session")
def cancelled_at() -> Callable[[int], tuple[Listener, Cancellation]]:
    """A function that returns a listener that cancels after so many units, and its cancellation."""

    def of(done: int) -> tuple[Listener, Cancellation]:
        cancellation = Cancellation()

        def listen(progress: Progress) -> None:
            assert progress.done <= done
            if progress.done == done:
                cancellation.cancel()

        return listen, cancellation

    return of


@pytest.fixture
def names(tmp_path: Path) -> Callable[[], list[str]]:
    """Everything in the folder of the test, hidden files too."""
    return lambda: sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
