"""The public names: found, documented, typed and cheap; and their parameters are those of the requests behind them."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import os
import re
import subprocess
import sys
from dataclasses import MISSING, fields
from pathlib import Path
from types import ModuleType

import click
import pytest
from laid_out import laid_out_model
from plain import make_plain

import melodyrnn
from melodyrnn.cli.generate import command as generate_command
from melodyrnn.errors import CorpusError, MelodyRNNError, OutputError, SettingError
from melodyrnn.generation.request import Request
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.meter import Meter
from melodyrnn.score.score import Score
from melodyrnn.tasks.compare import CompareTask

ROOT = Path(melodyrnn.__file__).resolve().parents[1]
REQUEST = {field.name: field.default for field in fields(Request)}
# Fields for models of several parts: tests/cli/test_generate_parts.py.
OF_PARTS = {"given", "draw", "parts", "roles", "of_parts", "chords", "render_chords"}
OF_LAYOUTS = {"pickup": 1.0, "register": 70}


@pytest.mark.parametrize(
    ("function", "first"),
    [(melodyrnn.Model.generate, "self"), (melodyrnn.generate, "checkpoint")],
    ids=["model", "api"],
)
def test_the_arguments_of_generate_are_the_fields_of_a_request(function: object, first: str) -> None:
    assert callable(function)
    parameters = dict(inspect.signature(function).parameters)
    assert next(iter(parameters)) == first
    del parameters[first]
    assert MISSING not in REQUEST.values()
    assert {name: parameter.default for name, parameter in parameters.items()} == REQUEST
    assert list(parameters) == list(REQUEST)
    assert {parameter.kind for parameter in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    documented = re.findall(r"^ +(\w+): ", (inspect.getdoc(function) or "").split("Raises:")[0], re.MULTILINE)
    assert [name for name in documented if name in REQUEST] == list(REQUEST)


def test_every_field_of_a_request_reaches_the_generator(tmp_path: Path, model_file: Path) -> None:
    """The recipe in a piece names every field that differs from its default."""
    asked = {
        **{
            "bars": 2,
            "seed": 3,
            "temperature": 0.5,
            "rhythm_temperature": 0.6,
            "top_k": 9,
            "top_p": 0.9,
            "min_p": 0.01,
        },
        **{"form_weight": 0.5, "meter": "4/4", "tempo": 90.0, "key": "C major", "scale": "major", "end": "tonic"},
        **{"range": (48, 90), "max_interval": 20, "density": 6.0, "form": "free", "primer": "C4 E4 G4 C5"},
        **{"include_primer": False, "rank": 2, "program": 40, "swing": 0.6, "humanize": 0.1, "guard": False},
    }
    (piece,) = melodyrnn.load(model_file).generate(**asked)  # type: ignore[arg-type]
    for name in asked:
        option = name.replace("_", "-")
        assert f"--{option} " in piece.texts[0] or f"--no-{option} " in piece.texts[0], name
    missing = set(REQUEST) - set(asked) - {"num"}
    # these exclude each other, or are for files
    assert missing - OF_PARTS - set(OF_LAYOUTS) == {
        *("vary", "infill", "new_ending", "locked", "max_copy", "primer_bars", "given_part")
    }
    model = melodyrnn.load(model_file)
    (varied,) = model.generate(primer="C4 E4 G4 C5", vary=0.5)
    (filled,) = model.generate(primer="C4:4 E4:4 G4:4", infill=(2, 2))
    (laid_out,) = laid_out_model().generate(Request(bars=2, meter=Meter(4, 4), seed=1, **OF_LAYOUTS))  # type: ignore[arg-type]
    assert "--vary 0.5" in varied.texts[0]
    assert "--pickup 1" in laid_out.texts[0]
    assert "--register 70" in laid_out.texts[0]
    assert "--infill 2-2" in filled.texts[0]
    with pytest.raises(SettingError, match="max_copy needs a model that knows its training tunes"):
        model.generate(max_copy=1.0)


def test_the_options_of_the_command_are_the_fields_of_a_request_too() -> None:
    assert isinstance(generate_command, click.Command)
    own = {"checkpoint", "output", "format", "with_preview", "as_json", "force", "yes", "quiet"}
    options = {option.name: option.default for option in generate_command.params if option.name not in own}
    assert set(options) == {*REQUEST, "polyphony"} - {"of_parts"}
    repeated = {
        option.name for option in generate_command.params if isinstance(option, click.Option) and option.multiple
    }
    assert repeated == {"range", "max_interval", "density", "polyphony", "program", "roles", "locked"}
    assert {name: options[name] for name in set(options) - repeated} == {
        **{name: default for name, default in REQUEST.items() if name not in repeated | {"of_parts"}},
        "num": 4,
    }


def test_the_arguments_of_compare_are_the_fields_of_the_task() -> None:
    parameters = inspect.signature(melodyrnn.compare).parameters
    asked = [field.name for field in fields(CompareTask) if field.name not in ("page", "force")]
    assert [name for name in parameters if name not in ("force", "listener", "cancellation")] == asked


def test_the_names_for_type_checkers_are_those_at_run_time() -> None:
    tree = ast.parse(Path(melodyrnn.__file__).read_text("utf-8"))
    (block,) = (n for n in tree.body if isinstance(n, ast.If) and getattr(n.test, "id", "") == "TYPE_CHECKING")
    typed = {
        alias.name: f"melodyrnn.{node.module}"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert sorted([*typed, "__version__"]) == melodyrnn.__all__
    for name, module in typed.items():
        value = getattr(melodyrnn, name)
        assert value is getattr(sys.modules[module], name)
        assert not isinstance(value, ModuleType)
        assert inspect.getdoc(value), name
    assert {"Score", "Meter", "Key", "Part", "generate"} <= set(typed)


def test_help_shows_the_parameters_and_starts_no_keras(tmp_path: Path) -> None:
    code = (
        "import pydoc, sys, melodyrnn\n"
        "print(pydoc.render_doc(melodyrnn, renderer=pydoc.plaintext))\n"
        "assert not {'keras', 'tensorflow', 'jax', 'torch'} & set(sys.modules)"
    )
    shown = python(tmp_path, "-c", code)
    assert shown.returncode == 0, shown.stderr
    functions = shown.stdout.split("\nFUNCTIONS\n")[1]
    text = functions[functions.index("generate(") :]
    for name, default in REQUEST.items():
        assert re.search(rf"\b{name}: '?[\w.\[\], |]+'? = {re.escape(repr(default))}", text), name
        assert re.search(rf"^ +{name}: ", text, re.MULTILINE), name
    for name in ("ingest(", "train(", "save_model(", "evaluate(", "compare(", "preview(", "read_piece(", "load("):
        assert name in functions


SCRIPT = """
from pathlib import Path

