"""A training that is killed and resumed several times, beside the same training without interruption.

    python benchmarks/resume.py CORPUS [--kills 5] [--epochs 6]

Both run from the command line. One is killed by SIGKILL at random moments, each after another state has been saved, and
continues with --resume. Prints the bits per note of both on the validation split and the largest difference between
their weights.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from melodyrnn.checkpoint import load_checkpoint


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus")
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=6)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        uninterrupted, killed = Path(folder) / "uninterrupted.keras", Path(folder) / "killed.keras"
        command = [sys.executable, "-m", "melodyrnn", "train", options.corpus, "--epochs", str(options.epochs)]
        command += ["--units", "48", "--length", "64", "-o"]
        subprocess.run([*command, uninterrupted], check=True, capture_output=True)
        rounds = [_kill_once([*command, killed, "--resume"], Path(f"{killed}.run")) for _ in range(options.kills)]
        subprocess.run([*command, killed, "--resume"], check=True, capture_output=True)
        (one, weights), (two, others) = load_checkpoint(uninterrupted), load_checkpoint(killed)
        bits = [m.training["validation_bits_per_note"] for m in (one, two)]
        largest = max(float(np.abs(weights[name] - others[name]).max()) for name in weights)
        print(f"killed {len(rounds)} times, when the saved states were {', '.join(f'{r:,} bytes' for r in rounds)}")
        print(f"uninterrupted {bits[0]:.6f}, killed and resumed {bits[1]:.6f} bits per note")
        print(f"largest difference of a weight {largest:.2g}")


def _kill_once(command: list[object], state: Path) -> int:
    """Run until a new state is saved and up to a second longer, then kill; returns the size of the state in bytes."""
    before = state.stat().st_mtime_ns if state.exists() else 0
    run = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not state.exists() or state.stat().st_mtime_ns == before:
        if run.poll() is not None:
            raise SystemExit("it ended before it could be killed: give it more --epochs")
        time.sleep(0.02)
    time.sleep(random.random())  # also in the middle of a step or of a save
    run.kill()
    run.wait()
    return state.stat().st_size


if __name__ == "__main__":
    main()
