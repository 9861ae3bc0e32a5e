"""`melodyrnn preview` and `generate --preview` as commands: what they write, refuse and open."""

from __future__ import annotations

import base64
import re
import webbrowser
from pathlib import Path

import pytest

import melodyrnn
from melodyrnn.cli.main import run
from melodyrnn.midi.write import midi_bytes, write_piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.view.preview import preview


@pytest.fixture
def folder(tmp_path: Path, tunes: list[Score]) -> Path:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    write_piece(to_piece(tunes[0]), tmp_path / "in" / "b.mid")
    write_piece(to_piece(tunes[1]), tmp_path / "in" / "deep" / "a.MID")
    (tmp_path / "in" / "notes.txt").write_text("no music")
    return tmp_path


def files_in(page: str) -> list[bytes]:
    return [base64.b64decode(data) for data in re.findall(r'href="data:audio/midi;base64,([^"]+)"', page)]


def test_files_and_folders(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = folder / "p.html"
    assert run(["preview", str(folder / "in" / "b.mid"), str(folder / "in"), "-o", str(page)]) == 0
    assert capsys.readouterr().out == f"{page}\n"
    text = page.read_text("utf-8")
    assert re.findall(r"<h2>(.*?)</h2>", text) == ["b.mid", "a.MID"]  # each once
    assert files_in(text)[1] == (folder / "in" / "deep" / "a.MID").read_bytes()
    assert not re.search(r'(?:src|href)="(?!data:)|url\(|@import', text)
    before = text
    assert run(["preview", str(folder / "in"), "-o", str(page)]) == 1
    assert page.read_text("utf-8") == before
    assert run(["preview", str(folder / "in" / "b.mid"), "-o", str(page), "--force"]) == 0
    assert page.read_text("utf-8") != before


@pytest.mark.parametrize("there", [True, False])
def test_the_page_is_opened_in_a_browser(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: bool(shown.append(url)) or there)
    monkeypatch.chdir(folder)
    assert run(["preview", "in", "--open"]) == 0
    assert shown == [(folder / "preview.html").as_uri()]
    assert capsys.readouterr().err == ("" if there else "no browser was found to open it\n")


def test_generate_writes_the_page_beside_the_files_and_overwrites_none(tmp_path: Path, model_file: Path) -> None:
    line = ["generate", "--checkpoint", str(model_file), "--bars", "1", "--preview"]
    assert run([*line, "-n", "1", "-o", str(tmp_path / "one.mid")]) == 0
    assert files_in((tmp_path / "one.html").read_text("utf-8")) == [(tmp_path / "one.mid").read_bytes()]
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "preview.html").write_text("mine")
    assert run([*line, "-o", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "preview.html").read_text() == "mine"
    assert len(files_in((tmp_path / "out" / "preview-2.html").read_text("utf-8"))) == 4
    (tmp_path / "one.mid").unlink()
    assert run([*line, "-n", "1", "-o", str(tmp_path / "one.mid")]) == 1
    assert not (tmp_path / "one.mid").exists()


def test_from_python() -> None:
    pieces = melodyrnn.load().generate(num=2, bars=2, seed=1)
    text = preview(pieces)
    assert melodyrnn.preview(pieces) == text
    assert files_in(text) == [midi_bytes(piece) for piece in pieces]
    assert all(piece.texts[0].split(" #")[0] in text for piece in pieces)
