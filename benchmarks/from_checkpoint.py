"""Training from a shipped model beside training from random weights, by the number of tunes: `train --from`, `train`.

    python benchmarks/from_checkpoint.py CORPUS [--model checkpoints/folk.keras] [--tunes 5,15,50,150]

Both train with their default settings on N training tunes of the corpus, drawn at random with a fixed seed; one in ten
of these is for validation. Both are measured on the corpus's test split, with key and length. Test tunes that were in
the shipped model's own training data would lower its bits; `melodyrnn compare` finds such copies.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from melodyrnn.checkpoint import load_checkpoint
from melodyrnn.corpus.store import Corpus, open_corpus, write_corpus
from melodyrnn.evaluation.bits import evaluate
from melodyrnn.model.run import Run
from melodyrnn.model.saving import network_weights
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.model.training import train
from melodyrnn.model.transfer import carry_over, settings_from
from melodyrnn.network.network import Network


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus")
    parser.add_argument("--model", default=str(Path(__file__).parents[1] / "checkpoints" / "folk.keras"))
    parser.add_argument("--tunes", default="5,15,50,150")
    options = parser.parse_args()
    corpus = open_corpus(options.corpus)
    print(
        f"{'tunes':>6s} {'notes':>7s} {'from random':>11s} {'seconds':>8s} {'from model':>11s} {'seconds':>8s}",
        flush=True,
    )
    for number in map(int, options.tunes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            small = _small_corpus(corpus, number, Path(folder) / "c")
            notes = sum(len(m) for m in small.melodies("train"))
            figures = [*_scratch(small), *_from(small, options.model)]
            cells = map("{:11.3f} {:8.0f}".format, figures[::2], figures[1::2])
            print(f"{number:6d} {notes:7d}", *cells, flush=True)


def _small_corpus(corpus: Corpus, number: int, path: Path) -> Corpus:
    """A corpus of `number` training tunes, one in ten of them for validation, and the test split."""
    train_split, test = corpus.melodies("train"), corpus.melodies("test")
    chosen = np.random.default_rng(0).permutation(len(train_split))[:number]
    melodies = [*(train_split[i] for i in chosen), *test]
    held_out = max(1, number // 10)
    splits = ["validation"] * held_out + ["train"] * (len(chosen) - held_out) + ["test"] * len(test)
    write_corpus(path, melodies, splits)
    return open_corpus(path)


def _scratch(corpus: Corpus) -> tuple[float, float]:
    return _figures(corpus, TrainingSettings(), Run())


def _from(corpus: Corpus, model: str) -> tuple[float, float]:
    metadata, weights = load_checkpoint(model)
    weights = carry_over(weights, metadata.vocabulary, corpus.vocabulary)
    return _figures(corpus, settings_from(TrainingSettings(), metadata, set()), Run(weights=weights))


def _figures(corpus: Corpus, settings: TrainingSettings, run: Run) -> tuple[float, float]:
    """Bits per note of the test split, and the seconds of training."""
    network, metadata = train(corpus, settings, run)
    found = evaluate(Network(metadata, network_weights(network)), corpus.vocabulary, corpus.melodies("test"))
    return found.bits_per_note, metadata.training["seconds"]


if __name__ == "__main__":
    main()
