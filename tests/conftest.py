"""Fixtures that every folder of tests shares. Nothing depends on the working directory."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the commands set it, before NumPy is imported

import hypothesis
import numpy as np
import pytest
from hypothesis.internal.conjecture import providers

from melodyrnn.checkpoint import METADATA, Metadata
from melodyrnn.conditions.bar_repeats import form_of
from melodyrnn.conditions.form import as_text
from melodyrnn.conditions.table import ALWAYS
from melodyrnn.corpus.processes import num_cores
from melodyrnn.corpus.store import write_corpus
from melodyrnn.events.fit import fit_vocabulary
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.rows import encode
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.extract.melody import find_melody
from melodyrnn.midi.read import read_piece
from melodyrnn.music.keys import Key
from melodyrnn.network.cells import RecurrentConfig
from melodyrnn.network.network import expected_shapes
from melodyrnn.score.quantize import Voice, quantize
from melodyrnn.score.score import Score

TESTS = Path(__file__).resolve().parent
DISTRIBUTED = "PYTEST_XDIST_WORKER" in os.environ
REAL_TIME = "real time"  # the group of tests that measure the time of notes, of which only one runs at a time
REAL_TIME_FOLDERS = ("/live", "/view")
BROWSER_FOLDER = "/studio/browser"  # whose tests share two browsers
MAX_PROCESSES = 8  # each may hold half a gigabyte of TensorFlow
THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")

# The same examples on every machine, no database in the working directory, and in any order of tests: Hypothesis would
# draw some from the numbers in modules of the project that happen to be imported.
if hasattr(providers, "_local_constants"):  # of versions since 6.131
    providers._get_local_constants = lambda: providers._local_constants
hypothesis.settings.register_profile("melodyrnn", max_examples=40, deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("melodyrnn")

SHARED = TESTS.parents[1] / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--backwards", action="store_true", help="run the tests in reverse order: none may need another")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run the complete suite in several processes with pytest-xdist; run a part of it in this process.

    There is one more process than cores, because for a fifth of the time tests wait: for sound, browsers, processes.
    With `-n`, `--pdb`, `-s`, `-k`, `--lf` or `-p no:xdist` pytest does what it does everywhere.
    """
    option = config.option
    if DISTRIBUTED or not config.pluginmanager.hasplugin("xdist"):
        return
    whole = [Path(argument).resolve() for argument in config.args] in ([TESTS], [TESTS.parent])
    narrowed = (
        option.keyword or getattr(option, "lf", False) or option.collectonly or option.usepdb or option.capture == "no"
    )
    if option.numprocesses is None and whole and not narrowed:
        option.numprocesses, option.maxprocesses = num_cores() + 1, option.maxprocesses or MAX_PROCESSES
    if option.numprocesses:
        option.loadscopereorder = False  # the order is that of pytest_collection_modifyitems
        for (
            name
        ) in THREADS:  # the processes compute with one thread each, and so do the processes that their tests start
            os.environ.setdefault(name, "1")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Keep each file in one process, for the fixtures that its tests share, as `_group` says.

    The groups that pytest-xdist has itself (`--dist loadgroup`) do nothing under pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:  # the method that pytest-xdist documents for this
            return _group(nodeid)

    return Scheduling(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the tests in real time and the files with the most slow tests, so that none is left for the end."""
    if config.getoption("backwards"):
        items.reverse()
    if DISTRIBUTED:
        num_slow = Counter(_group(item.nodeid) for item in items if item.get_closest_marker("slow"))
        items.sort(key=lambda item: (_group(item.nodeid) != REAL_TIME, -num_slow[_group(item.nodeid)]))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let tests in real time go before the others; they come first, because a priority cannot be raised again."""
    if DISTRIBUTED and _group(item.nodeid) != REAL_TIME:
        _lower_priority()


@cache
def _lower_priority() -> None:
    if hasattr(os, "nice"):
        os.nice(5)


def _group(nodeid: str) -> str:
    """Return the name of the group that runs in one process: all tests in real time, of the browsers, or of a file."""
    path = nodeid.split("::")[0]
    folder = f"/{path}".rpartition("/")[0]
    if folder.endswith(REAL_TIME_FOLDERS):
        return REAL_TIME
    return folder if folder.endswith(BROWSER_FOLDER) else path


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real music beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip(f"real music is not part of the repository; it is expected in {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def real_tunes(shared: Path) -> list[Score]:
    """Twenty tunes of Nottingham, spread over the alphabet."""
    files = sorted((shared / "nottingham" / "melody").glob("*.mid"))[::37]
    voices = [voice for path in files if isinstance(voice := find_melody(read_piece(path)), Voice)]
    return [quantize(voice)[0] for voice in voices[:20]]


@pytest.fixture
def traced() -> Iterator[None]:
    """Trainings of the same settings share one network, whose step is traced once in this process."""
    from tracing import traced_once  # which imports Keras

    with traced_once():
        yield


@pytest.fixture(scope="session")
def make_melody() -> Callable[..., Score]:
    return melody_of


def melody_of(
    pitch: Sequence[int],
    shift: Sequence[int] | int = 12,
    duration: Sequence[int] | int | None = None,
    velocity: Sequence[int] | int = 90,
    first: int = 0,
    meter: tuple[int, int] = (4, 4),
    key: str = "C major",
    **rest: object,
) -> Score:
    """A melody from lists; `shift` is the time between onsets, a single number applies to all notes."""
    size = len(pitch)
    shifts = np.broadcast_to(np.asarray(shift, dtype=np.int64), size)
    onset = first + np.cumsum(np.r_[0, shifts[:-1]]).astype(np.int64)[:size]
    return Score.line(
        onset,
        np.array(np.broadcast_to(shifts if duration is None else np.asarray(duration), size), dtype=np.int64),
        np.array(pitch, dtype=np.int64),
        np.array(np.broadcast_to(np.asarray(velocity), size), dtype=np.int64),
        meter,
        Key.parse(key),
        **rest,  # type: ignore[arg-type]
    )


def vocabulary_of(melodies: Sequence[Score], with_velocity: bool = False) -> Vocabulary:
    return fit_vocabulary(
        np.concatenate([encode(m) for m in melodies]),
        [m.meter for m in melodies],
        [m.bar for m in melodies],
        [m.key.mode for m in melodies],
        [m.num_bars for m in melodies],
        with_velocity,
        Counter(as_text(labels, m.pickup_bars) or "1" for labels, m in zip(form_of(melodies), melodies, strict=True)),
    )


@pytest.fixture(scope="session")
def fit() -> Callable[..., Vocabulary]:
    """The vocabulary of some melodies."""
    return vocabulary_of


@pytest.fixture
def tunes() -> list[Score]:
    """Ten melodies of sixteen notes, all different."""
    rng = np.random.default_rng(5)
    return [melody_of(rng.integers(60, 80, 16).tolist(), 6, name=f"tune {n}") for n in range(10)]


@pytest.fixture
def corpus_folder(tmp_path: Path, tunes: list[Score]) -> Path:
    """A small valid corpus on disk."""
    path = tmp_path / "corpus"
    write_corpus(path, tunes, ["train"] * 8 + ["validation", "test"])
    return path


@pytest.fixture
def model_file(tmp_path: Path, tunes: list[Score]) -> Path:
    """A valid model of random weights, written without Keras."""
    path = tmp_path / "model.keras"
    write_model(path, vocabulary_of(tunes))
    return path


@pytest.fixture
def formless_model_file(tmp_path: Path, tunes: list[Score]) -> Path:
    """That model as a version without forms wrote it."""
    path = tmp_path / "formless.keras"
    write_model(path, replace(vocabulary_of(tunes), forms={}, conditions=ALWAYS))
    return path


def write_model(path: Path, vocabulary: Vocabulary, units: int = 4) -> None:
    metadata = Metadata(vocabulary, {"units": units, "num_layers": 1, "dropout": 0.0})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.weights.h5", weights_bytes(vocabulary, units))
        archive.writestr(METADATA, json.dumps(metadata.to_json()))


def weights_bytes(vocabulary: Vocabulary, units: int) -> bytes:
    """Random weights as Keras lays them out: <layer>/vars/0, 1, 2."""
    import h5py

    rng, buffer = np.random.default_rng(0), io.BytesIO()
    place = {"embeddings": "0", "kernel": "0", "recurrent_kernel": "1"}
    shapes = expected_shapes(Inputs.of(vocabulary), RecurrentConfig(units, 1))
    with h5py.File(buffer, "w") as file:
        for name, shape in shapes.items():
            layer, label = name.split("/")
            last = "2" if f"{layer}/recurrent_kernel" in shapes else "1"
            data = rng.normal(size=shape).astype(np.float32)
            file[f"{layer}/vars/{place.get(label, last)}"] = data
    return buffer.getvalue()
