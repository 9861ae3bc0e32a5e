"""`melodyrnn generate` with wishes for parts: the options, what each file says about itself, and what is refused."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from band_models import BASS, LEAD, band, band_generator, only

from melodyrnn.api.conversions import CONVERSIONS
from melodyrnn.cli.main import run
from melodyrnn.errors import SettingError
from melodyrnn.generation.generator import load
from melodyrnn.generation.part_wishes import PartWishes
from melodyrnn.generation.request import Request
from melodyrnn.live.answer import Question, answer
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.convert import to_piece

WISHES = (("bass", PartWishes(40, 57, 7, 4, 1, 43)), ("harmony", PartWishes(program=19, density=2)))


@pytest.mark.parametrize("settings", [{"of_parts": WISHES, "bars": 1}, {"parts": ("melody", "bass"), "bars": 1}])
def test_the_command_in_a_file_writes_it_again(tmp_path: Path, settings: dict[str, object]) -> None:
    piece = load("chorales").generate(Request(seed=5, **settings))[0]  # type: ignore[arg-type]
    words = shlex.split(piece.texts[0], comments=True)
    assert run([*words[1:], "-o", str(tmp_path / "again.mid")]) == 0
    assert (tmp_path / "again.mid").read_bytes() == midi_bytes(piece)


def test_so_does_that_of_a_given_file(tmp_path: Path) -> None:
    file = tmp_path / "a file.mid"
    file.write_bytes(midi_bytes(to_piece(only(band(num_bars=1), LEAD, BASS))))
    roles = (("Lead", "melody"), ("Bass", "bass"))
    request = Request(seed=5, given=str(file), draw=("harmony",), roles=roles)
    piece = load("chorales").generate(request)[0]
    words = shlex.split(piece.texts[0], comments=True)
    assert run([*words[1:], "-o", str(tmp_path / "again.mid")]) == 0
    assert (tmp_path / "again.mid").read_bytes() == midi_bytes(piece)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--range bass=E1:G2 --range bass=E1:G2", "--range must be given once for a part. Received: bass"),
        ("--density 2 --density 3", "--density must be given once for a part. Received: 3"),
        ("--polyphony 2", "--polyphony must name a part, as in harmony=2. Received: 2"),
        ("--polyphony harmony=17", "polyphony must be 1..16. Received: 17"),
        ("--density bass=65", "65.0 is not in the range 0<x<=64"),
        ("--parts ,", "there must be a name. Received: ','"),
        ("--parts melody --draw bass", "draw and parts both name the parts to draw: choose one. Received: both"),
        ("--range tuba=E1:G2", "a wish must name parts of this model (melody, bass, harmony, harmony 2). Rec"),
    ],
)
def test_words_that_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str, message: str) -> None:
    code = run(["generate", "--checkpoint", "chorales", "-n", "1", "-o", str(tmp_path / "x"), *words.split()])
    said = capsys.readouterr().err
    assert code > 0
    assert message in said
    assert said.count("\n") == 1
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"given": "x.mid"}, "a given file needs a model of several parts"),
        ({"draw": ("bass",)}, "draw needs a model of several parts"),
        ({"parts": ("bass",)}, "naming parts needs a model of several parts"),
        ({"roles": (("1", "bass"),)}, "a role needs a model of several parts"),
        ({"of_parts": WISHES}, "a wish for a part needs a model of several parts"),
        ({"chords": "C"}, "drawing to chords needs a model of several parts"),
        ({"render_chords": True}, "rendering chords needs a model of several parts"),
    ],
)
def test_models_of_melodies_refuse_what_needs_parts(settings: dict[str, object], message: str) -> None:
    request = Request(seed=1, bars=1, **settings)  # type: ignore[arg-type]
    with pytest.raises(SettingError, match=rf"^{message}, such as .*Received: folk, which draws one melody$"):
        load("folk").generate(request)


def test_what_draws_melodies_refuses_models_of_parts() -> None:
    refused = "needs a model of melodies. Received: band, which draws several parts"
    with pytest.raises(SettingError, match=f"jam {refused}"):
        answer(band_generator(), Question(None, Key(0, "major"), Meter(4, 4), 1, 1.0, 0))
    with pytest.raises(SettingError, match=f"such a plan {refused}"):
        band_generator().plan(Request())


def test_words_of_the_interface_become_wishes() -> None:
    asked = {"bass": {"range": "E2:A3", "max_interval": 7, "density": 4, "polyphony": 1, "program": "contrabass"}}
    assert CONVERSIONS["of_parts"](asked) == WISHES[:1]
    assert CONVERSIONS["roles"]({1: "bass"}) == (("1", "bass"),)
    assert CONVERSIONS["draw"]("melody, bass") == CONVERSIONS["parts"](["melody", "bass"]) == ("melody", "bass")
    with pytest.raises(SettingError, match=r"must be range, max_interval, density, polyphony or program.*'low'"):
        CONVERSIONS["of_parts"]({"bass": {"low": 3}})
    with pytest.raises(SettingError, match=r"of_parts must be a dictionary by name.*Received: 'bass'"):
        CONVERSIONS["of_parts"]("bass")
