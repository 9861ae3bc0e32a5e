"""The script for Bitwig Studio: run by Node over a stand-in for its API, with the real studio behind real OSC."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import build_msg
from studio_process import Studio

from melodyrnn.generation.generator import load
from melodyrnn.generation.request import Request
from melodyrnn.music.meter import COMMON_TIME

NODE = shutil.which("node")
SCRIPT = Path(__file__).resolve().parents[2] / "integrations" / "bitwig" / "melodyrnn.control.js"
STAND_IN = Path(__file__).with_name("bitwig.mjs")
pytestmark = pytest.mark.skipif(NODE is None, reason="needs node")
STEPS, BAR = 12, 48
LAST = ("/melodyrnn/done", "/melodyrnn/refused")
Value = str | int | float


class Daw:
    """The script in a process of Node, and the socket on which its OSC messages travel."""

    def __init__(self, port: int, settings: dict[str, Value]) -> None:
        assert NODE is not None
        words = [NODE, str(STAND_IN), str(SCRIPT), json.dumps(settings)]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(60)
        self._studio = ("127.0.0.1", port)
        assert [self._line(), self._line()] == [["listens", 9001], ["step size", 1 / STEPS]]

    def _line(self) -> list[Value]:
        assert self._process.stdout is not None
        found: list[Value] = json.loads(self._process.stdout.readline())
        return found

    def tell(self, name: str, *values: Value) -> list[list[Value]]:
        """Return what the script does because of an input."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([name, *values]) + "\n")
        self._process.stdin.flush()
        done = []
        while (line := self._line()) != ["ready"]:
            done.append(line)
        return done

    def press(self, button: str) -> list[list[Value]]:
        """Return what the script does with the answers of the studio to a button."""
        ((name, address, *values),) = self.tell("press", button)
        assert name == "send"
        place = values.index("reply") + 1
        values[place] = self._socket.getsockname()[1]  # instead of the port that the script listens on in Bitwig
        self._socket.sendto(build_msg(str(address), values).dgram, self._studio)
        done: list[list[Value]] = []
        message = OscMessage(self._socket.recv(65536))
        while message.address not in LAST:
            done += self.tell("osc", message.address, *message.params)
            message = OscMessage(self._socket.recv(65536))
        return done + self.tell("osc", message.address, *message.params)

    def close(self) -> None:
        self._process.communicate("")
        self._socket.close()


def steps(done: list[list[Value]]) -> list[tuple[Value, ...]]:
    """Return step, pitch, velocity and duration in quarter notes of what was written."""
    return [tuple(values) for name, *values in done if name == "step"]


def test_new_notes_are_written_into_the_clip(studio: Studio) -> None:
    daw = Daw(studio.osc, {"New bars": 2, "Model": "songs"})
    done = daw.press("Generate")
    daw.close()
    assert done[0] == ["clear"]
    assert done[-1][0] == "loop"
    assert steps(done)
    assert all(float(step) == int(step) and int(step) < float(done[-1][1]) * STEPS for step, *_ in steps(done))


@pytest.fixture
def clip(studio: Studio) -> Iterator[tuple[Daw, list[tuple[Value, ...]]]]:
    """A DAW whose clip holds a tune of four bars, and its notes."""
    (piece,) = load().generate(Request(bars=4, seed=3, meter=COMMON_TIME))
    notes, quarter = piece.tracks[0].notes, piece.ticks_per_quarter
    columns = (notes.onset * STEPS // quarter, notes.pitch, notes.velocity, notes.duration / quarter)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    daw = Daw(studio.osc, {"Fill from bar": 2, "Fill to bar": 3})
    daw.tell("loop", 16)
    for row in rows:
        daw.tell("note", *row, "NoteOn")
    yield daw, rows
    daw.close()


def test_bars_of_the_clip_are_filled_anew(clip: tuple[Daw, list[tuple[Value, ...]]]) -> None:
    daw, rows = clip
    new = steps(daw.press("Infill"))
    assert [row for row in new if not BAR <= int(row[0]) < 3 * BAR] == [
        pytest.approx(row) for row in rows if not BAR <= int(row[0]) < 3 * BAR
    ]
    assert new != [pytest.approx(row) for row in rows]


def test_notes_that_left_the_clip_are_not_sent(clip: tuple[Daw, list[tuple[Value, ...]]]) -> None:
    daw, rows = clip
    for row in rows:
        daw.tell("note", *row, "Empty")
    (popup,) = daw.press("Vary")
    assert popup[0] == "popup"
    assert "note" in str(popup[1])
