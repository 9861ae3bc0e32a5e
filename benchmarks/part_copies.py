"""How long the passages are that drawn pieces of several parts have in common with training pieces, part by part.

    python benchmarks/part_copies.py MODEL CORPUS [--num 100] [--temperature 0.85] [--seed 0]

CORPUS is that of the model. Each part is searched by its top line among the training parts of its slot, as (interval,
inter-onset time) pairs (evaluation/part_copies.py): median and 90th percentile, in notes and in bars. Beside the drawn
pieces stand the pieces of the test split, which nobody copied; the drawn ones have their meters, lengths and modes, in
turn. Their mean number of notes of a part says whether the lengths are comparable.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice

import numpy as np

from melodyrnn.corpus.store import open_corpus
from melodyrnn.evaluation.part_copies import PartIndexes, top_lines
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.loop import go_on
from melodyrnn.generation.parts.loop import generate_parts
from melodyrnn.generation.parts.pieces import plan_of_pieces
from melodyrnn.generation.request import Request
from melodyrnn.music.keys import Key
from melodyrnn.score.score import Score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("corpus")
    parser.add_argument("--num", type=int, default=100)
    parser.add_argument("--temperature", type=float, default=0.85)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    corpus = open_corpus(options.corpus)
    indexes, real = PartIndexes(corpus.scores("train")), corpus.scores("test")
    say("real, test split", real, indexes)
    drawn = alike(load(options.model), real, options.num, options.temperature, options.seed)
    say(f"drawn, temperature {options.temperature:g}", drawn, indexes)


def alike(model: Generator, real: Sequence[Score], num: int, temperature: float, seed: int) -> list[Score]:
    """Return pieces of the meters, numbers of bars and modes of real ones in turn; those of one shape together."""
    shapes = Counter((own.meter, own.num_bars, Key(0, own.key.mode)) for own in islice(cycle(real), num))
    drawn: list[Score] = []
    for number, ((meter, bars, key), count) in enumerate(shapes.items()):
        request = Request(num=count, bars=bars, meter=meter, temperature=temperature, seed=seed + 1000 * number)
        plan = replace(plan_of_pieces(request, model.metadata).plan, key=key)  # a wish for a key would limit pitches
        drawn += generate_parts(model.network, model.vocabulary, plan, go_on)
    return drawn


def say(label: str, scores: Sequence[Score], indexes: PartIndexes) -> None:
    """Print a row for each part."""
    print(f"{f'{label}, {len(scores)} pieces':40s}{'median':>8s}{'bars':>8s}{'90 %':>8s}{'bars':>8s}{'notes':>8s}")
    lines = [top_lines(score) for score in scores]
    for slot, copies in indexes.copies(scores).items():
        cells = (copies.median_notes, copies.median_bars, copies.p90_notes, copies.p90_bars)
        notes = np.mean([len(own[slot]) for own in lines if slot in own])
        print(f"  {slot:38s}" + "".join(f"{cell:8.2f}" for cell in cells) + f"{notes:8.1f}", flush=True)


if __name__ == "__main__":
    main()
