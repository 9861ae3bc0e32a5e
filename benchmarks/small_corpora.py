"""Bits per note of pitches alone on small corpora, with ten folds by melody.

    python benchmarks/small_corpora.py DATA [--folds 0,3,6] [--corpora jigs,airds] [--time 180] [--log FILE.jsonl]

DATA has small-corpora.json (lists of MIDI files in DATA). The protocol: every melody is written as a MIDI file of its
pitches, one note a quarter in 4/4, the highest of simultaneous notes; melodies of fewer than 8 notes are left out. Fold
k is indices[k::10] after `random.Random(0).shuffle`. The rest is done by the commands ingest, train and evaluate
--json. All training melodies of a fold are trained on; there is no validation split. The test melodies are a separate
corpus.

There are three figures for each corpus, means over the notes of a fold, then over folds: bits of the pitches; with the
key, which is guessed from the piece (log2 12 bits, and its mode); and with the number of bars, which the network reads.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import mean

import numpy as np

from melodyrnn.midi.read import read_piece
from melodyrnn.midi.write import write_piece
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import COMMON_TIME
from melodyrnn.music.piece import Piece
from melodyrnn.music.units import STEPS_PER_QUARTER
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

# PPM*, long-term and short-term combined (Pearce 2005), by the same protocol
PEARCE = {"jigs": 1.579, "waltzes-ashover": 1.794, "hornpipes": 1.261, "airds": 1.561}
PEARCE |= {"oneills": 1.921, "openewld": 2.728, "chorales": 2.035}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", default="0,3,6")
    parser.add_argument("--corpora", default="")
    parser.add_argument("--time", type=int, default=180, help="seconds of training a fold, at most")
    parser.add_argument("--log", type=Path, help="file for the figures of finished folds, which are not run again")
    options = parser.parse_args()
    lists = json.loads((options.data / "small-corpora.json").read_text("utf-8"))
    done = _read(options.log)
    print(
        f"{'corpus':18s} {'pitches':>8s} {'+ key':>8s} {'+ length':>8s} {'Pearce':>8s} {'seconds':>8s}  folds",
        flush=True,
    )
    rows = []
    for name in options.corpora.split(",") if options.corpora else lists:
        melodies = [pitches for file in lists[name] if len(pitches := _pitches(read_piece(options.data / file))) >= 8]
        figures = []
        for fold in map(int, options.folds.split(",")):
            key = f"{name}/{fold}"
            if key not in done:
                done[key] = measure(melodies, fold, options.time)
                if options.log:
                    with options.log.open("a") as file:
                        print(json.dumps({key: done[key]}), file=file)
            figures.append(done[key])
        means = [mean(column) for column in zip(*figures, strict=True)]
        rows.append([*means[:3], PEARCE.get(name, float("nan"))])
        print(
            f"{name:18s} " + " ".join(f"{v:8.3f}" for v in rows[-1]) + f" {means[3]:8.0f}  {len(figures)}", flush=True
        )
    print(f"{'mean':18s} " + " ".join(f"{mean(column):8.3f}" for column in zip(*rows, strict=True)))


def measure(melodies: list[list[int]], fold: int, seconds: int) -> list[float]:
    """Bits per pitch, with the key, with key and length; seconds of training."""
    order = list(range(len(melodies)))
    random.Random(0).shuffle(order)
    test = set(order[fold::10])
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for split in ("train", "test"):
            (root / split).mkdir()
        for n, pitches in enumerate(melodies):
            write_piece(_even(pitches), root / ("test" if n in test else "train") / f"{n:03d}.mid")
        every = ("--min-notes", "8", "--min-pitches", "1", "--keep-duplicates", "--validation", "0", "--test", "0")
        for split in ("train", "test"):
            _run("ingest", root / split, "-o", root / f"{split}.corpus", *every)
        started = time.monotonic()
        _run("train", root / "train.corpus", "-o", root / "m.keras", "--time", f"{seconds}s")
        spent = time.monotonic() - started
        out = _run("evaluate", root / "m.keras", root / "test.corpus", "--split", "all", "--no-baselines", "--json")
    found = json.loads(out)
    bits, key = found["fields"]["pitch"], found["key"]
    return [bits, bits + key, bits + key + found["length"], spent]


def _pitches(piece: Piece) -> list[int]:
    """The highest pitch at each onset."""
    onset = np.concatenate([track.notes.onset for track in piece.tracks])
    pitch = np.concatenate([track.notes.pitch for track in piece.tracks])
    order = np.lexsort((pitch, onset))
    last = np.r_[np.diff(onset[order]) > 0, True]
    return [int(p) for p in pitch[order][last]]


def _even(pitches: list[int]) -> Piece:
    """The pitches as notes of a quarter each."""
    steps = np.full(len(pitches), STEPS_PER_QUARTER)
    onset = np.arange(len(pitches)) * STEPS_PER_QUARTER
    melody = Score.line(onset, steps, np.array(pitches), np.full(len(pitches), 80), COMMON_TIME, Key(0, "major"))
    return replace(to_piece(melody), keys=())  # without a key signature, so that the key is guessed


def _run(*arguments: object) -> str:
    command = [sys.executable, "-m", "melodyrnn", *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{' '.join(command)}\n{run.stderr}")
    return run.stdout


def _read(log: Path | None) -> dict[str, list[float]]:
    done: dict[str, list[float]] = {}
    if log is not None and log.exists():
        for line in log.read_text().splitlines():
            done.update(json.loads(line))
    return done


if __name__ == "__main__":
    main()
