"""A small scaling law: bits per note of one test split, by the size of the network and the number of training tunes.

    pip install '.[test]' && python benchmarks/scaling_law.py CORPUS --results FILE

Each cell is a network of two LSTM layers, trained on the first N tunes of one random order of the training split, so
that a larger number includes the smaller ones. Vocabulary, validation tunes, test split and all settings but the units
(and the batch: 8 sequences under 30,000 notes, else 16) are the same for all. A cell is trained for `--passes` over its
tunes, for `--most` notes at most, and less where its validation bits no longer fall. FILE has a line of JSON for each
cell that is done; the same command goes on after them, and prints the table with two laws fitted to it, for N
parameters without embeddings and D training notes:

    sum:    bits = E + (n / N)^a + (d / D)^b               Hoffmann et al. 2022, equation 2; n^a is their A
    bound:  bits = E + ((n / N)^(a / b) + d / D)^b         Kaplan et al. 2020, equation 1.5, with an E

In the first, a larger network gains as much on any number of notes; in the second less, the fewer notes there are.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from scipy.optimize import least_squares

from melodyrnn.arrays import Float64s
from melodyrnn.corpus.store import Corpus, open_corpus, write_corpus
from melodyrnn.evaluation.bits import evaluate
from melodyrnn.model.run import Run
from melodyrnn.model.saving import network_weights
from melodyrnn.model.settings import SMALL, TrainingSettings
from melodyrnn.model.training import train
from melodyrnn.network.network import Network
from melodyrnn.ngrams.ngrams import Ngrams
from melodyrnn.score.score import Score

DROPOUT = 0.3
ROUNDS = 20  # validations in a training
VALIDATION = 80  # tunes
STARTS = 30  # of a fit


@dataclass(frozen=True)
class Cell:
    """One training.

    Attributes:
        units, tunes, seed: what was trained on how much.
        notes: notes of the training tunes.
        parameters, embeddings: numbers of weights; the former are without embeddings.
        trained_notes: steps, times sequences in a batch, times notes in a sequence.
        seconds, cpu_seconds: of the training.
        best_at: share of the training, 0..1, at which the validation bits were lowest.
        bits, interval: bits per note of the test split, and their 95 % interval over tunes.
        experts, experts_interval: the same with the n-gram experts that `train` adds.
    """

    units: int
    tunes: int
    seed: int
    notes: int
    parameters: int
    embeddings: int
    trained_notes: int
    seconds: float
    cpu_seconds: float
    best_at: float
    bits: float
    interval: tuple[float, float]
    experts: float
    experts_interval: tuple[float, float]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus")
    parser.add_argument("--units", default="32,64,128,256")
    parser.add_argument("--tunes", default="100,400,1600")
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--passes", type=int, default=36)
    parser.add_argument("--most", type=int, default=3_000_000)
    parser.add_argument("--results", type=Path, required=True)
    options = parser.parse_args(arguments)
    units, tunes, seeds = (list(map(int, text.split(","))) for text in (options.units, options.tunes, options.seeds))
    corpus, done = open_corpus(options.corpus), read(options.results)
    known = {(cell.units, cell.tunes, cell.seed) for cell in done}
    for seed in seeds:
        for number in tunes:
            missing = [size for size in units if (size, number, seed) not in known]
            with tempfile.TemporaryDirectory() as folder:
                for size in missing:
                    part = corpus_of(corpus, number, Path(folder) / "corpus")
                    done.append(measure(part, size, number, seed, options.passes, options.most))
                    with options.results.open("a") as file:
                        print(json.dumps(asdict(done[-1])), file=file)
    print(table(done))
    print(laws(done, "bits"), laws(done, "experts"), sep="\n")


def read(results: Path) -> list[Cell]:
    return [Cell(**json.loads(line)) for line in results.read_text().splitlines()] if results.exists() else []


def corpus_of(corpus: Corpus, number: int, path: Path) -> Corpus:
    """Return a corpus of `number` training tunes, with the vocabulary and the test split of the whole one."""
    if not path.exists():
        train_split, validation = _some(corpus, "train", number), _some(corpus, "validation", VALIDATION)
        test = corpus.melodies("test")
        splits = ["train"] * len(train_split) + ["validation"] * len(validation) + ["test"] * len(test)
        write_corpus(path, [*train_split, *validation, *test], splits)
    return replace(open_corpus(path), vocabulary=corpus.vocabulary)


def _some(corpus: Corpus, split: str, number: int) -> list[Score]:
    tunes = corpus.melodies(split)
    return [tunes[i] for i in np.random.default_rng(0).permutation(len(tunes))[:number]]


def measure(corpus: Corpus, units: int, tunes: int, seed: int, passes: int, most: int) -> Cell:
    """Train one network and measure it on the test split."""
    notes = sum(map(len, corpus.melodies("train")))
    batch = 8 if notes < SMALL else 16
    settings = TrainingSettings(units=units, seed=seed, batch_size=batch, dropout=DROPOUT)
    settings = replace(settings, epochs=max(1, round(min(passes, most / notes))))
    steps = math.ceil(min(passes * notes, most) / (batch * settings.length))
    started, cpu = time.monotonic(), time.process_time()
    network, metadata = train(corpus, settings, Run(round_steps=math.ceil(steps / ROUNDS)))
    seconds, cpu = time.monotonic() - started, time.process_time() - cpu
    weights, history = network_weights(network), metadata.training["history"]
    alone, mixed = (
        evaluate(Network(one, weights), corpus.vocabulary, corpus.melodies("test"))
        for one in (replace(metadata, ngrams=Ngrams()), metadata)
    )
    embeddings = sum(rows * width for rows, width in network.inputs.tables.values())
    best = min(history, key=lambda row: row["validation_bits"])["step"] / history[-1]["step"]
    parameters, trained = network.count_params() - embeddings, metadata.training["steps"] * batch * settings.length
    keras.backend.clear_session()
    return Cell(
        *(units, tunes, seed, notes, parameters, embeddings, trained, seconds, cpu, best),
        *(alone.bits_per_note, alone.interval(), mixed.bits_per_note, mixed.interval()),
    )


def table(cells: Sequence[Cell]) -> str:
    """Return a line for each cell."""
    head = "units tunes   notes parameters seed  trained  best at  CPU s  bits  [95 % interval]  with experts"
    rows = [
        f"{c.units:5d} {c.tunes:5d} {c.notes:7,d} {c.parameters:10,d} {c.seed:4d} {c.trained_notes:8,d} "
        f"{c.best_at:8.0%} {c.cpu_seconds:6.0f} {c.bits:.3f} [{c.interval[0]:.3f}, {c.interval[1]:.3f}] "
        f"{c.experts:.3f} [{c.experts_interval[0]:.3f}, {c.experts_interval[1]:.3f}]"
        for c in sorted(cells, key=lambda c: (c.tunes, c.units, c.seed))
    ]
    return "\n".join([head, *rows])


# Parameters (E, log n, a, log d, b), and arrays of log N and log D -> bits
Form = Callable[[Float64s, Float64s, Float64s], Float64s]
FORMS: dict[str, Form] = {
    "sum": lambda p, n, d: p[0] + np.exp(p[2] * (p[1] - n)) + np.exp(p[4] * (p[3] - d)),
    "bound": lambda p, n, d: p[0] + (np.exp(p[2] / p[4] * (p[1] - n)) + np.exp(p[3] - d)) ** p[4],
}
LOWEST, HIGHEST = [0, -10, 0.01, -10, 0.01], [5, 40, 3, 40, 3]


def fit(form: Form, n: Float64s, d: Float64s, bits: Float64s) -> Float64s:
    """Return the parameters with the least squares of residuals, the best of several random starts."""
    starts = np.random.default_rng(0).uniform(LOWEST, HIGHEST, (STARTS, len(LOWEST)))
    starts[:, 0] *= bits.min() / HIGHEST[0]
    found = [least_squares(lambda p: form(p, n, d) - bits, start, bounds=(LOWEST, HIGHEST)) for start in starts]
    return min(found, key=lambda one: one.cost).x


def laws(cells: Sequence[Cell], name: str) -> str:
    """Return both laws fitted to the bits, or to those with experts, and what they say about doubling."""
    n, d = (np.log([float(getattr(cell, what)) for cell in cells]) for what in ("parameters", "notes"))
    bits = np.array([getattr(cell, name) for cell in cells])
    lines = [f"\n{'the network alone' if name == 'bits' else 'with experts'}, {len(cells)} cells"]
    if len(set(n)) * len(set(d)) <= len(LOWEST):
        return "\n".join([*lines, f"a law has {len(LOWEST)} parameters: measure more cells"])
    for label, form in FORMS.items():
        p = fit(form, n, d, bits)
        residuals = bits - form(p, n, d)
        others = [fit(form, *(np.delete(x, i) for x in (n, d, bits))) for i in range(len(cells))]
        ranges = [f"{low:.2f} to {high:.2f}" for low, high in zip(np.min(others, 0), np.max(others, 0), strict=True)]
        lines += [
            f"{label}: E {p[0]:.2f}, n {np.exp(p[1]):.3g}, a {p[2]:.2f}, d {np.exp(p[3]):.3g}, b {p[4]:.2f}",
            f"    residuals: {np.sqrt((residuals**2).mean()):.4f} rms, {np.abs(residuals).max():.4f} at most",
            f"    one cell left out: E {ranges[0]}, a {ranges[2]}, b {ranges[4]}",
            *(f"    {_doubling(form, p, n, float(notes))}" for notes in sorted(set(np.exp(d)))),
        ]
    return "\n".join(lines)


def _doubling(form: Form, p: Float64s, n: Float64s, notes: float) -> str:
    """Return what twice the parameters, and twice the notes, save at the smallest and the largest network."""
    words = []
    for size in (n.min(), n.max()):
        here, wider, more = form(p, np.array([size, size + np.log(2), size]), np.log(notes * np.array([1, 1, 2]))[...])
        words.append(f"{here - wider:.3f} and {here - more:.3f} bits at {np.exp(size):,.0f} parameters")
    return f"{notes:,.0f} notes: twice the parameters and twice the notes save {'; '.join(words)}"


if __name__ == "__main__":
    main()