import melodyrnn
from melodyrnn import Cancellation, Corpus, IngestedCorpus, Key, Meter, Model, Page, Part, Piece, Progress, Score
from melodyrnn import TrainingSettings

def reports(progress: Progress) -> None:
    print(progress.done, progress.total, progress.stage)

model: Model = melodyrnn.load("folk")
pieces: list[Piece] = model.generate(num=2, bars=8, key=Key.parse("D minor"), meter=Meter(6, 8), range=(60, 72))
pieces += melodyrnn.generate("folk", meter="3/4", primer="C4 E4", seed=1)
pieces[0].write("a.mid", force=True)
page: str = melodyrnn.preview(pieces)
again: Piece = melodyrnn.read_piece("a.mid")
pieces += model.generate(infill="3-4", primer=pieces[0], range="C4:C6", program="violin", scale=[0, 2, 4])
pieces += model.generate(primer=Path("a.mid"), primer_bars=1, given_part=2, seed=None)
ingested: IngestedCorpus = melodyrnn.ingest(Path("folder"), "corpus", listener=reports, cancellation=Cancellation())
files: int = ingested.summary.num_files
corpus: Corpus = melodyrnn.open_corpus("corpus")
melodies: list[Score] = corpus.melodies("test") + corpus[:3]
for melody in corpus:
    up: Score = melody.transposed(2).only_bars("1-8")[melody.pitch > 60]
    up.write(f"{melody.name}.mid")
    found: list[Score] = up.to_piece("violin").melodies(voices="all", min_notes=8)
    print(model.evaluate(melody).bits_per_note, corpus[0].onset.shape)
