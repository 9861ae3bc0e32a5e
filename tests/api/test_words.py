"""Words of the commands as arguments: both forms of each, errors that are the command's, and where they are shown."""

from __future__ import annotations

import inspect
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import numpy as np
import pytest

import melodyrnn
from melodyrnn.api.ingest_words import INGEST_DEFAULTS, FileWords, IngestWords, MelodyWords, config_of, described
from melodyrnn.api.train_words import TRAIN_DEFAULTS, TrainWords
from melodyrnn.api.words import GenerateWords, request_of, takes
from melodyrnn.cli.main import run
from melodyrnn.corpus.ingest.config import Filters, IngestConfig
from melodyrnn.corpus.ingest.sources import Limits
from melodyrnn.errors import MelodyRNNError, SettingError
from melodyrnn.extract.extractor import ExtractionSettings, Refusal
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("meter", "6/8", [(6, 8), Meter(6, 8), [6, 8]]),
        ("register", "D5", [74, "74"]),
        ("range", "C4:C6", [(60, 84), ("C4", 84), [60, "C6"], "60:84"]),
        ("key", "D minor", [Key(2, "minor"), "Dm"]),
        ("scale", "0,2,4,7,9", [[0, 2, 4, 7, 9], (9, 7, 4, 2, 0), "major-pentatonic"]),
        ("program", "violin", [40, "40", "Violin", np.int64(40)]),
        ("infill", "3-4", [(3, 4), [3, 4]]),
        ("infill", "3", [3, (3, 3), "3-3"]),
        ("primer_bars", "1-8", [(1, 8)]),
        ("given_part", "2", [2]),
    ],
)
def test_a_word_has_several_forms(name: str, text: str, values: list[object]) -> None:
    given = {} if name in ("meter", "range", "key", "scale", "program") else {"primer": "C4:4 D4:4 E4:4 F4:4"}
    asked = request_of({name: text, **given})  # type: ignore[misc]
    for value in values:
        same = request_of({name: value, **given})  # type: ignore[misc]
        if name == "scale":
            assert wished_scale(same.scale) == wished_scale(asked.scale)
        else:
            assert getattr(same, name) == getattr(asked, name)


def wished_scale(text: str | None) -> tuple[int, ...]:
    from melodyrnn.generation.scales import parse_scale

    return parse_scale(text or "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("meter", "waltz"),
        ("range", "C4"),
        ("range", "C4:X9"),
        ("key", "Q minor"),
        ("program", "piano"),
        ("program", "200"),
        ("infill", "a-b"),
        ("primer_bars", "1-"),
        ("scale", "0,2,40"),
        ("range", "C6:C4"),
        ("infill", "7-8"),
        ("primer_bars", "7-8"),
        ("form", "A1"),
        ("end", "high"),
    ],
)
def test_an_error_is_that_of_the_command(
    name: str, text: str, model_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"primer": "C4:4 E4:4"} if name in ("infill", "primer_bars") else {}
    with pytest.raises(MelodyRNNError) as raised:
        melodyrnn.generate(model_file, bars=4, **{name: text}, **given)  # type: ignore[arg-type]
    options = [
        f"--{name.replace('_', '-')}",
        text,
        *(part for one in given.items() for part in (f"--{one[0]}", one[1])),
    ]
    code = run(["generate", "--checkpoint", str(model_file), "-o", str(tmp_path / "new"), "--bars", "4", *options])
    message = capsys.readouterr().err
    assert code != 0
    assert str(raised.value) in message or name == "end"  # an ending is one of a list, which the command line shows


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"bars": "8"}, "bars must be a whole number. Received: '8'"),
        ({"seed": 1.5}, "seed must be a whole number. Received: 1.5"),
        ({"temperature": "hot"}, "temperature must be a number. Received: 'hot'"),
        ({"meter": 4}, "a meter must be like 4/4 or 6/8. Received: 4"),
        ({"register": 7.5}, "register must be a note, like D5 or 74. Received: 7.5"),
        ({"meter": ("6", "8")}, "a meter must be like 4/4 or 6/8. Received: ('6', '8')"),
        ({"range": 60}, "a range must be two notes, like C4:C6. Received: 60"),
        ({"range": (60, 72, 84)}, "a range must be two notes, like C4:C6. Received: (60, 72, 84)"),
        ({"range": (60, None)}, "a range must be two notes, like C4:C6. Received: (60, None)"),
        ({"infill": 1.5, "primer": "C4"}, "bars must be like 3-4. Received: 1.5"),
        ({"scale": 5}, "a scale must be like 0,2,4,7,9. Received: 5"),
        ({"primer": 60}, "primer must be a score, a piece, a file of music or notes. Received: 60"),
        ({"program": 128}, "program must be 0..127. Received: 128"),
        ({"program": 1.5}, "program must be 0..127. Received: 1.5"),
        (
            {"key": 3},
            "a key must be a tonic and one of major, minor, dorian, mixolydian, lydian, phrygian, "
            "as in \"D minor\". Received: '3'",
        ),
    ],
)
def test_values_of_other_types_are_refused(words: GenerateWords, message: str) -> None:
    with pytest.raises(SettingError) as raised:
        request_of(words)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"min_notes": "8"}, "min_notes must be a whole number. Received: '8'"),
        ({"min_notes": 0}, "min_notes must be at least 1. Received: 0"),
        ({"max_rest": 0.0}, "max_rest must be at least 0.001. Received: 0.0"),
        ({"max_file_mb": float("nan")}, "max_file_mb must be at least 0.001. Received: nan"),
        ({"max_grid_error": -1}, "max_grid_error must be at least 0. Received: -1"),
        ({"voices": 3}, "voices must be text. Received: 3"),
        ({"parts": "some"}, "parts must be one of melody, all, piano, tracks, leadsheet. Received: 'some'"),
        ({"parts": "all", "roles": "x"}, """roles must be like {"Strings": "harmony"}. Received: 'x'"""),
        (
            {"parts": "all", "roles": {"x": "tuba"}},
            "a role must be one of melody, bass, harmony, other, drums. Received: 'tuba' for 'x'",
        ),
        ({"parts": "all", "max_bars": 0}, "max_bars must be at least 1. Received: 0"),
        ({"roles": {"x": "bass"}}, "roles are for an extractor that finds roles. Received: 'melody'"),
    ],
)
def test_wrong_values_of_an_ingest_are_refused(words: IngestWords, message: str) -> None:
    with pytest.raises(SettingError) as raised:
        melodyrnn.ingest("samples", **words)
    assert str(raised.value) == message


