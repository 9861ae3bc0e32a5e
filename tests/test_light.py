"""Everything but training works with the packages of `pip install .` alone, and training says what to install.

All commands run one after the other in one process of such an environment.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from light import ROOT, make_light_python

from melodyrnn.cli.main import COMMANDS

RUN = """
import contextlib, io, json, os, sys
from melodyrnn.cli.main import run

results = []
for line in json.load(sys.stdin):
    before = sorted(os.listdir())
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = run(line)
    results.append([code, out.getvalue(), err.getvalue(), sorted(set(os.listdir()) - set(before))])
print(json.dumps(results))
"""

# command line -> the file or folder that it writes in the working directory, if any
WORK = {
    "ingest samples -o corpus": "corpus",
    "ingest --explain tune.mid": None,
    "ingest samples -o shard --shard 1/1": "shard",
    "merge shard -o merged": "merged",
    "generate --num 2 --bars 4 --seed 1 --preview -o melodies": "melodies",
    "generate --num 1 --bars 2 --seed 1 --primer tune.mid --primer-bars 1-2 --checkpoint songs -o more": "more",
    "generate --num 1 --bars 2 --seed 1 -o tune.abc": "tune.abc",
    "generate --num 1 --bars 2 --seed 1 --primer tune.abc -o tune.musicxml": "tune.musicxml",
    "info tune.abc": None,
    "evaluate folk melodies --json": None,
    "compare folk corpus --json --html compared.html --num 4": "compared.html",
    "info folk": None,
    "info corpus": None,
    "info tune.mid": None,
    "preview melodies -o page.html": "page.html",
    "preview corpus -o corpus.html": "corpus.html",
    "render tune.mid -o tune.wav --synth plain": "tune.wav",
}
TRAIN = (
    "a network is trained and diagnosed by Keras: pip install '.[train]' in the folder of melodyrnn, or '.[torch]' or "
    "'.[jax]' for these backends. Received: no keras"
)


def needs(extra: str, received: str) -> str:
    return f"this needs the extra {extra}: pip install '.[{extra}]' in the folder of melodyrnn. Received: {received}"


# command line -> the error, in place of which nothing is written
REFUSED = {
    "train corpus -o model.keras --history history.csv": TRAIN,
    "train corpus -o model.keras --from folk": TRAIN,
    "train corpus -o model.keras --resume": TRAIN,
    "train corpus -o model.keras --backend tensorflow": needs("train", "no keras"),
    "train corpus -o model.keras --backend torch": needs("torch", "no keras"),
    "train corpus -o model.keras --backend jax": needs("jax", "no keras"),
    "diagnose folk corpus --html page.html": TRAIN,
    "compare folk corpus --classifier --write sets": needs("classifier", "no sklearn"),
    "ingest samples -o clustered --scheduler local": needs("cluster", "no distributed"),
    "critic mine.keras corpus": needs("classifier", "no sklearn"),
    "plot tune.mid -o roll.png": needs("plot", "No module named 'matplotlib'"),
    "ports": needs("live", "No module named 'rtmidi'"),
    "play tune.mid": needs("live", "No module named 'rtmidi'"),
    "studio --no-open": needs("studio", "no starlette"),
    "studio --no-open --osc 9000": needs("studio", "no starlette"),
    "jam --bars 2": needs("live", "No module named 'rtmidi'"),
}
HELP = [f"{command} --help" for command in COMMANDS]

API = """
import melodyrnn

corpus = melodyrnn.ingest("samples", "corpus")
model = melodyrnn.load()
(piece,) = melodyrnn.generate(num=1, bars=4, seed=1)
piece.write("tune.mid")
read = melodyrnn.read_piece("tune.mid")
assert read.num_notes == piece.num_notes
assert len(read.to_pretty_midi().instruments[0].notes) == piece.num_notes
tunes = melodyrnn.open_corpus("corpus").melodies("validation")
assert model.evaluate(tunes[:2]).bits_per_note > 0
assert "<svg" in piece._repr_html_()
assert "<html" in str(melodyrnn.preview([piece]))
names = [getattr(melodyrnn, name) for name in melodyrnn.__all__]
try:
    melodyrnn.train("corpus")
except melodyrnn.MelodyRNNError as error:
    print(error)
"""


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str
    written: list[str]


@pytest.fixture(scope="module")
def light_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_light_python(tmp_path_factory.mktemp("light") / "environment")


@pytest.fixture(scope="module")
def outcomes(light_python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What each command line did, in the order of the tables."""
    folder = tmp_path_factory.mktemp("work")
    tune = ROOT / "samples" / "tunes" / "amazing-grace.mid"
    (folder / "tune.mid").write_bytes(tune.read_bytes())
    lines = [*WORK, *REFUSED, *HELP]
    results = json.loads(python(light_python, RUN, folder, json.dumps([line.split() for line in lines])))
    return {line: Outcome(*result) for line, result in zip(lines, results, strict=True)}


def python(executable: Path, code: str, folder: Path, given: str = "") -> str:
    """Run code in a folder and return what it prints."""
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    done = subprocess.run(
        [executable, "-B", "-c", code],
        env={**environment, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        cwd=folder,
        input=given,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_environment_has_the_packages_of_the_base_and_no_other(light_python: Path, tmp_path: Path) -> None:
    code = "from importlib.util import find_spec\nprint(*(name for name in {} if find_spec(name)))"
    names = [
        "numpy",
        "click",
        "keras",
        "tensorflow",
        "torch",
        "jax",
        "matplotlib",
        "rtmidi",
        "pytest",
        "scipy",
        "sklearn",
    ]
    assert python(light_python, code.format(names), tmp_path).split() == ["numpy", "click"]


def test_the_tables_hold_every_command() -> None:
    assert {line.split()[0] for line in (*WORK, *REFUSED)} == set(COMMANDS)


@pytest.mark.parametrize("line", WORK)
def test_a_command_works(outcomes: dict[str, Outcome], line: str) -> None:
    outcome = outcomes[line]
    assert outcome.code == 0, outcome.err
    assert outcome.written == ([WORK[line]] if WORK[line] else [])


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_missing_is_one_line_and_nothing_is_written(outcomes: dict[str, Outcome], line: str) -> None:
    assert outcomes[line] == Outcome(1, "", f"Error: {REFUSED[line]}\n", [])


@pytest.mark.parametrize("line", HELP)
def test_every_command_explains_itself(outcomes: dict[str, Outcome], line: str) -> None:
    assert outcomes[line].code == 0
    assert outcomes[line].out.startswith(f"Usage: melodyrnn {line.split()[0]}")


def test_the_public_names_work_but_train(light_python: Path, tmp_path: Path) -> None:
    assert python(light_python, API, tmp_path) == f"{TRAIN}\n"
