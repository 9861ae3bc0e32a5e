"""Trainings of a session, by real processes: servers and trainers are killed, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from long_work import Session, session
from plain import make_plain
from waiting import until

from melodyrnn.checkpoint import load_metadata
from melodyrnn.errors import MelodyRNNError
from melodyrnn.json_types import JsonObject
from melodyrnn.studio.longwork.folder import WorkFolder, all_work, new_work, state_of
from melodyrnn.studio.longwork.process import python_command
from melodyrnn.tasks import backend

# Long steps, so that there is time to kill; too few of them for XLA, whose compilation takes longer.
SETTINGS = {"units": 8, "num_layers": 1, "epochs": 140, "batch_size": 64, "length": 256}
SERVER = """
from pathlib import Path
from melodyrnn.studio.corpora import corpus_view
from melodyrnn.studio.longwork.queue import WorkQueue
from melodyrnn.studio.trainings import training_view
WorkQueue(Path(sys.argv[2]), {"corpus": corpus_view, "training": training_view})
sys.stdin.read()
"""


def made_corpus(root: Path, corpus: Path) -> WorkFolder:
    """A corpus of a session that was read."""
    work = new_work(root, "corpus", {"created": 0.0, "name": "My tunes!", "place": str(root), "options": []})
    (work.path / "corpus").symlink_to(corpus)
    figures: JsonObject = {
        "parts": "melody", "melodies": 10, "notes": 160, "splits": {}, "files": 10, "files_with_melody": 10,
        "files_repaired": 0, "left_out": [], "remedy": None,
    }  # fmt: skip
    work.write_state(state_of("done", figures=figures))
    return work


@contextmanager
def another_in_progress(root: Path) -> Iterator[WorkFolder]:
    """A training of another server, in progress while inside, so that none of a session begins."""
    task = {"created": 0.0, "name": "other", "corpus": "c", "data": "c", "model": str(root / "models" / "other.keras"),
            "start": None, "max_seconds": None, "settings": {}}  # fmt: skip
    work = new_work(root, "training", task)
    with work.lock as lock:
        assert lock.acquire()
        work.write_state(state_of("running", "training"))
        yield work


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Session]:
    """A session beside another server's training."""
    root = tmp_path / "s"
    with another_in_progress(root), session(root, {"small": "small", "mine": str(tmp_path / "mine.keras")}) as one:
        yield one


@pytest.mark.slow
def test_servers_and_trainers_are_killed_and_nothing_is_lost(tmp_path: Path, corpus_folder: Path) -> None:
    root = tmp_path / "s"
    corpus = made_corpus(root, make_plain(corpus_folder))
    with another_in_progress(root) as other, session(root) as studio:
        made = studio.call("POST", "trainings", {"corpus": corpus.id, "settings": SETTINGS})
        assert (made["name"], made["status"]) == ("My-tunes", "queued")
    shutil.rmtree(other.path)
    (work,) = all_work(root, "training")

    def rounds() -> int:
        return int(work.written_state()["figures"].get("rounds", 0))

    server = subprocess.Popen(python_command(SERVER, [str(root)]), stdin=subprocess.PIPE)
    try:
        until(lambda: rounds() >= 1)
    finally:
        server.kill()
        server.communicate()
    seen = rounds()
    until(lambda: rounds() > seen)  # the trainer goes on without a server
    os.kill(int(work.process.read_text()), signal.SIGKILL)
    until(lambda: not work.is_alive())
    assert work.state()["status"] == "interrupted"
    killed = rounds()

    with session(root) as studio:  # which goes on by itself
        until(lambda: work.written_state()["status"] == "running" and rounds() > killed)
        path = f"trainings/{work.id}"
        history = studio.call("GET", path)["history"]
        assert studio.call("POST", f"{path}/stop")["status"] == "running"
        ended = studio.ended(path)
        assert (ended["status"], ended["error"], ended["canResume"]) == ("stopped", None, True)
        assert (ended["model"], ended["result"]["why"]) == ("My-tunes", "interrupt")
        assert ended["history"][: len(history)] == history
        assert [row["epoch"] for row in history] == sorted({row["epoch"] for row in history})
        document = studio.call("GET", f"{path}/samples/1")
        assert document["tracks"][0]["notes"]
        model = root / "models" / "My-tunes.keras"
        assert len(load_metadata(model).training["history"]) == len(ended["history"])
        with pytest.raises(MelodyRNNError, match=r"^a corpus must stay as long as a training on it may go on\. "):
            studio.call("DELETE", f"corpora/{corpus.id}")

        studio.call("DELETE", path)
        assert studio.call("GET", "trainings") == []  # type: ignore[comparison-overlap]
        aside = root / "discarded" / f"training-{work.id}"
        assert {"history.csv", "My-tunes.keras.run", "samples", "task.json"} <= {p.name for p in aside.iterdir()}
        assert model.exists()