def test_wrong_values_of_a_training_are_refused(corpus_folder: Path) -> None:
    with pytest.raises(SettingError, match=r"^units must be a whole number\. Received: '8'$"):
        melodyrnn.train(corpus_folder, units="8")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match=r"^units must be from 1 to 4096\. Received: -1$"):
        melodyrnn.train(corpus_folder, units=-1)
    with pytest.raises(SettingError, match=r"^a time must be like 90s, 30m or 2h\. Received: '5'$"):
        melodyrnn.train(corpus_folder, time="5")


def test_an_unknown_word_is_a_type_error_that_names_the_nearest(model_file: Path) -> None:
    with pytest.raises(
        TypeError, match=r"^generate\(\) got an unexpected keyword argument 'baars'; did you mean 'bars'\?"
    ):
        melodyrnn.generate(model_file, baars=8)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"^ingest\(\) got an unexpected keyword argument 'min_note'; did you mean"):
        melodyrnn.ingest("samples", min_note=8)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"^train\(\) got an unexpected keyword argument 'xyz'$"):
        melodyrnn.train("corpus", xyz=8)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("function", "words", "defaults"),
    [
        (melodyrnn.ingest, IngestWords, INGEST_DEFAULTS),
        (melodyrnn.train, TrainWords, TRAIN_DEFAULTS),
    ],
)
def test_words_are_in_the_signature_and_in_the_docstring(
    function: object, words: type, defaults: dict[str, object]
) -> None:
    assert callable(function)
    parameters = inspect.signature(function).parameters
    text = inspect.getdoc(function) or ""
    assert "**words" not in text
    assert set(get_type_hints(words)) == set(defaults)
    for name, hint in get_type_hints(words).items():
        assert (parameters[name].annotation, parameters[name].default) == (hint, defaults[name])
        assert f"\n    {name}: " in text


def test_words_of_a_function_without_a_docstring() -> None:
    def function(**words: object) -> None: ...

    assert takes(FileWords, defaults=INGEST_DEFAULTS)(function) is function
    assert list(inspect.signature(function).parameters) == list(get_type_hints(FileWords))
    assert function.__doc__ == ""


def test_the_words_of_an_ingest_are_fields_of_its_configuration() -> None:
    values = {
        "voices": "skyline", "off_grid": "snap", "max_grid_error": 0.5, "max_rest": 8.0, "bar_lines": "file",
        "min_notes": 5, "min_bars": 3, "min_pitches": 2, "keep_duplicates": True, "keep_generated": True,
        "max_notes": 7, "max_file_mb": 1.0,
        "parts": "all", "roles": {"Strings": "harmony", 3: "bass"}, "max_bars": 9,
        "max_archive_mb": 2.0, "any_names": True, "time_limit": 9.0,
    }  # fmt: skip
    assert set(values) == set(INGEST_DEFAULTS)
    assert all(values[name] != default for name, default in INGEST_DEFAULTS.items())
    config = config_of("ingest", values, IngestConfig())
    assert config.extraction == ExtractionSettings(
        "skyline", "snap", 0.5, 8.0, "file", 9, (("Strings", "harmony"), ("3", "bass"))
    )
    assert config.extractor == "all"
    assert config.filters == Filters(5, 2, True, True, 3)
    assert config.limits == Limits(1.0, 7, 2.0, True, 9.0)
    assert config_of("ingest", {}, config) == config
    alone = {"tries", "retry_seconds"}  # fields of Limits that hardly anyone needs to change
    for settings in (config.extraction, config.filters, config.limits):  # each other field of theirs has a word
        others = [field for field in fields(settings) if field.name not in alone]
        assert all(getattr(settings, field.name) != field.default for field in others)


@pytest.mark.parametrize(
    ("refusal", "text"),
    [
        (Refusal("drums"), "drums"),
        (Refusal("too few notes", "--min-notes 16"), "too few notes (min_notes=16 would keep it)"),
        (Refusal("generated", "--keep-generated"), "generated (keep_generated=True would keep it)"),
        (Refusal("drums only", "--parts all"), "drums only"),  # which is no melody
        (Refusal("off the grid", "--off-grid snap"), "off the grid (off_grid='snap' would keep it)"),
    ],
)
def test_a_reason_names_the_argument_that_would_keep_a_melody(refusal: Refusal, text: str) -> None:
    assert described(refusal) == text


def test_a_wrong_word_of_an_ingest_has_the_command_s_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SettingError) as raised:
        melodyrnn.ingest("samples", voices="loudest")
    assert run(["ingest", "samples", "-o", str(tmp_path / "c"), "--voices", "loudest"]) == 2
    assert str(raised.value) in capsys.readouterr().err


def test_the_words_of_a_piece_are_those_of_an_ingest() -> None:
    parameters = inspect.signature(melodyrnn.Piece.melodies).parameters
    assert list(parameters) == ["self", *get_type_hints(MelodyWords)]
    assert parameters["min_notes"].default == 1
