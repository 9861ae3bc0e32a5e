"""The adding problem (Hochreiter and Schmidhuber 1997; Le, Jaitly and Hinton 2015): how long each cell remembers.

    python benchmarks/long_memory.py [--lengths 50,150,300] [--steps 3000] [--only lstm,irnn] [--rate 1e-4]

A sequence has T pairs: a number from 0 to 1, and a mark that is 1 at two steps, one in each half, and 0 at the others.
After the last step the network outputs the sum of the two marked numbers. The constant output 1 has a mean squared
error of 1/6 = 0.167; a network with that error remembers nothing. Each row is one layer of one cell, trained with or
without clipping: the error on new sequences, whether the problem is solved (error under 0.02), and the largest norm of
a gradient.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Iterator

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

from melodyrnn.arrays import Float32s
from melodyrnn.model.optimizer import Adam
from melodyrnn.model.recurrence import recurrent_layer
from melodyrnn.network.cells import RecurrentConfig

ROWS = {
    "rnn, tanh": {"cell": "rnn"},
    "irnn": {"cell": "irnn"},
    "gru": {"cell": "gru"},
    "lstm": {"cell": "lstm"},
}
# Learning rates that work at 50 steps; with that of the cells with gates, the loss of an irnn diverges.
RATES = {"rnn": 1e-3, "irnn": 1e-3, "gru": 5e-3, "lstm": 5e-3}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lengths", default="50,150,300")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--only", default="")
    parser.add_argument("--rate", type=float, help="learning rate, instead of that in RATES")
    options = parser.parse_args()
    print(
        f"{'cell':10s} {'T':>4s} {'clip':>5s} {'error':>8s} {'solved':>7s} {'largest norm':>13s} {'seconds':>8s}",
        flush=True,
    )
    for length in map(int, options.lengths.split(",")):
        for name, settings in ROWS.items():
            if options.only and settings["cell"] not in options.only.split(","):
                continue
            for clip in (1.0, 0.0):
                started = time.monotonic()
                rate = options.rate or RATES[settings["cell"]]
                error, norm = measure(settings, length, clip, options.steps, options.units, options.batch, rate)
                solved = "yes" if error < 0.02 else "no"
                print(
                    f"{name:10s} {length:4d} {'1' if clip else 'off':>5s} {error:8.4f} {solved:>7s} {norm:13.3g} "
                    f"{time.monotonic() - started:8.0f}",
                    flush=True,
                )


def measure(
    settings: dict[str, str], length: int, clip: float, steps: int, units: int, batch: int, rate: float
) -> tuple[float, float]:
    """Mean squared error on 1,000 new sequences, and the largest norm of a gradient in training."""
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    core = RecurrentConfig(units, 1, **settings)
    last = layers.Lambda(lambda x: x[:, -1])
    model = keras.Sequential(
        [layers.Input((length, 2), batch_size=batch), recurrent_layer(core, 0), last, layers.Dense(1)]
    )
    optimizer = Adam(clip)
    optimizer.build(model.trainable_variables)
    model.compile(optimizer=optimizer, loss="mse", jit_compile=True)
    optimizer.learning_rate = rate

    def batches() -> Iterator[tuple[Float32s, Float32s]]:
        while True:
            yield adding(rng, batch, length)

    model.fit(batches(), steps_per_epoch=steps, epochs=1, verbose=0, shuffle=False)
    norm = optimizer.take_norms().largest
    test_rng = np.random.default_rng(1)
    errors = [float(model.test_on_batch(*adding(test_rng, batch, length))) for _ in range(1000 // batch)]
    error = float(np.mean(errors))
    return (error if math.isfinite(error) else math.inf), norm


def adding(rng: np.random.Generator, batch: int, length: int) -> tuple[Float32s, Float32s]:
    """A batch of sequences (B, T, 2) and sums (B, 1)."""
    numbers = rng.random((batch, length)).astype("float32")
    marks = np.zeros((batch, length), dtype="float32")
    every, half = np.arange(batch), length // 2
    marks[every, rng.integers(0, half, batch)] = 1
    marks[every, rng.integers(half, length, batch)] = 1
    return np.stack([numbers, marks], axis=-1), (numbers * marks).sum(axis=1, keepdims=True)


if __name__ == "__main__":
    main()
