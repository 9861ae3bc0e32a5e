"""The folder of a long work: what stands in it survives every end of the processes around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from melodyrnn.errors import OutputError
from melodyrnn.studio.longwork.folder import WorkFolder, all_work, find_work, new_work, state_of


def test_work_is_found_by_kind_and_id_in_order(tmp_path: Path) -> None:
    late, early = (new_work(tmp_path, "corpus", {"created": created}) for created in (2.0, 1.0))
    training = new_work(tmp_path, "training", {"created": 0.0})
    (tmp_path / "work" / "corpora" / "lock").touch()
    (tmp_path / "work" / "corpora" / "0123456789ab").mkdir()  # without a task: its server was killed
    (tmp_path / "work" / "corpora" / "0123456789ac").mkdir()
    (tmp_path / "work" / "corpora" / "0123456789ac" / "task.json").touch()
    assert all_work(tmp_path, "corpus") == [early, late]
    assert find_work(tmp_path, "corpus", late.id) == late
    assert find_work(tmp_path, "training", late.id) is None
    assert find_work(tmp_path, "training", f"../trainings/{training.id}") is None
    assert training.task() == {"created": 0.0}


def test_no_work_in_a_new_session(tmp_path: Path) -> None:
    assert all_work(tmp_path, "training") == []


def test_a_state_is_new_then_what_was_written(tmp_path: Path) -> None:
    work = new_work(tmp_path, "corpus", {"created": 0.0})
    assert work.state() == state_of("new")
    work.write_state(state_of("done", figures={"pieces": 3}))
    assert work.state() == state_of("done", figures={"pieces": 3})


def test_what_runs_without_a_process_was_interrupted(tmp_path: Path) -> None:
    work = new_work(tmp_path, "corpus", {"created": 0.0})
    work.write_state(state_of("running", "reading files"))
    with work.lock as lock:
        assert lock.acquire()
        assert work.state() == state_of("running", "reading files")
    assert work.state() == state_of("interrupted", "reading files", "its process ended without a word")
    noise = "I0000 00:00:17 cudart_stub.cc:31] Could not find cuda drivers on your machine\n"
    work.log.write_text(noise)
    assert work.state() == state_of("interrupted", "reading files", "its process ended without a word")
    work.log.write_text(f"{noise}Traceback (most recent call last):\n  File x\n    y\nKeyError: 'x'\n{noise}")
    assert work.state() == state_of("interrupted", "reading files", "KeyError: 'x'")


def test_a_state_that_a_power_cut_left_empty_was_interrupted(tmp_path: Path) -> None:
    work = new_work(tmp_path, "corpus", {"created": 0.0})
    (work.path / "state.json").touch()
    assert work.state()["status"] == "interrupted"


def test_a_request_to_stop_and_its_end(tmp_path: Path) -> None:
    work = new_work(tmp_path, "training", {"created": 0.0})
    work.withdraw_stop()
    assert not work.is_asked_to_stop
    work.ask_to_stop()
    assert work.is_asked_to_stop
    work.withdraw_stop()
    assert not work.is_asked_to_stop


def test_a_damaged_task_is_told(tmp_path: Path) -> None:
    (tmp_path / "task.json").write_text("{")
    with pytest.raises(OutputError, match=r"^the folder of a long work must hold its task\.json\. Received: "):
        WorkFolder(tmp_path, "corpus").task()