def test_trainings_wait_for_their_turn_and_names_are_new(tmp_path: Path, studio: Session, corpus_folder: Path) -> None:
    corpus = made_corpus(tmp_path / "s", corpus_folder).id
    names = [studio.call("POST", "trainings", {"corpus": corpus, "minutes": 1})["name"] for _ in range(2)]
    assert names == ["My-tunes", "My-tunes-2"]
    named = studio.call("POST", "trainings", {"corpus": corpus, "name": "Jigs (1.2)", "minutes": 0.5, "start": "mine"})
    assert (named["name"], named["minutes"], named["start"]) == ("Jigs (1.2)", 0.5, "mine")
    for taken in ("jigs (1.2)", "small", "OTHER"):
        with pytest.raises(MelodyRNNError, match=r"^the name of a model must be new\. Received: "):
            studio.call("POST", "trainings", {"corpus": corpus, "name": taken})
    listed = studio.call("GET", "trainings")
    assert [(one["name"], one["status"]) for one in listed] == [
        ("other", "running"),
        ("My-tunes", "queued"),
        ("My-tunes-2", "queued"),
        ("Jigs (1.2)", "queued"),
    ]
    assert studio.call("POST", f"trainings/{named['id']}/stop")["status"] == "stopped"
    assert studio.call("POST", f"trainings/{named['id']}/resume")["status"] == "queued"


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"corpus": "0123456789ab"}, "a training must have a corpus that was read. Received: another"),
        ({"corpus": None}, "corpus must be a text of at most 60 characters. Received: null"),
        ({"name": "../x"}, 'the name of a model must be letters, .*. Received: "../x"'),
        ({"name": ".x"}, 'the name of a model must be letters, .*. Received: ".x"'),
        ({"name": "x."}, 'the name of a model must be letters, .*. Received: "x."'),
        ({"name": "x" * 61}, "name must be a text of at most 60 characters. Received: .*"),
        ({"minutes": 0}, "minutes must be a number above 0, at most 43,200. Received: 0"),
        ({"minutes": "1"}, 'minutes must be a number above 0, at most 43,200. Received: "1"'),
        ({"minutes": True}, "minutes must be a number above 0, at most 43,200. Received: true"),
        ({"start": "/etc/passwd"}, "start must be a model: small, mine. Received: /etc/passwd"),
        ({"settings": {"units": 0.5}}, "units must be int. Received: 0.5"),
        ({"settings": []}, "settings must be a JSON object. Received: list"),
        ({"steps": 1}, "a training must have only corpus, name, minutes, start, settings. Received: steps"),
    ],
)
def test_other_wishes_are_refused_and_nothing_is_made(
    tmp_path: Path, studio: Session, corpus_folder: Path, wish: JsonObject, words: str
) -> None:
    corpus = made_corpus(tmp_path / "s", corpus_folder).id
    with pytest.raises(MelodyRNNError, match=f"^{words}$"):
        studio.call("POST", "trainings", {"corpus": corpus, **wish})
    assert len(studio.call("GET", "trainings")) == 1


def test_without_keras_a_line_says_what_to_install(
    tmp_path: Path, studio: Session, corpus_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setattr(backend, "is_installed", lambda module: False)
    monkeypatch.delitem(__import__("sys").modules, "keras", raising=False)
    corpus = made_corpus(tmp_path / "s", corpus_folder).id
    with pytest.raises(MelodyRNNError, match=r"pip install '\.\[train\]'.*Received: no keras$"):
        studio.call("POST", "trainings", {"corpus": corpus})
    assert len(studio.call("GET", "trainings")) == 1


@pytest.mark.parametrize("number", ["0", "1", "x", "-1", "9" * 9])
def test_there_are_no_other_samples(studio: Session, number: str) -> None:
    (other,) = studio.call("GET", "trainings")
    with pytest.raises(MelodyRNNError, match=r"^a sample must be 1\.\.0\. Received: "):
        studio.call("GET", f"trainings/{other['id']}/samples/{number}")  # type: ignore[index]


def test_there_is_no_other_training(studio: Session) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/stop"), ("POST", "/resume"), ("GET", "/samples/1")):
        with pytest.raises(MelodyRNNError, match=r"^there is no such training\. Received: x$"):
            studio.call(method, f"trainings/x{path}")
