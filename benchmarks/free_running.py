"""Figures of the pieces that a model generates without a request, beside those of a corpus's test split.

usage: python benchmarks/free_running.py MODEL.keras CORPUS [--num 200] [--bars 32] [--temperatures 1.0,0.9]

The first row is the test split; each further row is the pieces generated at one temperature with seed 0.
"""

from __future__ import annotations

import argparse

import melodyrnn
from melodyrnn.generation.generator import load
from melodyrnn.generation.loop import generate_melodies
from melodyrnn.generation.request import Request
from melodyrnn.score.statistics import describe


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("corpus")
    parser.add_argument("--num", type=int, default=200)
    parser.add_argument("--bars", type=int, default=32)
    parser.add_argument("--temperatures", default="1.0,0.9")
    options = parser.parse_args()
    real = describe(melodyrnn.open_corpus(options.corpus).melodies("test"))
    print("source".ljust(16), *(name.rjust(max(8, len(name))) for name in real))
    _row("real, test split", real)
    model = load(options.model)
    for temperature in map(float, options.temperatures.split(",")):
        plan = model.plan(Request(num=options.num, bars=options.bars, temperature=temperature))
        _row(f"temperature {temperature:g}", describe(generate_melodies(model.network, model.vocabulary, plan)))


def _row(label: str, figures: dict[str, float]) -> None:
    print(label.ljust(16), *(f"{value:.2f}".rjust(max(8, len(name))) for name, value in figures.items()), flush=True)


if __name__ == "__main__":
    main()