short = melodyrnn.ingest(["a.mid", Path("b")], voices="skyline", min_notes=8, max_file_mb=1.5)
parts: tuple[Part, ...] = melodies[0].parts
trained = melodyrnn.train(corpus, TrainingSettings(epochs=1), units=8, time="30m", listener=reports)
trained = melodyrnn.train(short, epochs=1, start="folk", time=60.0)
shown: Page = melodyrnn.preview(melodies)
by_name: float = melodyrnn.evaluate(trained, short, baselines=True).baselines["order 2"]["bits_per_note"]
alike: float = melodyrnn.compare(trained, short, num=8).rows[0].likeness.overlap
alike = melodyrnn.compare(pieces, corpus, index=trained).rows[0].likeness.overlap
melodyrnn.save_model(trained, "m.keras", force=True)
bits: float = melodyrnn.evaluate(trained, corpus).bits_per_note + model.evaluate("folder").bits_per_note
pieces_compared: int = melodyrnn.compare("m.keras", melodies, num=8, meter=(4, 4)).real.pieces
"""
WRONG = {
    'melodyrnn.generate(bars="8")': "arg-type",
    "melodyrnn.generate(baars=8)": "call-arg",
    "melodyrnn.load(7)": "arg-type",
    "melodyrnn.nonsense": "attr-defined",
    "melodyrnn.generate().write": "attr-defined",
    "melodyrnn.generate(program=1.5)": "arg-type",
    "melodyrnn.load().generate(range=60)": "arg-type",
    'melodyrnn.ingest("folder", min_note=8)': "call-arg",
    'melodyrnn.train("corpus", units="8")': "arg-type",
    'melodyrnn.open_corpus("corpus")["test"]': "call-overload",
}


@pytest.mark.slow
def test_mypy_reads_the_types(tmp_path: Path) -> None:
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed: it is in the extra lint")
    (tmp_path / "script.py").write_text(SCRIPT)
    wrong = "import melodyrnn\n" + "".join(f"{line}\n" for line in WRONG)
    (tmp_path / "wrong.py").write_text(wrong)
    strict = ["-m", "mypy", "--strict", "--follow-imports=silent", "--ignore-missing-imports", "--no-error-summary"]
    right = python(tmp_path, *strict, "script.py")
    assert (right.returncode, right.stdout) == (0, ""), right.stdout + right.stderr
    found = python(tmp_path, *strict, "wrong.py").stdout.splitlines()
    errors = [line for line in found if ": error: " in line]
    assert [line.split(":")[1] for line in errors] == [str(n) for n, _ in enumerate(WRONG, start=2)]
    for line, code in zip(errors, WRONG.values(), strict=True):
        assert line.endswith(f"[{code}]")


def test_pieces_in_one_call_are_those_of_the_loaded_model(model_file: Path) -> None:
    pieces = melodyrnn.generate(model_file, num=2, bars=2, seed=1, meter=(4, 4))
    model = melodyrnn.load(model_file)
    assert [midi_bytes(p) for p in pieces] == [
        midi_bytes(p) for p in model.generate(num=2, bars=2, seed=1, meter="4/4")
    ]
    assert all(isinstance(piece, melodyrnn.Piece) for piece in pieces)


def test_a_primer_may_be_a_path(model_file: Path, tmp_path: Path, tunes: list[Score]) -> None:
    (piece,) = melodyrnn.generate(model_file, bars=2, seed=1)
    piece.write(tmp_path / "p.mid")
    with pytest.raises(OutputError, match="must not exist yet"):
        piece.write(tmp_path / "p.mid")
    assert melodyrnn.read_piece(tmp_path / "p.mid").tracks[0].notes == piece.tracks[0].notes
    (longer,) = melodyrnn.generate(model_file, bars=1, primer=tmp_path / "p.mid")
    (tune,) = melodyrnn.generate(model_file, bars=1, primer=tunes[0])
    assert longer.end == 3 * longer.bar_ticks
    assert tune.end == 3 * tune.bar_ticks


def test_music_is_a_corpus_or_its_folder_or_melodies(model_file: Path, corpus_folder: Path) -> None:
    model, corpus = melodyrnn.load(model_file), melodyrnn.open_corpus(corpus_folder)
    by_folder = model.evaluate(corpus_folder)
    assert melodyrnn.evaluate(model_file, corpus).bits_per_note == by_folder.bits_per_note
    assert melodyrnn.evaluate(model, corpus.melodies("test")).bits_per_note == by_folder.bits_per_note
    assert model.evaluate(corpus, "train").num_notes == 8 * 16
    done: list[int] = []
    model.evaluate(corpus, "all", done.append)
    assert done == [10]
    with pytest.raises(CorpusError, match=r"there must be melodies to measure\. Received: none"):
        model.evaluate([])


def test_melodies_are_compared(tunes: list[Score]) -> None:
    comparison = melodyrnn.compare(tunes[:5], tunes[5:], meter="4/4", bars=2)
    assert (comparison.generated.pieces, comparison.real.pieces) == (5, 5)
    with pytest.raises(SettingError, match="a meter must be like 4/4"):
        melodyrnn.compare(tunes, tunes, meter="waltz")


def test_ingesting_takes_one_place_or_several(tmp_path: Path) -> None:
    reports: list[melodyrnn.Progress] = []
    one = melodyrnn.ingest("samples", tmp_path / "a", workers=1, listener=reports.append)
    two = melodyrnn.ingest(
        ["samples", "samples"], tmp_path / "b", filters=melodyrnn.Filters(min_notes=16), limits=melodyrnn.Limits()
    )
    assert one.splits == two.splits
    assert reports[-1].done == reports[-1].total == one.summary.num_files
    cancellation = melodyrnn.Cancellation()
    cancellation.cancel()
    with pytest.raises(melodyrnn.Cancelled):
        melodyrnn.ingest("samples", tmp_path / "c", cancellation=cancellation)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
    assert issubclass(melodyrnn.Cancelled, MelodyRNNError)


@pytest.mark.slow
@pytest.mark.usefixtures("traced")
def test_a_trained_model_generates_is_saved_and_is_trained_on(corpus_folder: Path, tmp_path: Path) -> None:
    make_plain(corpus_folder)
    settings = melodyrnn.TrainingSettings(epochs=2, units=8, num_layers=1, length=16, batch_size=4)
    reports: list[melodyrnn.Progress] = []
    trained = melodyrnn.train(corpus_folder, settings, listener=reports.append)
    assert reports[-1].done == reports[-1].total
    melodyrnn.save_model(trained, tmp_path / "m.keras")
    loaded = melodyrnn.load(tmp_path / "m.keras")
    one, other = (model.generate(bars=2, seed=1)[0] for model in (trained, loaded))
    assert one.tracks[0].notes == other.tracks[0].notes
    assert "(a model trained in Python)" in one.texts[0]
    assert trained.generator.index is not None  # of what it was trained on
    assert loaded.generator.index is not None
    assert trained.generator.index.names == loaded.generator.index.names
    assert trained.evaluate(corpus_folder).to_json() == loaded.evaluate(corpus_folder).to_json()
    by_object, by_file = (
        melodyrnn.compare(model, corpus_folder, split="all", num=5) for model in (trained, tmp_path / "m.keras")
    )
    assert by_object.to_json() == by_file.to_json()
    assert repr(trained) == "TrainedModel('corpus')"
    with pytest.raises(OutputError, match="must not exist yet"):
        melodyrnn.save_model(trained, tmp_path / "m.keras")
    corpus = melodyrnn.open_corpus(corpus_folder)
    with pytest.raises(SettingError, match=r"units must be that of the model to start from, 8\. Received: 9"):
        melodyrnn.train(corpus, melodyrnn.TrainingSettings(units=9), start=tmp_path / "m.keras")
    shorter = melodyrnn.TrainingSettings(epochs=1, length=16, batch_size=4)
    further = melodyrnn.train(corpus, shorter, start=tmp_path / "m.keras")
    assert further.metadata.network["units"] == 8
    cancellation = melodyrnn.Cancellation()
    cancellation.cancel()
    with pytest.raises(melodyrnn.Cancelled):
        melodyrnn.train(corpus, settings, cancellation=cancellation)


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "MYPYPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
