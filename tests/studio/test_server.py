"""The server as a process: it starts, ends on Ctrl-C, survives a kill, and stays small under many calls."""

from __future__ import annotations

import random
import re
import shutil
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from studio_server import RunningStudio, running_studio
from waiting import LIMIT, until

from melodyrnn.cli.main import run


def test_ctrl_c_ends_it_without_a_word_and_streams_end_too(tmp_path: Path) -> None:
    with running_studio(tmp_path / "s", "--checkpoint", "songs") as studio:
        assert [one["name"] for one in studio.call("GET", "api/models").json() if one["default"]] == ["songs"]
        long = {"verb": "generate", "wishes": {"bars": 5000}, "tab": "a"}
        job = studio.call("POST", "api/jobs", long).json()["job"]
        with ThreadPoolExecutor(1) as pool:
            events = pool.submit(studio.events, job)
            until(lambda: events.running())
            studio.process.send_signal(signal.SIGINT)
            assert events.result(LIMIT)[-1][0] == "cancelled"
        out, err = studio.process.communicate(timeout=LIMIT)
        assert (studio.process.returncode, out, err) == (0, "", "")
    assert not (tmp_path / "s").exists()


def test_after_a_kill_it_is_at_the_same_address_with_all_that_was_saved(tmp_path: Path) -> None:
    with running_studio(tmp_path / "s") as studio:
        piece = studio.generate(bars=2, seed=1)[0]
        studio.call("POST", "api/kept", {"document": piece, "name": "mine"})
        studio.call("PUT", "api/state/t", {"revision": 0, "state": {"piece": piece}})
        studio.kill()
    with running_studio(tmp_path / "s") as again:
        assert again.url == studio.url
        assert again.call("GET", "api/state/t").json()["state"] == {"piece": piece}
        kept = again.call("GET", "api/kept/mine").json()["document"]
        assert kept["tracks"][0]["notes"] == piece["tracks"][0]["notes"]
        command = [sys.executable, "-m", "melodyrnn", "studio", "--no-open", "--folder", str(tmp_path / "s")]
        second = subprocess.run(command, capture_output=True, text=True, check=True)
        assert second.stdout == f"a studio of this folder is running at {again.url}\n"
    with running_studio(tmp_path / "s") as later:
        assert later.token != studio.token  # the last one ended by itself


def test_a_port_that_is_taken_and_a_model_that_is_none_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(["studio", "--no-open", "--folder", str(tmp_path / "s"), "--port", str(port)]) == 2
    message = (
        f"Error: --port must be a free port (is a studio running there?). Received: {port}, Address already in use\n"
    )
    assert capsys.readouterr().err == message
    assert run(["studio", "--no-open", "--folder", str(tmp_path / "s"), "--checkpoint", "no.keras"]) == 1
    assert capsys.readouterr().err == "Error: a model file must exist. Received: no.keras\n"
    assert not (tmp_path / "s").exists()


def test_without_its_packages_the_command_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("melodyrnn.extras.is_installed", lambda module: module != "uvicorn")
    assert run(["studio", "--no-open"]) == 1
    assert "this needs the extra studio: pip install '.[studio]'" in capsys.readouterr().err


def test_it_listens_on_this_machine_alone(studio: RunningStudio) -> None:
    table = Path("/proc/net/tcp")
    if not table.exists():
        pytest.skip("only Linux tells who listens where")
    listening = re.findall(rf"([0-9A-F]{{8}}):{studio.port:04X} 00000000:0000 0A", table.read_text())
    assert listening == ["0100007F"]


def test_a_session_whose_folder_cannot_be_written_is_refused_in_one_line_and_works_again(tmp_path: Path) -> None:
    with running_studio(tmp_path / "s") as studio:
        piece = studio.generate(bars=1, seed=1)[0]
        studio.call("POST", "api/kept", {"document": piece, "name": "mine"})
        (tmp_path / "s" / "discarded").write_text("a file where a folder would be")
        refused = studio.call("DELETE", "api/kept/mine")
        assert (refused.status, refused.json()["error"]) == (
            409,
            "the files of the session must be there. Received: File exists",
        )
        shutil.rmtree(tmp_path / "s")
        (tmp_path / "s").write_text("a file where the folder was")
        assert studio.call("POST", "api/kept", {"document": piece}).status == 400
        assert studio.call("PUT", "api/state/t", {"revision": 0, "state": {}}).status == 400
        assert studio.call("GET", "api/kept").json() == []
        (tmp_path / "s").unlink()
        assert studio.call("POST", "api/kept", {"document": piece}).status == 201
        assert (tmp_path / "s").is_dir()


def resident(studio: RunningStudio) -> int:
    """Memory of the server in KiB."""
    status = Path(f"/proc/{studio.process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0])


def test_rapid_jobs_cancelled_at_random_leave_no_job_and_no_memory(studio: RunningStudio) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells the memory of a process")
    chance = random.Random(7)

    def tab(number: int, count: int) -> list[tuple[str, list[str]]]:
        """Begin jobs of a tab, cancel some, and return the last event of each with the tempos of its pieces."""
        jobs = []
        for place in range(count):
            wishes = {"bars": 1, "tempo": 60 + place, "seed": place}
            jobs.append(
                studio.call("POST", "api/jobs", {"verb": "generate", "wishes": wishes, "tab": f"t{number}"}).json()[
                    "job"
                ]
            )
            if chance.random() < 0.4:
                studio.call("DELETE", f"api/jobs/{chance.choice(jobs)}")
        found = []
        for place, job in enumerate(jobs):
            events = studio.events(job)
            pieces = [data["document"]["command"] for name, data in events if name == "piece"]
            assert all(f"--tempo {60 + place} " in command for command in pieces)
            found.append((events[-1][0], pieces))
        return found

    def round_of_calls() -> None:
        with ThreadPoolExecutor(5) as pool:
            ended = [one for found in pool.map(lambda number: tab(number, 8), range(5)) for one in found]
        assert len(ended) == 40
        assert {name for name, _ in ended} == {"done", "cancelled"}
        assert all(len(pieces) == 1 for name, pieces in ended if name == "done")

    round_of_calls()
    before = resident(studio)
    round_of_calls()
    assert resident(studio) < before + 8 * 1024
