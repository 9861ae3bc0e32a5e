"""The speed of `melodyrnn generate`, beside importing tensorflow and beside the usual ways to step a Keras network.

usage: python benchmarks/generate_speed.py [--runs 10]

Prints the median wall time of `melodyrnn generate --num 4 --bars 16` and of `python -c "import tensorflow"`, run in
turn, and where the former goes; of a call of the API with the default threads of NumPy and with one; of the help of
every command and of `info`, beside `python -c pass`; time and peak memory of 1,000 pieces of 16 bars; and the time per
note of the NumPy network, of the same Keras layers called step by step, and of `model.predict` on 64 notes.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from melodyrnn.cli.main import COMMANDS
from melodyrnn.generation.generator import load
from melodyrnn.threads import THREAD_VARIABLES

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _from_the_shell(folder, options.runs)
        _in_a_session(options.runs)
        _help(options.runs)
        _a_thousand(folder)
    _per_note()


_GENERATE = ["generate", "--num", "4", "--bars", "16"]
_PARTS = """
import time
times = [time.perf_counter()]
import numpy; times.append(time.perf_counter())
import melodyrnn.cli.generate, melodyrnn.tasks.generate; times.append(time.perf_counter())
from melodyrnn.generation.generator import load
model = load(); times.append(time.perf_counter())
from melodyrnn.generation.request import Request
model.generate(Request(num=4, bars=16)); times.append(time.perf_counter())
print(*(after - before for before, after in zip(times, times[1:])))
"""
_SESSION = """
import time, melodyrnn
model = melodyrnn.load()
model.generate(bars=8)
started = time.perf_counter()
for seed in range(5):
    model.generate(num=4, bars=8, seed=seed)
print((time.perf_counter() - started) / 5)
"""


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def _printed(code: str, num_threads: str | None) -> list[float]:
    """The numbers that a Python program prints; the threads of NumPy are limited where a number is given."""
    environment = {name: value for name, value in os.environ.items() if name not in THREAD_VARIABLES}
    if num_threads is not None:
        environment |= dict.fromkeys(THREAD_VARIABLES, num_threads)
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    return [float(word) for word in run.stdout.split()]


def _from_the_shell(folder: str, runs: int) -> None:
    ours, theirs = [], []
    for run in range(runs + 1):
        generate = [sys.executable, "-m", "melodyrnn", *_GENERATE]
        pair = _seconds([*generate, "-o", f"{folder}/{run}"]), _seconds([sys.executable, "-c", "import tensorflow"])
        if run:  # the first run fills the disk cache
            ours.append(pair[0])
            theirs.append(pair[1])
    print(f"generate --num 4 --bars 16    {statistics.median(ours):.3f} s (median of {runs})")
    print(f"import tensorflow             {statistics.median(theirs):.3f} s")
    print(f"ratio                         {statistics.median(a / b for a, b in zip(ours, theirs, strict=True)):.3f}")
    parts = zip(*(_printed(_PARTS, "1") for _ in range(runs)), strict=True)
    names = ("import numpy", "import melodyrnn", "load the model", "generate")
    print(
        "  of it: "
        + ", ".join(f"{name} {statistics.median(part):.3f} s" for name, part in zip(names, parts, strict=True))
    )


def _in_a_session(runs: int) -> None:
    pairs = [(_printed(_SESSION, None)[0], _printed(_SESSION, "1")[0]) for _ in range(runs)]
    default, one = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(
        f"4 pieces of 8 bars by the API {default:.3f} s with the default threads, {one:.3f} s with one ({ratio:.2f}x)"
    )


def _help(runs: int) -> None:
    commands = {"melodyrnn": [], **{f"{name} --help": [name, "--help"] for name in COMMANDS}, "info": ["info", "folk"]}
    times: dict[str, list[float]] = {name: [] for name in commands}
    nothing = []
    for _ in range(runs):
        nothing.append(_seconds([sys.executable, "-c", "pass"]))
        for name, words in commands.items():
            times[name].append(_seconds([sys.executable, "-m", "melodyrnn", *words]))
    print(f"python -c pass                {statistics.median(nothing):.3f} s")
    for name, found in times.items():
        seconds = statistics.median(found)
        print(f"{name:29s} {seconds:.3f} s ({seconds / statistics.median(nothing):.1f}x)")


def _a_thousand(folder: str) -> None:
    seconds = _seconds(
        [sys.executable, "-m", "melodyrnn", "generate", "--num", "1000", "--bars", "16", "-o", f"{folder}/many"]
    )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"1,000 pieces of 16 bars       {seconds:.1f} s; largest child so far {peak:.0f} MiB (tensorflow's included)")


def _per_note() -> None:
    import numpy as np

    from melodyrnn.model.saving import load_model
    from melodyrnn.shipped import default_checkpoint

    model, network = load(), load_model(default_checkpoint())
    inputs, fields = model.network.inputs, len(model.network.inputs.values)
    columns = np.ones((1, len(inputs.columns)), dtype=np.int32)
    values = np.zeros((1, fields), dtype=np.int64)

    def in_numpy(state=model.network.initial_state(1)):  # noqa: B008
        output, state = model.network.step(columns, state)
        for name in model.network.inputs.values:
            model.network.head(name, output, columns, values).probabilities()

    def in_keras_steps():
        network.distributions({"context": columns[None], "values": values[None].astype(np.int32)})

    window = {"context": np.repeat(columns[None], 64, axis=1), "values": np.zeros((1, 64, fields), np.int32)}

    def predict_window():
        network.predict(window, verbose=0)

    times = {}
    for name, step, number in (
        ("NumPy, one step", in_numpy, 200),
        ("Keras layers, one step", in_keras_steps, 20),
        ("model.predict on 64 notes", predict_window, 20),
    ):
        step()
        started = time.perf_counter()
        for _ in range(number):
            step()
        times[name] = (time.perf_counter() - started) / number
        print(f"{name:29s} {1000 * times[name]:.2f} ms a note ({times[name] / times['NumPy, one step']:.0f}x)")


if __name__ == "__main__":
    main()
