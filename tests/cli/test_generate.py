"""`melodyrnn generate` on the command line."""

from __future__ import annotations

import shlex
from pathlib import Path

import mido
import pytest

from melodyrnn.cli.main import run


@pytest.mark.parametrize(
    ("typed", "signature", "name", "of_file"),
    [
        ("F# major", "F#", "F# major", "F# major"),
        ("Gb major", "Gb", "Gb major", "Gb major"),
        ("c#", "C#", "C# major", "C# major"),
        ("Db", "Db", "Db major", "Db major"),
        ("B", "B", "B major", "B major"),
        ("Cb major", "Cb", "Cb major", "Cb major"),
        ("D#m", "D#m", "D# minor", "D# minor"),
        ("Eb minor", "Ebm", "Eb minor", "Eb minor"),
        ("g# min", "G#m", "G# minor", "G# minor"),
        ("Abm", "Abm", "Ab minor", "Ab minor"),
        ("A#m", "A#m", "A# minor", "A# minor"),
        ("Bb minor", "Bbm", "Bb minor", "Bb minor"),
        ("H", "B", "B major", "B major"),
        ("Gb lydian", "Db", "Gb lydian", "Db major"),
        ("F# lydian", "C#", "F# lydian", "C# major"),
        ("Ab dorian", "Ebm", "Ab dorian", "Eb minor"),
        ("G# dorian", "D#m", "G# dorian", "D# minor"),
    ],
)
def test_a_key_is_spelled_as_typed(
    tmp_path: Path,
    model_file: Path,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    signature: str,
    name: str,
    of_file: str,
) -> None:
    """In the key signature, in the name of the file, in `info`, and in the command that makes the file again.

    A MIDI file has the key signature of a mode, in major or minor by its third.
    """
    words = ["generate", "--checkpoint", str(model_file), "-n", "1", "--bars", "1", "--seed", "3"]
    assert run([*words, "--key", typed, "-o", str(tmp_path / "a")]) == 0
    (path,) = (tmp_path / "a").iterdir()
    assert [m.key for m in mido.MidiFile(path) if m.type == "key_signature"] == [signature]
    assert f"-{name.replace(' ', '-')}-" in path.name
    capsys.readouterr()
    assert run(["info", str(path)]) == 0
    shown = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert shown["key"] == of_file
    command = shlex.split(shown["written"].removeprefix("by").strip(), comments=True)
    assert run([*command[1:], "-o", str(tmp_path / "b")]) == 0
    (again,) = (tmp_path / "b").iterdir()
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("signature", ["F#", "Gb", "Cb", "D#m", "Ebm", "Abm"])
def test_a_primer_keeps_the_spelling_of_its_file(tmp_path: Path, model_file: Path, signature: str) -> None:
    tonic = {"F#": 66, "Gb": 66, "Cb": 71, "D#m": 63, "Ebm": 63, "Abm": 68}[signature]
    scale = (0, 2, 3, 5, 7, 8, 10, 12) if signature.endswith("m") else (0, 2, 4, 5, 7, 9, 11, 12)
    track = mido.MidiTrack([mido.MetaMessage("key_signature", key=signature)])
    for step in (*scale, *scale[::-1]):
        track += [
            mido.Message("note_on", note=tonic + step),
            mido.Message("note_off", note=tonic + step, time=480),
        ]
    mido.MidiFile(tracks=[track]).save(tmp_path / "primer.mid")
    words = ["generate", "--checkpoint", str(model_file), "-n", "1", "--bars", "1", "--seed", "3"]
    assert run([*words, "--primer", str(tmp_path / "primer.mid"), "-o", str(tmp_path / "out.mid")]) == 0
    assert [m.key for m in mido.MidiFile(tmp_path / "out.mid") if m.type == "key_signature"] == [signature]


def test_roles_are_for_models_of_several_parts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wished = ["generate", "-n", "1", "-o", str(tmp_path / "a"), "--role"]
    assert run([*wished, "Strings=harmony"]) == 1
    assert "a role needs a model of several parts" in capsys.readouterr().err
    assert run([*wished, "Strings=conductor"]) == 2
    assert "a role must be like Strings=harmony, one of melody, bass" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()
