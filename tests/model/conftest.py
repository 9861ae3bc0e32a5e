"""A small corpus, the tunes that come with melodyrnn, and a model trained on it, each made once for all tests.

Tracing a network takes as long as it has inputs: tests that are not about those of layouts take the corpus without.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from plain import plain
from sharing import made_once

from melodyrnn.checkpoint import Metadata, Weights, load_checkpoint
from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.finding import find_files
from melodyrnn.corpus.ingest.melodies import read_melodies
from melodyrnn.corpus.splits import split_pieces
from melodyrnn.corpus.store import Corpus, open_corpus, write_corpus
from melodyrnn.shipped import data_folder

# 21 steps an epoch on the sample corpus
SMALL = {"units": 16, "num_layers": 1, "batch_size": 8, "length": 32, "learning_rate": 1e-2, "dropout": 0.3}


@dataclass(frozen=True)
class Learned:
    """A model of some epochs, as its file holds it, and the steps that the listener was called at."""

    metadata: Metadata
    weights: Weights
    steps: list[int]


@pytest.fixture(scope="session")
def sample_corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    def make(folder: Path) -> None:
        melodies, _ = read_melodies(find_files([data_folder("samples")]), IngestConfig())
        write_corpus(folder / "samples", melodies, split_pieces(len(melodies), 0.1, 0.1, 0))

    return open_corpus(made_once(tmp_path_factory, "sample-corpus", make) / "samples")


@pytest.fixture(scope="session")
def plain_corpus(sample_corpus: Corpus) -> Corpus:
    """That corpus as a version without forms and layouts wrote it: a network on it has half as many inputs."""
    return replace(sample_corpus, vocabulary=plain(sample_corpus.vocabulary))


@pytest.fixture(scope="session")
def learned(tmp_path_factory: pytest.TempPathFactory, plain_corpus: Corpus) -> Learned:
    def make(folder: Path) -> None:
        from tracing import traced_once

        from melodyrnn.model.run import Run
        from melodyrnn.model.saving import save_model
        from melodyrnn.model.settings import TrainingSettings
        from melodyrnn.model.training import train

        steps: list[int] = []
        run = Run(lambda progress: steps.append(progress.step))
        with traced_once():
            network, metadata = train(plain_corpus, TrainingSettings(epochs=2, **SMALL), run)
        save_model(network, metadata, folder / "model.keras")
        (folder / "steps.json").write_text(json.dumps(steps), "utf-8")

    folder = made_once(tmp_path_factory, "learned", make)
    metadata, weights = load_checkpoint(folder / "model.keras")
    return Learned(metadata, weights, json.loads((folder / "steps.json").read_text("utf-8")))


@pytest.fixture(scope="session")
def small() -> dict[str, float]:
    """Settings of a network that trains in seconds, but for the epochs."""
    return dict(SMALL)


class FakeClock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
