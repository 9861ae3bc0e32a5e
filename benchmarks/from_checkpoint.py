"""From how many tunes on it pays to start from a shipped model: `train --from` beside `train`.

    python benchmarks/from_checkpoint.py CORPUS [--model checkpoints/folk.keras] [--tunes 5,15,50,150]

Both train on the first N training tunes of the corpus (drawn at random with a fixed seed), one in ten of them put
aside to stop by, with their default settings; both are measured on the corpus's test split, key and length charged.
Tunes of the test split that stand in the model's own training data would flatter it; `melodyrnn compare` finds such
copies.
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
        f"{'tunes':>6s} {'notes':>7s} {'from noise':>11s} {'seconds':>8s} {'from model':>11s} {'seconds':>8s}",
        flush=True,
    )
    for number in map(int, options.tunes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            some = _some(corpus, number, Path(folder) / "c")
            plain, own = _scratch(some), _from(some, options.model)
            notes = sum(len(m) for m in some.melodies("train"))
            print(f"{number:6d} {notes:7d} {plain[0]:11.3f} {plain[1]:8.0f} {own[0]:11.3f} {own[1]:8.0f}", flush=True)


def _some(corpus: Corpus, number: int, path: Path) -> Corpus:
    """A corpus of so many training tunes, one in ten of them for validation, and the whole test split."""
    train_split, test = corpus.melodies("train"), corpus.melodies("test")
    chosen = np.random.default_rng(0).permutation(len(train_split))[:number]
    melodies = [*(train_split[i] for i in chosen), *test]
    aside = max(1, number // 10)
    splits = ["validation"] * aside + ["train"] * (len(chosen) - aside) + ["test"] * len(test)
    write_corpus(path, melodies, splits)
    return open_corpus(path)


def _scratch(corpus: Corpus) -> tuple[float, float]:
    return _figures(corpus, TrainingSettings(), Run())


def _from(corpus: Corpus, model: str) -> tuple[float, float]:
    metadata, weights = load_checkpoint(model)
    weights = carry_over(weights, metadata.vocabulary, corpus.vocabulary)
    return _figures(corpus, settings_from(TrainingSettings(), metadata, set()), Run(weights=weights))


def _figures(corpus: Corpus, settings: TrainingSettings, run: Run) -> tuple[float, float]:
    """Bits per note of the test split, and seconds of training."""
    network, metadata = train(corpus, settings, run)
    found = evaluate(Network(metadata, network_weights(network)), corpus.vocabulary, corpus.melodies("test"))
    return found.bits_per_note, metadata.training["seconds"]


if __name__ == "__main__":
    main()
