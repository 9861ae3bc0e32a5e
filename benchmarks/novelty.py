"""The size and the speed of a novelty index, beside a plain search through every tune.

usage: python benchmarks/novelty.py MODEL.keras CORPUS [--tunes 5]

Prints the size of the index beside that of the model's weights; the time to read it, of the first search, which sorts,
and of later ones; and how many times longer difflib takes to find the longest match in all training tunes. Both
searches must give the same results.
"""

from __future__ import annotations

import argparse
import time
import zipfile
from difflib import SequenceMatcher

import melodyrnn
from melodyrnn.evaluation.novelty import Index, encode_pairs
from melodyrnn.score.score import Score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("corpus")
    parser.add_argument("--tunes", type=int, default=5)
    options = parser.parse_args()
    corpus = melodyrnn.open_corpus(options.corpus)
    train, test = corpus.melodies("train"), corpus.melodies("test")[: options.tunes]
    data = Index.of(train).to_bytes()
    with zipfile.ZipFile(options.model) as archive:
        weights = archive.getinfo("model.weights.h5").file_size
    print(f"index of {len(train)} tunes: {len(data):,} bytes, {100 * len(data) / weights:.1f} % of the weights")
    start = time.perf_counter()
    index = Index.from_bytes(data)
    read = time.perf_counter()
    index.longest(test[0])
    first = time.perf_counter()
    found = [index.longest(melody).notes for melody in test]
    ours = time.perf_counter() - first
    print(f"read {read - start:.3f} s, first question {first - read:.3f} s, then {ours / len(test):.4f} s each")
    start = time.perf_counter()
    plain = [max(_longest(melody, tune) for tune in train) for melody in test]
    theirs = time.perf_counter() - start
    if plain != found:
        raise SystemExit(f"the searches differ: {found} and {plain}")
    print(f"difflib: {theirs / len(test):.2f} s each, {theirs / ours:.0f} times as long")


def _longest(melody: Score, tune: Score) -> int:
    one, other = encode_pairs(melody).tolist(), encode_pairs(tune).tolist()
    size = SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size
    return size + 1 if size else 0


if __name__ == "__main__":
    main()
