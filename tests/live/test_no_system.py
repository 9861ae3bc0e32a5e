"""Where no MIDI system runs, or it has no virtual ports, or the extra is missing: one line that says what to do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from melodyrnn.cli.main import run
from melodyrnn.midi.write import write_piece
from melodyrnn.score.convert import to_piece

pytest.importorskip("rtmidi")


@pytest.fixture
def tune(tunes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "melodyrnn-none-of-that-name")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    monkeypatch.setenv("MIDO_BACKEND", "mido.backends.rtmidi/UNIX_JACK")
    write_piece(to_piece(tunes[0]), tmp_path / "a.mid")
    return str(tmp_path / "a.mid")


@pytest.mark.skipif(sys.platform != "linux", reason="JACK is Linux's")
def test_no_midi_system(tune: str, capfd: Any) -> None:
    for line in (["ports"], ["play", tune], ["play", tune, "--port", "x"]):
        assert run(line) == 1
        assert capfd.readouterr().err == "Error: a MIDI system must run (jack). Received: none that answers\n"


def test_a_driver_that_is_not_compiled_in(tune: str, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wish = "WINDOWS_MM" if sys.platform != "win32" else "UNIX_JACK"
    monkeypatch.setenv("MIDO_BACKEND", f"mido.backends.rtmidi/{wish}")
    assert run(["ports"]) == 1
    assert f"Received: {wish}" in capsys.readouterr().err


def test_windows_has_no_virtual_ports(tune: str, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from melodyrnn.live import ports

    monkeypatch.setattr(ports, "_handles", lambda direction: [("winmm", None)])
    assert run(["play", tune]) == 1
    err = capsys.readouterr().err
    assert "Windows has no virtual MIDI ports: install loopMIDI" in err
    assert err.count("\n") == 1


def test_the_extra_is_named(tune: str, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    for line in (["ports"], ["play", tune]):
        assert run(line) == 1
        assert capsys.readouterr().err.startswith("Error: this needs the extra live: pip install 'melodyrnn[live]'.")
