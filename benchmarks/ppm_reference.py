"""PPM* on pitch alone, by the protocol of reference figures for small corpora.

usage: python benchmarks/ppm_reference.py MUSIC_FOLDER [--corpora jigs,openewld]

MUSIC_FOLDER has small-corpora.json (corpus name -> paths of MIDI files within the folder). There are ten folds by
melody (`random.Random(0).shuffle` of the indices, fold k = indices[k::10]). Every pitch is scored, also the first; the
figures are means over the notes of a fold, then over folds. The long-term model goes on learning from the melodies of
the fold, the short-term model is new for each melody. Prints bits per note of this package, with the reference in
brackets.
"""

from __future__ import annotations

import argparse
import json
import random
from math import log2
from pathlib import Path

import numpy as np
import symusic

from melodyrnn.evaluation.ppm import START, ContextTree, Text, combine

MODELS = ("order 2", "long-term", "short-term", "both")
REFERENCE = {
    "jigs": (2.876, 2.024, 1.834, 1.579),
    "waltzes-ashover": (3.274, 2.274, 1.980, 1.794),
    "hornpipes": (3.018, 1.615, 1.417, 1.261),
    "airds": (2.725, 2.024, 1.811, 1.561),
    "oneills": (2.727, 2.412, 2.332, 1.921),
    "openewld": (3.379, 3.275, 3.081, 2.728),
    "chorales": (2.249, 2.394, 2.890, 2.035),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("music", type=Path)
    parser.add_argument("--corpora", default=",".join(REFERENCE))
    options = parser.parse_args()
    lists = json.loads((options.music / "small-corpora.json").read_text("utf-8"))
    rows = []
    print("corpus".ljust(16), *(name.rjust(16) for name in MODELS))
    for name in options.corpora.split(","):
        melodies = [m for path in lists[name] if len(m := pitches(options.music / path)) >= 8]
        rows.append(figures(melodies))
        _print(name, rows[-1], REFERENCE[name])
    _print("mean", np.mean(rows, axis=0), np.mean([REFERENCE[n] for n in options.corpora.split(",")], axis=0))


def pitches(path: Path) -> list[int]:
    """The highest pitch at each onset of a file."""
    highest: dict[int, int] = {}
    for track in symusic.Score(path).tracks:
        for note in track.notes:
            highest[note.time] = max(highest.get(note.time, 0), note.pitch)
    return [highest[onset] for onset in sorted(highest)]


def figures(melodies: list[list[int]]) -> np.ndarray:
    """Bits per note of each of MODELS, (4,)."""
    known = {pitch: i for i, pitch in enumerate(sorted({p for m in melodies for p in m}))}
    indexed = [[known[p] for p in m] for m in melodies]
    order = list(range(len(melodies)))
    random.Random(0).shuffle(order)
    folds = []
    for fold in range(10):
        held_out = order[fold::10]
        excluded = set(held_out)
        train = [indexed[i] for i in order if i not in excluded]
        folds.append(_fold(train, [indexed[i] for i in held_out], len(known)))
    return np.mean(folds, axis=0)


def _fold(train: list[list[int]], test: list[list[int]], size: int) -> np.ndarray:
    text = Text([], [])
    markov, long_term = ContextTree(text, size, max_order=2), ContextTree(text, size)
    for melody in train:
        for event, value in _append(text, melody):
            markov.add(event, value)
            long_term.add(event, value)
    bits, notes = np.zeros(len(MODELS)), 0
    for melody in test:
        short_term = ContextTree(text, size, raw_longest=True)
        for event, value in _append(text, melody):
            distributions = [tree.predict(event) for tree in (markov, long_term, short_term)]
            distributions.append(combine(distributions[1:]))
            bits -= [log2(p[value]) for p in distributions]
            notes += 1
            for tree in (long_term, short_term):
                tree.add(event, value)
    return bits / notes


def _append(text: Text, melody: list[int]) -> list[tuple[int, int]]:
    """Append a melody to the text; returns its events with their values."""
    first = len(text.notes) + 1
    text.notes += [START, *melody]
    text.heads += [()] * (len(melody) + 1)
    return list(enumerate(melody, start=first))


def _print(name: str, ours: np.ndarray, reference: np.ndarray | tuple[float, ...]) -> None:
    cells = (f"{a:.3f} ({b:.3f})".rjust(16) for a, b in zip(ours, reference, strict=True))
    print(name.ljust(16), *cells, flush=True)


if __name__ == "__main__":
    main()
