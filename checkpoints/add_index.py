"""Put the novelty index of a corpus's training pieces into a model file that was trained on them.

usage: python checkpoints/add_index.py MODEL.keras CORPUS
"""

from __future__ import annotations

import sys
from pathlib import Path

import melodyrnn
from melodyrnn.evaluation.novelty import add_index


def main(model: str, corpus: str) -> None:
    before = Path(model).stat().st_size
    size = add_index(model, melodyrnn.open_corpus(corpus).melodies("train"))
    print(f"{model}: an index of {size:,} bytes, {100 * size / before:.1f} % of what the file was")


if __name__ == "__main__":
    main(*sys.argv[1:])
