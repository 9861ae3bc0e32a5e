from __future__ import annotations

import importlib.util
import re
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import pytest

from melodyrnn.errors import NotationError
from melodyrnn.extract.melody import find_melody
from melodyrnn.midi.read import read_piece
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.convert import to_piece
from melodyrnn.score.quantize import Voice, quantize

if TYPE_CHECKING:
    from melodyrnn.samples.build import Tune

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
FILES = sorted((SAMPLES / "tunes").glob("*.mid"))


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("samples_build", SAMPLES / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


build = load()
TUNES = build.read_tunes((SAMPLES / "tunes.txt").read_text("utf-8"))

BLOCK = """title: A tune
origin: made for a test
meter: 4/4
key: C major
tempo: 120
unit: 1/4
pickup: 1
A: G | C5 D E F | C D E F | C D E F | C D E
B: F | C5 D E:2 | C D:4
   E F G | E D C
form: A A B
"""
LONG = BLOCK.replace("form: A A B", "form: A A B A")


def test_there_are_enough_tunes_and_no_other_file() -> None:
    assert len(TUNES) >= 40
    assert [path.stem for path in FILES] == sorted(tune.slug for tune in TUNES)


def test_meters_and_modes_are_mixed() -> None:
    assert {tune.meter for tune in TUNES} >= {(4, 4), (3, 4), (2, 4), (6, 8)}
    assert {tune.key.mode for tune in TUNES} == {"major", "minor"}


@pytest.mark.parametrize("tune", TUNES, ids=lambda tune: tune.slug)
class TestEveryTune:
    def test_the_file_has_the_notes_of_the_text(self, tune: Tune) -> None:
        written = midi_bytes(to_piece(build.to_melody(tune)))
        assert (SAMPLES / "tunes" / f"{tune.slug}.mid").read_bytes() == written

    def test_the_melody_is_found_in_the_file(self, tune: Tune) -> None:
        voice = find_melody(read_piece(SAMPLES / "tunes" / f"{tune.slug}.mid"))
        assert isinstance(voice, Voice)
        found, error = quantize(voice)
        melody = build.to_melody(tune)
        assert error == 0
        for name in ("onset", "duration", "pitch", "velocity"):
            np.testing.assert_array_equal(getattr(found, name), getattr(melody, name), err_msg=name)
        assert (found.meter, found.name) == (melody.meter, tune.title)
        assert found.microseconds_per_quarter == melody.microseconds_per_quarter
        assert voice.key == tune.key

    def test_downbeats_are_accented(self, tune: Tune) -> None:
        melody = build.to_melody(tune)
        np.testing.assert_array_equal(melody.velocity == build.DOWNBEAT, melody.onset % melody.bar == 0)
        assert melody.pickup_bars == (tune.pickup > 0 and tune.notes[0].pitch is not None)


@pytest.mark.parametrize(("meter", "steps"), [((4, 4), 12), ((3, 4), 12), ((2, 2), 24), ((6, 8), 18), ((3, 8), 18)])
def test_beats_are_accented(meter: tuple[int, int], steps: int) -> None:
    bar = 48 * meter[0] // meter[1]
    notes = " ".join(["C4"] * bar)
    tune = build.Tune("x", "", Meter(*meter), Key(0, "major"), 120, Fraction(1, 12), Fraction(0), {"A": notes}, ("A",))
    velocity = build.to_melody(tune).velocity.tolist()
    assert [step for step, v in enumerate(velocity) if v != build.OFFBEAT] == list(range(0, bar, steps))
    assert velocity[0] == build.DOWNBEAT


def test_a_tune_has_all_its_sections_from_the_pickup_on() -> None:
    (tune,) = build.read_tunes("# a comment\n\n" + LONG)
    melody = build.to_melody(tune)
    assert tune.slug == "a-tune"
    assert melody.onset[:3].tolist() == [36, 48, 60]
    assert melody.velocity[:6].tolist() == [90, 100, 90, 90, 90, 100]
    assert len(melody) == 3 * 16 + 12
    assert melody.num_bars == 17


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "| C D E F | C D E F |",
            "| C D E | C D E F |",
            "a bar must be full: 4 units. Received: 'C D E', 3 units, in A, 3 units into a bar",
        ),
        (
            "A: G |",
            "A: G G |",
            "a bar must be full: 4 units. Received: 'G G', 2 units, in A, 1 units into a bar",
        ),
        (
            "| C D E F | C D E F |",
            "| C D E F C D E F |",
            "a bar line may be left out only where a note sounds across it. Received: 'C D E F C D E F', 8 units, in A",
        ),
        ("form: A A B A", "form: A A", "a form must name every section and no other. Received: A A"),
        ("form: A A B A", "form: A B C", "a form must name every section and no other. Received: A B C"),
        ("form: A A B A", "form: A B", "a tune must have 32 notes and 8 bars. Received: 28 and 8"),
        (
            "E D C\n",
            "E D C:1/2\n",
            "a bar must be full: 4 units. Received: 'G', 1 units, in A, 7/2 units into a bar",
        ),
        ("pickup: 1", "pickup: 3", "a pick-up must be at most half a bar. Received: 3 quarter notes"),
        ("key: C major\n", "", "a tune must have title, origin, meter, key, tempo, unit, form. Missing: key"),
        (
            "key: C major",
            "key: I",
            "a key must be a tonic and one of major, minor, dorian, mixolydian, lydian, phrygian, "
            "as in \"D minor\". Received: 'I'",
        ),
        (
            "tempo: 120",
            "tempo: 120\ntempo: 90",
            "a tune must name each line once. Received: 'tempo: 90' again",
        ),
        ("tempo: 120", "tempo: 120\nwords", "a line must be `name: text` or indented. Received: 'words'"),
        (
            "A: G",
            "A: H",
            'a note must be a letter, an accidental and an octave, or "r", as in "C4", "F#4:1/2", '
            "\"r:2\". Received: 'H', note 1",
        ),
    ],
)
def test_what_is_refused(old: str, new: str, message: str) -> None:
    assert LONG.count(old) == 1
    with pytest.raises(NotationError, match=f"^{re.escape(message)}, in title: A tune$"):
        build.read_tunes(LONG.replace(old, new))


def test_the_end_must_leave_room_for_the_pickup_alone() -> None:
    message = "a tune must end on a bar line or one pick-up before it. Received: 2 quarter notes before it"
    with pytest.raises(NotationError, match=message):
        build.read_tunes(BLOCK.replace("E D C\n", "E D\n"))


def test_two_tunes_of_one_name_are_refused() -> None:
    with pytest.raises(NotationError, match=r"a tune's file name must be its own\. Received: a-tune again"):
        build.read_tunes(LONG + LONG.replace("A tune", "A Tune!"))


def test_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(build, "HERE", tmp_path)
    (tmp_path / "tunes.txt").write_text(LONG, "utf-8")
    assert build.main() == 0
    first = (tmp_path / "tunes" / "a-tune.mid").read_bytes()
    assert build.main() == 0
    assert (tmp_path / "tunes" / "a-tune.mid").read_bytes() == first
    assert capsys.readouterr().out.startswith("1 tunes in ")
    (tmp_path / "tunes.txt").write_text(BLOCK.replace("A: G |", "A: |"), "utf-8")
    assert build.main() == 1
    assert capsys.readouterr().err.startswith("samples: a bar must be full")
