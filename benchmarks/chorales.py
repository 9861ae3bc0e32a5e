"""How well a model predicts Bach's chorales in four parts: nats for each voice and sixteenth.

    python benchmarks/chorales.py DATA --corpus OUT          writes a corpus for `melodyrnn train OUT`
    python benchmarks/chorales.py DATA MODEL [--split validation|test]

DATA is a folder with the 382 chorales as files of four tracks (soprano, alto, tenor, bass) in the folders train, valid
and test of 229, 76 and 77, the usual division (Boulanger-Lewandowski et al. 2012). They are read by the extractor
"tracks", with the bar lines of the files, each whole.

The figure is that of Huang et al. (2017, 2019): the negative logarithm of the probability of all music of a split,
divided by four times its length in sixteenths (73,632 variables in validation, 75,600 in test). They predict for each
voice and sixteenth which pitch it has; we predict events (shift, part, duration and pitch of each note, then the end),
from which those pitches follow, so the probability of the events bounds that of the pitches from below. Events say
more: a repeated note is another event than a held one. "in all" also charges what the network is told about each
piece, the key (log2 24 bits) and the number of bars (evaluation/bits.py); their models are told the length and read
no key.

Published, nats (Huang et al. 2019, Music Transformer, validation): Coconet in chronological order .436, Transformer
.417, the same with relative attention .357, with relative time and pitch too .335.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from melodyrnn.checkpoint import load_checkpoint
from melodyrnn.corpus.store import write_corpus
from melodyrnn.evaluation.bits import Evaluation, evaluate
from melodyrnn.extract.extractor import ExtractionSettings
from melodyrnn.extract.parts import TRACKS
from melodyrnn.midi.read import read_piece
from melodyrnn.network.network import Network
from melodyrnn.score.score import Score
from melodyrnn.shipped import model_path

FOLDERS = {"train": "train", "validation": "valid", "test": "test"}
SETTINGS = ExtractionSettings(bar_lines="file", max_bars=10_000, max_rest_quarters=10_000.0)
STEPS_PER_SIXTEENTH = 3
VOICES = 4
KEYS = 24
PUBLISHED = {
    "Coconet, chronological": 0.436,
    "Transformer": 0.417,
    "  relative attention": 0.357,
    "  relative attention, time and pitch": 0.335,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("model", nargs="?")
    parser.add_argument("--split", choices=("validation", "test"), default="validation")
    parser.add_argument("--corpus", metavar="OUT", help="write the corpus instead of measuring a model")
    options = parser.parse_args()
    if options.corpus:
        write(options.data, options.corpus)
    elif options.model:
        scores = chorales(options.data, options.split)
        metadata, weights = load_checkpoint(model_path(options.model))
        say(evaluate(Network(metadata, weights), metadata.vocabulary, scores), scores, options.split)
    else:
        parser.error("a model or --corpus must be given")


def write(data: Path, folder: str) -> None:
    """Write the corpus of all chorales."""
    of_split = {split: chorales(data, split) for split in FOLDERS}
    scores = [score for own in of_split.values() for score in own]
    splits = [split for split, own in of_split.items() for _ in own]
    write_corpus(folder, scores, splits, settings={"extractor": TRACKS.name, "bar_lines": SETTINGS.bar_lines})
    sizes = ", ".join(f"{len(own)} in {split}" for split, own in of_split.items())
    print(f"{folder}: {sizes}; {sum(map(len, scores)):,} notes")


def chorales(data: Path, split: str) -> list[Score]:
    """Return the chorales of a split, each whole, under the names of their files."""
    paths = sorted((data / FOLDERS[split]).glob("*.mid"))
    if not paths:
        raise SystemExit(f"{data} must hold the folders {', '.join(FOLDERS.values())} with chorales")
    return [chorale(path) for path in paths]


def chorale(path: Path) -> Score:
    """Return the score of a file, whose four tracks are its voices."""
    found = [one.result for one in TRACKS.extract(read_piece(path), SETTINGS) if isinstance(one.result, Score)]
    if len(found) != 1 or len(found[0].parts) != VOICES:
        raise SystemExit(f"a chorale must be one score of {VOICES} parts. Received: {path}, {found}")
    return replace(found[0], name=path.name)


def variables(score: Score) -> int:
    """Return the number of voices times that of sixteenths to the last end of a note."""
    return VOICES * int((score.onset + score.duration).max()) // STEPS_PER_SIXTEENTH


def say(evaluation: Evaluation, scores: Sequence[Score], split: str) -> None:
    """Print the figures."""
    num = sum(map(variables, scores))

    def row(words: str, bits: float) -> None:
        print(f"{words:40s}{bits * np.log(2) / num:8.4f}")

    bits, part = np.concatenate(evaluation.bits), np.concatenate(list(evaluation.part))
    events, end = float(bits.sum()), sum(evaluation.end_bits)
    key, length = len(scores) * np.log2(KEYS), sum(evaluation.length_bits)
    print(f"{len(scores)} chorales in {split}, {num:,} variables, {evaluation.num_notes:,} notes; nats per variable")
    row("in all", events + end + key + length)
    row("events and end, without key and length", events + end)
    row("  the end", end)
    row("  the key", key)
    row("  the number of bars", length)
    for place, field in enumerate(evaluation.fields):
        row(f"  {field}", float(bits[:, place].sum()))
    for number, name in enumerate(evaluation.parts):
        row(f"  {name}, all fields", float(bits[part == number].sum()))
    print(f"{evaluation.rounded} values are not in the vocabulary; {evaluation.bits_per_note:.3f} bits per note")
    print("published, validation (Huang et al. 2019):")
    for name, nats in PUBLISHED.items():
        print(f"{'  ' + name:40s}{nats:7.3f}")


if __name__ == "__main__":
    main()
