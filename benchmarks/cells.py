"""Comparison of the recurrent cells: the same short training with each, with and without look-backs.

    python benchmarks/cells.py CORPUS [--units 96] [--epochs 10] [--only lstm,feedforward]

Prints bits per note on the test split, with key and length, and the time of a training step. Without look-backs the
network knows the past only from the state of the cell; with them, it can copy most of what a tune repeats.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from melodyrnn.corpus.store import Corpus, open_corpus
from melodyrnn.evaluation.bits import evaluate
from melodyrnn.model.saving import network_weights
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.model.training import train
from melodyrnn.network.network import Network

ROWS: dict[str, dict[str, str | int]] = {
    "feedforward, 1 note": {"cell": "feedforward", "window": 1},
    "feedforward, 16 notes": {"cell": "feedforward"},
    "rnn, sigmoid": {"cell": "rnn", "activation": "sigmoid"},
    "rnn, relu": {"cell": "rnn", "activation": "relu"},
    "rnn, tanh": {"cell": "rnn"},
    "irnn": {"cell": "irnn"},
    "gru": {"cell": "gru"},
    "lstm": {"cell": "lstm"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus")
    parser.add_argument("--units", type=int, default=96)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    corpus = open_corpus(options.corpus)
    print(f"{'':22s} {'with look-backs':>16s} {'without':>9s} {'ms a step':>10s}", flush=True)
    for name, settings in ROWS.items():
        if options.only and settings["cell"] not in options.only.split(","):
            continue
        shared = {"units": options.units, "epochs": options.epochs, "batch_size": 32, **settings}
        found = [measure(corpus, TrainingSettings(**shared, lookbacks=seen)) for seen in (True, False)]
        print(f"{name:22s} {found[0][0]:16.3f} {found[1][0]:9.3f} {1000 * found[1][1]:10.0f}", flush=True)


def measure(corpus: Corpus, settings: TrainingSettings) -> tuple[float, float]:
    """Bits per note of the test split, and seconds a training step."""
    network, metadata = train(corpus, settings)
    found = evaluate(Network(metadata, network_weights(network)), corpus.vocabulary, corpus.melodies("test"))
    return found.bits_per_note, metadata.training["seconds"] / metadata.training["steps"]


if __name__ == "__main__":
    main()
