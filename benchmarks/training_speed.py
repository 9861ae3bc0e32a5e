"""The time of a training step of melodyrnn's LSTM, PyTorch's nn.LSTM and keras.layers.LSTM at the same sizes.

    pip install '.[torch]' && python benchmarks/training_speed.py

Each runs in a process of its own (embedding of 130 values, two LSTM layers, 130 scores, Adam, clipped gradients). They
run in turn, so that other load of the machine affects all of them alike. Prints the medians, the ratio to PyTorch, and
GFLOP/s beside those of a plain matrix product by NumPy and by PyTorch at the same time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

VALUES = 130
SIZES = {"2x256, 64 sequences of 64": (256, 64, 64), "2x512, 64 sequences of 128": (512, 64, 128)}
SIZES["2x128, 8 sequences of 128"] = (128, 8, 128)  # the default of `train` for a small folder
NETWORKS = ("melodyrnn", "keras, compiled", "keras", "torch")
TURNS, STEPS = 7, 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worker", nargs=4)
    parser.add_argument("--turns", type=int, default=TURNS)
    options = parser.parse_args()
    if options.worker:
        _work(options.worker[0], *map(int, options.worker[1:]))
        return
    print(f"load before: {os.getloadavg()[0]:.1f}; {os.cpu_count()} cores")
    for label, (units, batch, length) in SIZES.items():
        seconds, products = _take_turns(units, batch, length, options.turns)
        print(f"\n{label}: matrix products {', '.join(f'{k} {v:.0f} GFLOP/s' for k, v in products.items())}")
        flops = 2 * 3 * batch * length * (2 * 8 * units * units + units * VALUES)
        for name in NETWORKS:
            took = median(seconds[name])
            print(
                f"  {name:16s} {took * 1000:8.1f} ms a step  {batch * length / took:9,.0f} notes/s  "
                f"{flops / took / 1e9:6.1f} GFLOP/s  {median(seconds['torch']) / took:5.2f} of torch",
                flush=True,
            )


def _take_turns(units: int, batch: int, length: int, turns: int) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Seconds a step of each network, and GFLOP/s of plain matrix products."""
    workers = {name: _start(name, units, batch, length) for name in NETWORKS}
    seconds: dict[str, list[float]] = {name: [] for name in NETWORKS}
    products: dict[str, list[float]] = {"NumPy": [], "torch": []}
    for _ in range(turns):
        for name, worker in workers.items():
            seconds[name].append(_ask(worker, "step"))
        products["NumPy"].append(_ask(workers["keras"], "product"))
        products["torch"].append(_ask(workers["torch"], "product"))
    for worker in workers.values():
        _ask(worker, "end")
    return seconds, {name: median(found) for name, found in products.items()}


def _start(*arguments: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    command = [sys.executable, __file__, "--worker", *map(str, arguments)]
    worker = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    _ask(worker, "step")  # builds and compiles
    return worker


def _ask(worker: subprocess.Popen[str], what: str) -> float:
    assert worker.stdin is not None
    assert worker.stdout is not None
    print(what, file=worker.stdin, flush=True)
    return float(worker.stdout.readline())


def _work(name: str, units: int, batch: int, length: int) -> None:
    step = _torch(units, batch, length) if name == "torch" else _keras(name, units, batch, length)
    step()
    for line in sys.stdin:
        if line.strip() == "step":
            started = time.perf_counter()
            for _ in range(STEPS):
                step()
            print((time.perf_counter() - started) / STEPS, flush=True)
        elif line.strip() == "product":
            print(_product(name), flush=True)
        else:
            print(0.0, flush=True)
            return


def _keras(name: str, units: int, batch: int, length: int) -> Callable[[], object]:
    import keras
    import numpy as np
    from keras import layers

    from melodyrnn.model.recurrence import LSTM

    kind = LSTM if name == "melodyrnn" else layers.LSTM
    stack = [kind(units, return_sequences=True) for _ in range(2)]
    model = keras.Sequential(
        [layers.Input((length,), batch_size=batch), layers.Embedding(VALUES, units), *stack, layers.Dense(VALUES)]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(1e-3, global_clipnorm=1.0)
    model.compile(optimizer=optimizer, loss=loss, jit_compile=name != "keras")
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, VALUES, (2, batch, length)).astype("int32")
    return lambda: model.train_on_batch(x, y)


def _torch(units: int, batch: int, length: int) -> Callable[[], object]:
    import torch
    from torch import nn

    embed, lstm, head = (
        nn.Embedding(VALUES, units),
        nn.LSTM(units, units, 2, batch_first=True),
        nn.Linear(units, VALUES),
    )
    parameters = [*embed.parameters(), *lstm.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, 1e-3)
    x, y = torch.randint(0, VALUES, (2, batch, length))

    def step() -> float:
        optimizer.zero_grad()
        scores = head(lstm(embed(x))[0])
        loss = nn.functional.cross_entropy(scores.reshape(-1, VALUES), y.reshape(-1))
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        return float(loss)

    return step


def _product(name: str) -> float:
    """GFLOP/s of products of 1024 x 1024 float32 matrices."""
    if name == "torch":
        import torch

        a = torch.rand(1024, 1024)
    else:
        import numpy as np

        a = np.random.default_rng(0).random((1024, 1024), dtype=np.float32)
    a @ a
    started = time.perf_counter()
    for _ in range(20):
        a @ a
    return 20 * 2 * 1024**3 / (time.perf_counter() - started) / 1e9


if __name__ == "__main__":
    main()
