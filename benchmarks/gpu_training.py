"""Training on a GPU: a step beside torch.nn.LSTM, notes a second end to end, and the time to the bits of a CPU.

    pip install '.[torch]' '.[jax]' && KERAS_BACKEND=jax python benchmarks/gpu_training.py [CORPUS]

It ends within `--seconds`, also without a GPU, where the same code runs on the CPU with small batches; its first lines
then say that the figures of a GPU are missing. Each measurement is a process of its own (gpu_measurements.py) with a
share of the time that is left; what did not end in it, or failed, has a line that says so. CORPUS is by default that of
the sample tunes.

A row is one size and precision. melodyrnn: the network and the step of `train` on a batch that is drawn already; then
"end to end", with batches drawn and sent to the device, and the loss read after each step, as `train` does (validation
comes on top). torch: an embedding as wide as the inputs of melodyrnn's first layer, nn.LSTM, and linear scores of each
field; it has none of the look-backs, gates and hidden layers, so it does less. Both clip and make steps of Adam.
bfloat16 is `mixed_bfloat16` of Keras and autocast of torch; float32 is what each does by default, so a card may use
TF32. "start": seconds from opening the corpus, imports included, to the end of the first steps, compiling included.

The last part trains on CORPUS with the default settings: on the CPU for a fixed time, compiling included, then on the
device until its validation bits are as low. `--bits X` leaves out the first and trains for X.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

from melodyrnn.shipped import data_folder

ENVIRONMENT = {"TF_CPP_MIN_LOG_LEVEL": "3", "XLA_PYTHON_CLIENT_PREALLOCATE": "false", **os.environ}
ON_CPU = {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"}
CPU_SHARE = 0.2  # of the time: how long the CPU trains for its bits
LEARNING = 0.7  # of the time of a process that trains for bits; the rest is for its start and its last validation
BATCHES = {True: (64, 128), False: (8, 64)}  # sequences and their notes by default, with a GPU and without

STEP = ("ms a step", "notes/s")

Figures: TypeAlias = dict[str, float | str | None]


@dataclass(frozen=True)
class Size:
    """What is measured: layers and units, the precision, sequences in a batch and notes in a sequence."""

    layers: int
    units: int
    precision: str
    batch: int
    length: int


class Deadline:
    """Shares a time among measurements: each may take about twice its part of what is left."""

    def __init__(self, seconds: float, parts: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._end, self._parts, self._clock = clock() + seconds, parts, clock

    def share(self) -> float:
        """Return the seconds for the next measurement; the last one may take all that is left."""
        left = max(0.0, self._end - self._clock())
        share = left * min(1.0, 2 / (self._parts + 1))
        self._parts = max(1, self._parts - 1)
        return share


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", nargs="?")
    parser.add_argument("--sizes", default="2x256,2x512,4x1024", help="layers x units")
    parser.add_argument("--precisions", default="float32,bfloat16")
    parser.add_argument("--batch", type=int, help="sequences in a batch")
    parser.add_argument("--length", type=int, help="notes in a sequence")
    parser.add_argument("--bits", type=float, help="validation bits a note to train for")
    parser.add_argument("--seconds", type=float, default=225.0, help="time for everything")
    options = parser.parse_args(arguments)
    sizes, precisions = options.sizes.split(","), options.precisions.split(",")
    deadline = Deadline(options.seconds, 2 * len(sizes) * len(precisions) + 3)
    with tempfile.TemporaryDirectory() as folder:
        has_gpu = _device(deadline)
        corpus = options.corpus or _samples(Path(folder) / "samples")
        batch, length = options.batch or BATCHES[has_gpu][0], options.length or BATCHES[has_gpu][1]
        print(f"batches of {batch} sequences of {length} notes\n\n{_head()}", flush=True)
        for precision in precisions:
            for size in sizes:
                layers, units = map(int, size.split("x"))
                _row(deadline, corpus, Size(layers, units, precision, batch, length), has_gpu)
        _bits(deadline, corpus, options.bits, CPU_SHARE * options.seconds, has_gpu)


def _device(deadline: Deadline) -> bool:
    """Print the backend and its device; return whether it is a GPU."""
    found = _ask("device", deadline.share())
    if "fault" in found:
        print(f"the device is not known: {found['fault']}; small batches, as on a CPU")
    else:
        print(found["text"])
    if found.get("gpu") is False:
        print("no GPU: its figures are missing; below, the same code on the CPU, with small batches")
    return bool(found.get("gpu"))


def _samples(folder: Path) -> str:
    """Return the corpus of the tunes that come with melodyrnn."""
    command = [sys.executable, "-m", "melodyrnn", "ingest", str(data_folder("samples")), "-o", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return str(folder)


WIDTHS = (-17, 9, 13, 12, 11, 10, 10, 9)


def _head() -> str:
    above = ("", "", "melodyrnn", "", "end to end", "", "nn.LSTM", "")
    return f"{_line(above)}\n{_line(('', 'start, s', *STEP, 'notes/s', *STEP, 'of torch'))}"


def _line(cells: Sequence[str]) -> str:
    widths = [f"{'<' if width < 0 else '>'}{abs(width)}" for width in WIDTHS]
    return " ".join(format(cell, width) for cell, width in zip(cells, widths, strict=True))


def _row(deadline: Deadline, corpus: str, size: Size, has_gpu: bool) -> None:
    ours, peer = (_ask(name, deadline.share(), corpus=corpus, **asdict(size)) for name in ("melodyrnn", "torch"))
    notes = [f"{name} {found['fault']}" for name, found in (("melodyrnn", ours), ("torch", peer)) if found.get("fault")]
    if ours.get("note"):
        notes.append(f"melodyrnn: {ours['note']}")
    if has_gpu and peer.get("gpu") is False:
        notes.append("torch is on the CPU")
    cells = [
        f"{size.layers}x{size.units} {size.precision}",
        _cell(ours, "start", ".1f"),
        _cell(ours, "step", ".1f", 1000),
        _cell(ours, "rate", ",.0f"),
        _cell(ours, "end_to_end", ",.0f"),
        _cell(peer, "step", ".1f", 1000),
        _cell(peer, "rate", ",.0f"),
        "-" if notes else f"{peer['step'] / ours['step']:.2f}",
    ]
    print(_line(cells), *notes, sep="  ", flush=True)


def _cell(found: Figures, name: str, form: str, factor: float = 1) -> str:
    return format(found[name] * factor, form) if name in found else "-"


def _bits(deadline: Deadline, corpus: str, bits: float | None, cpu_seconds: float, has_gpu: bool) -> None:
    """Print how long the device trains for given validation bits, by default those of the CPU."""
    if bits is None:
        limit = min(cpu_seconds, deadline.share())
        cpu = _ask("time to bits", limit, ON_CPU, corpus=corpus, seconds=LEARNING * limit, bits=0.0)
        if cpu.get("bits") is None:
            print(f"\nthe CPU's bits: {cpu.get('fault', 'none in the time')}; --bits X says what to train for")
            return
        bits = math.ceil(100 * cpu["bits"]) / 100
        print(f"\nthe CPU: {bits:.2f} validation bits a note after {cpu['seconds']:.1f} s, {cpu['steps']} steps")
    limit = deadline.share()
    found = _ask("time to bits", limit, corpus=corpus, seconds=LEARNING * limit, bits=bits)
    where = "the GPU" if has_gpu else "no GPU, so the CPU again"
    if found.get("bits") is None:
        print(f"{where}: {found.get('fault', 'no validation in the time')}")
    elif found["bits"] > bits:
        print(f"{where}: not {bits:.2f} in {found['seconds']:.1f} s, but {found['bits']:.2f}")
    else:
        print(f"{where}: {bits:.2f} after {found['seconds']:.1f} s, {found['steps']} steps")


def _ask(name: str, limit: float, variables: dict[str, str] | None = None, **arguments: object) -> Figures:
    """Return the figures of a measurement, or its "fault"."""
    script = Path(__file__).with_name("gpu_measurements.py")
    command = [sys.executable, str(script), name, json.dumps(arguments)]
    environment = {**ENVIRONMENT, **(variables or {})}
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=limit, env=environment)
    except subprocess.TimeoutExpired:
        return {"fault": f"not within {limit:.0f} s"}
    if run.returncode:
        return {"fault": f"failed: {(run.stderr.strip().splitlines() or ['?'])[-1][:200]}"}
    return json.loads(run.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
