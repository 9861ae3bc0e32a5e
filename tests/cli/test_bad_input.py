"""Refused input gives one line that begins with "Error:", an exit code, and no file."""

from __future__ import annotations

from pathlib import Path

import mido
import pytest
from mido import Message, MetaMessage

from melodyrnn.cli.main import COMMANDS, run


def snapshot(folder: Path) -> dict[str, bytes | None]:
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in sorted(folder.rglob("*"))}


@pytest.fixture
def place(tmp_path: Path, corpus_folder: Path, model_file: Path) -> Path:
    """A folder with a corpus, a model, a folder without MIDI, an empty one, and a file that is neither."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("no music")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.mid").write_bytes(b"MThd, it says")
    for name in ("note.txt", "note", "old.html"):
        (tmp_path / name).write_text("no music")
    assert {corpus_folder.name, model_file.name} == {"corpus", "model.keras"}
    return tmp_path


LONG = "a" * 300
CASES = [
    # a path that does not exist
    ("ingest {}/no -o {}/new", 1, "a MIDI file or a folder must exist. Received: {}/no"),
    ("train {}/no -o {}/new.keras", 1, "a corpus must exist. Received: {}/no"),
    ("generate --checkpoint {}/no.keras -o {}/new", 1, "a model file must exist. Received: {}/no.keras"),
    ("generate --checkpoint {}/model.keras --primer {}/no.mid -o {}/new", 1, "must exist. Received: {}/no.mid"),
    ("evaluate {}/no.keras {}/corpus", 1, "a model file must exist. Received: {}/no.keras"),
    ("evaluate {}/model.keras {}/no", 1, "must exist. Received: {}/no"),
    ("info {}/no", 1, "must exist. Received: {}/no"),
    # an empty folder
    (
        "ingest {}/empty -o {}/new",
        1,
        "must hold music (.mid, .midi, .kar, .smf, .rmi, .abc, .musicxml, .mxl, .xml). Received: {}/empty",
    ),
    ("ingest {}/texts {}/empty -o {}/new", 1, "Received: {}/texts, {}/empty"),
    ("ingest {}/broken -o {}/new", 1, "must hold a usable melody. Received 1 in {}/broken: unreadable (1)"),
    ("ingest {}/note.txt -o {}/new", 1, "must hold a usable melody"),
    ("train {}/empty -o {}/new.keras", 1, "Received a folder without corpus.json: {}/empty"),
    ("evaluate {}/model.keras {}/empty", 1, "to evaluate. Received: {}/empty"),
    ("info {}/empty", 1, "a folder must be a corpus, with corpus.json in it. Received: {}/empty"),
    # one kind of path in place of another
    ("train {}/model.keras -o {}/new.keras", 1, "Received a file: {}/model.keras"),
    ("generate --checkpoint {}/corpus -o {}/new", 1, "a model must be a .keras file. Received a corpus: {}/corpus"),
    ("evaluate {}/corpus {}/model.keras", 1, "Received a corpus: {}/corpus"),
    ("evaluate {}/model.keras {}/model.keras", 1, "{}/model.keras"),
    ("generate --checkpoint {}/note.txt -o {}/new", 1, "zip archive. Received: {}/note.txt"),
    ("info {}/note.txt", 1, "a MIDI file must begin with MThd. Received: {}/note.txt"),
    ("info {}/broken/a.mid", 1, "cannot read {}/broken/a.mid as MIDI"),
    ("ingest {}/corpus -o {}/new", 1, "must hold music"),
    # existing outputs
    ("ingest {}/broken -o {}/corpus", 1, "must not exist yet (--force overwrites it). Received: {}/corpus"),
    ("ingest {}/broken -o {}/note", 1, "must not exist yet (--force overwrites it). Received: {}/note"),
    ("ingest {}/broken -o {}/note.txt", 2, "the output must be a folder. Received: {}/note.txt"),
    ("train {}/corpus -o {}/model.keras", 1, "must not exist yet (--force overwrites it). Received: {}/model.keras"),
    ("generate --checkpoint {}/model.keras -n 1 -o {}/broken/a.mid --bars 1", 1, "Received: {}/broken/a.mid"),
    ("generate --checkpoint {}/model.keras -o {}/note.txt --bars 1", 2, "{}/note.txt"),
    ("generate --checkpoint {}/model.keras -o {}/note --bars 1", 1, "below the file {}/note"),
    # a name too long for any file
    ("info {}/" + LONG, 1, "name too long"),
    ("ingest {}/broken -o {}/" + LONG, 1, "name too long"),
    ("ingest {}/" + LONG + " -o {}/new", 1, "name too long"),
    ("train {}/" + LONG + " -o {}/new.keras", 1, "name too long"),
    ("evaluate {}/" + LONG + " {}/corpus", 1, "name too long"),
    # wrong usage
    ("compose", 2, "compose"),
    ("ingest {}/broken", 2, "-o"),
    ("ingest -o {}/new", 2, "FOLDER"),
    ("train {}/corpus", 2, "-o"),
    ("train {}/corpus -o {}/new.h5", 2, "a model's name must end in .keras. Received: {}/new.h5"),
    ("evaluate {}/model.keras", 2, "CORPUS_OR_FOLDER"),
    ("evaluate {}/model.keras {}/broken --split test", 2, "--split is for a corpus"),
    ("evaluate {}/model.keras {}/corpus --split exam", 2, "exam"),
    ("info", 2, "FILE"),
    ("generate --nonsense", 2, "--nonsense"),
    ("generate -n 0", 2, "0"),
    ("generate --checkpoint {}/model.keras -n 2 -o {}/new.mid", 2, "a file name holds one piece"),
    ("ingest {}/broken -o {}/new --validation 1", 2, "1"),
    # preview, plot, render, play
    ("preview {}/no.mid -o {}/new.html", 1, "a MIDI file or a folder must exist. Received: {}/no.mid"),
    (
        "preview {}/empty -o {}/new.html",
        1,
        "a folder must hold music (.mid, .midi, .kar, .smf, .rmi, .abc, .musicxml, .mxl, .xml). Received: {}/empty",
    ),
    ("preview {}/broken/a.mid -o {}/new.html", 1, "cannot read {}/broken/a.mid as MIDI"),
    ("preview {}/broken/a.mid -o {}/note.txt", 2, "must end in .html or .htm. Received: {}/note.txt"),
    ("preview {}/broken/a.mid -o {}/old.html", 1, "must not exist yet (--force overwrites it). Received: {}/old.html"),
    ("preview {}/broken/a.mid -o {}/no/new.html", 1, "cannot read {}/broken/a.mid"),
    ("preview", 2, "FILES"),
    ("plot {}/no.mid -o {}/new.png", 1, "a MIDI file or a folder must exist. Received: {}/no.mid"),
    ("plot {}/broken -o {}/new.png", 1, "cannot read {}/broken/a.mid as MIDI"),
    ("plot {}/note.txt -o {}/new.png --dpi 1", 2, "1"),
    ("render {}/no.mid -o {}/new.wav", 1, "a MIDI file or a folder must exist. Received: {}/no.mid"),
    ("render {}/broken/a.mid -o {}/new.wav", 1, "cannot read {}/broken/a.mid as MIDI"),
    ("render {}/broken/a.mid -o {}/new", 1, "cannot read {}/broken/a.mid as MIDI"),
    ("render {}/broken/a.mid", 2, "-o"),
    ("render {}/broken/a.mid -o {}/new.wav --rate 1", 2, "1"),
    ("play {}/no.mid", 1, "a MIDI file must exist. Received: {}/no.mid"),
    ("play", 2, "FILE"),
    ("jam --meter 4", 2, "a meter must be like 4/4"),
    ("ingest {}/broken -o {}/new --validation 0.5 --test 0.5", 1, "must leave pieces to train on"),
]


@pytest.mark.parametrize(("line", "code", "words"), CASES, ids=[c[0].replace(LONG, "LONG") for c in CASES])
def test_refused(
    place: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(place / "empty")  # so that files written by default would be found
    before = snapshot(place)
    assert run([part.replace("{}", str(place)) for part in line.split()]) == code
    captured = capsys.readouterr()
    assert captured.err.startswith("Error: ")
    assert captured.err.count("\n") == 1
    assert captured.err.endswith("\n")
    assert words.replace("{}", str(place)).lower() in captured.err.lower()
    assert captured.out == ""
    assert snapshot(place) == before


def test_the_test_tells_success(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The model and the corpus of these tests are valid."""
    assert run(["evaluate", str(place / "model.keras"), str(place / "corpus")]) == 0
    assert run(["info", str(place / "model.keras")]) == 0
    assert run(["info", str(place / "corpus")]) == 0
    assert run(["generate", "--checkpoint", str(place / "model.keras"), "-o", str(place / "new"), "--bars", "1"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert len(list((place / "new").iterdir())) == 4


@pytest.mark.parametrize(
    "message",
    [
        MetaMessage("time_signature", numerator=0, denominator=4),
        MetaMessage("time_signature", numerator=1, denominator=2**11),
        MetaMessage("set_tempo", tempo=0),
        MetaMessage("track_name", name="Café"),
    ],
    ids=["meter of no beats", "meter off the grid", "tempo 0", "name in latin 1"],
)
def test_info_on_strange_but_readable_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], message: MetaMessage
) -> None:
    """They can be read, so `info` shows their contents."""
    midi = mido.MidiFile()
    notes = [Message("note_on", note=60, velocity=80), Message("note_off", note=60, time=480)]
    midi.tracks.append(mido.MidiTrack([message, *notes]))
    midi.save(tmp_path / "a.mid")
    assert run(["info", str(tmp_path / "a.mid")]) == 0
    assert "1 notes" in capsys.readouterr().out


def test_ingest_of_a_file_of_tempo_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    midi = mido.MidiFile()
    notes = []
    for pitch in range(60, 80):
        notes += [Message("note_on", note=pitch), Message("note_off", note=pitch, time=480)]
    midi.tracks.append(mido.MidiTrack([MetaMessage("set_tempo", tempo=0), *notes]))
    midi.save(tmp_path / "a.mid")
    assert run(["ingest", str(tmp_path / "a.mid"), "-o", str(tmp_path / "c")]) == 0
    assert "1 melody" in " ".join(capsys.readouterr().out.split())  # a long path breaks the line


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_no_error(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert run([command, "--help"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith(f"Usage: melodyrnn {command}")
    assert captured.err == ""


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    shown = capsys.readouterr().out
    assert all(command in shown for command in COMMANDS)
    assert run(["--version"]) == 0
    assert "melodyrnn" in capsys.readouterr().out
