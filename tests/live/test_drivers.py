"""Without a MIDI system, without virtual ports or without the extra, an error of one line says what to do."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

from melodyrnn.cli.main import run
from melodyrnn.midi.write import write_piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

needs_rtmidi = pytest.mark.skipif(find_spec("rtmidi") is None, reason="python-rtmidi is not installed")


@pytest.fixture
def tune(tunes: list[Score], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "melodyrnn-none-of-that-name")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    monkeypatch.setenv("MIDO_BACKEND", "mido.backends.rtmidi/UNIX_JACK")
    write_piece(to_piece(tunes[0]), tmp_path / "a.mid")
    return str(tmp_path / "a.mid")


@needs_rtmidi
@pytest.mark.skipif(sys.platform != "linux", reason="JACK is Linux's")
def test_no_midi_system(tune: str, capfd: pytest.CaptureFixture[str]) -> None:
    for line in (["ports"], ["play", tune], ["play", tune, "--port", "x"]):
        assert run(line) == 1
        assert capfd.readouterr().err == "Error: a MIDI system must run (jack). Received: none that answers\n"


@needs_rtmidi
def test_a_driver_that_rtmidi_was_not_compiled_with(
    tune: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = "WINDOWS_MM" if sys.platform != "win32" else "UNIX_JACK"
    monkeypatch.setenv("MIDO_BACKEND", f"mido.backends.rtmidi/{backend}")
    assert run(["ports"]) == 1
    assert f"Received: {backend}" in capsys.readouterr().err


def rtmidi_of_windows() -> ModuleType:
    """A module rtmidi as on Windows, where the only driver is winmm."""

    class Handle:
        def __init__(self, rtapi: int, name: str) -> None:
            pass

    module = ModuleType("rtmidi")
    names = {
        "RtMidiError": RuntimeError,
        "MidiIn": Handle,
        "MidiOut": Handle,
        "get_compiled_api": lambda: [4],
        "get_api_name": {4: "winmm"}.get,
    }
    for name, value in names.items():
        setattr(module, name, value)
    return module


def test_windows_has_no_virtual_ports(
    tune: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", rtmidi_of_windows())
    monkeypatch.delenv("MIDO_BACKEND")
    assert run(["play", tune]) == 1
    err = capsys.readouterr().err
    assert "Windows has no virtual MIDI ports: install loopMIDI" in err
    assert err.count("\n") == 1


def test_without_python_rtmidi_the_error_names_the_extra(
    tune: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    for line in (["ports"], ["play", tune]):
        assert run(line) == 1
        assert capsys.readouterr().err.startswith(
            "Error: this needs the extra live: pip install '.[live]' in the folder of "
        )
