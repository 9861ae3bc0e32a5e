"""The script for REAPER: run by Lua over a stand-in for REAPER's functions, with the real studio and the real curl."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from studio_process import Studio

from melodyrnn.formats.read import read_piece
from melodyrnn.generation.generator import load
from melodyrnn.generation.request import Request
from melodyrnn.music.meter import COMMON_TIME
from melodyrnn.music.piece import Piece

LUA = shutil.which("lua5.4") or shutil.which("lua")
SCRIPT = Path(__file__).resolve().parents[2] / "integrations" / "reaper" / "melodyrnn.lua"
STAND_IN = Path(__file__).with_name("reaper.lua")
pytestmark = pytest.mark.skipif(LUA is None or shutil.which("curl") is None, reason="needs lua5.4 and curl")
BAR, SECONDS = 3840, 8.0  # ticks of a bar of 4/4 at 960 a quarter; four of them at 120 quarter notes a minute


@pytest.fixture(scope="module")
def tune() -> Piece:
    (piece,) = load().generate(Request(bars=4, seed=3, meter=COMMON_TIME))
    return piece


def run(studio: Studio, folder: Path, answers: str | None, tune: Piece | None, selected: bool = True) -> list[str]:
    """Return what the script does with an item that holds a tune, a line each."""
    assert LUA is not None
    own = {"PROJECT": str(folder), "XDG_RUNTIME_DIR": str(studio.runtime), "HOME": str(folder), "SOURCE_QUARTERS": "24"}
    if tune is not None:
        own["ITEM_NOTES"] = " ".join(f"{onset},{duration},{pitch},{v}" for onset, duration, pitch, v in notes(tune))
    if selected:
        own["ITEM_SECONDS"] = str(SECONDS)
    if answers is not None:
        own["ANSWERS"] = answers
    done = subprocess.run([LUA, STAND_IN, SCRIPT], env={**os.environ, **own}, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def notes(piece: Piece) -> list[tuple[int, ...]]:
    """Return the notes of the first track, in 960 ticks a quarter."""
    found, scale = piece.tracks[0].notes, 960 // piece.ticks_per_quarter
    columns = (found.onset * scale, found.duration * scale, found.pitch, found.velocity)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_bars_are_filled_anew_in_a_new_take(studio: Studio, tmp_path: Path, tune: Piece) -> None:
    lines = run(studio, tmp_path, "infill|2-3||folk|5", tune)
    (path,) = tmp_path.iterdir()
    assert lines == [
        f"source new {path}",
        "P_NAME new melodyrnn infill",
        "active new",
        "D_LENGTH 12.0",
        "undo melodyrnn: infill",
    ]
    new = notes(read_piece(path))
    assert [one for one in new if not BAR <= one[0] < 3 * BAR] == [
        one for one in notes(tune) if not BAR <= one[0] < 3 * BAR
    ]
    assert new != notes(tune)


def test_a_seed_makes_the_same_again(studio: Studio, tmp_path: Path, tune: Piece) -> None:
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        run(studio, tmp_path / name, "continue|4||folk|7", tune)
        made.append(notes(read_piece(next((tmp_path / name).iterdir()))))
    assert made[0] == made[1]
    assert made[0][: len(notes(tune))] == notes(tune)
    assert made[0][-1][0] >= 4 * BAR


def test_new_music_needs_no_notes_and_the_rest_does(studio: Studio, tmp_path: Path) -> None:
    assert run(studio, tmp_path, "vary||||", None) == ["message the item must have notes. Received: none"]
    assert run(studio, tmp_path, "generate|2|||1", None)[-1] == "undo melodyrnn: generate"


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ("sing||||", "a verb must be one of vary, infill, continue, ending, accompany, generate. Received: sing"),
        ("infill|x|||", "bars to fill must be like 3-4. Received: x"),
        ("continue|x|||", "new bars must be a number. Received: x"),
        ("vary||x||", "a share to vary must be a number from 0 to 1. Received: x"),
        ("vary||||x", "a seed must be a number. Received: x"),
        ('vary|||no"such|', "a model must be one of "),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    studio: Studio, tmp_path: Path, tune: Piece, answers: str, message: str
) -> None:
    (line,) = run(studio, tmp_path, answers, tune)
    assert line.startswith(f"message {message}")
    assert not list(tmp_path.iterdir())


def test_without_an_item_or_a_studio_nothing_happens(studio: Studio, tmp_path: Path, tune: Piece) -> None:
    assert run(studio, tmp_path, None, None, selected=False) == ["message a MIDI item must be selected. Received: none"]
    assert run(studio, tmp_path, None, tune) == []  # the dialog was cancelled
    nowhere = studio._replace(runtime=tmp_path / "none")
    (line,) = run(nowhere, tmp_path, "vary||||", tune)
    assert line.startswith("message the studio must be running")
