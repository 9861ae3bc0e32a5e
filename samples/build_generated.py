"""Writes the sample pieces of the default checkpoint: `python samples/build_generated.py`.

Twelve MIDI files in generated/, in place of all that is there, and docs/samples.png, the piano rolls of the first few;
prints the rows of the README's table. Nothing is chosen by ear: piece n has seed n, the n-th meter and the n-th key,
each list taken in turn, and all else as `melodyrnn generate` has it by default.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from melodyrnn.errors import MelodyRNNError
from melodyrnn.generation.generator import Generator, load
from melodyrnn.midi.write import write_piece
from melodyrnn.music.piece import Piece
from melodyrnn.view.plot import write_plot
from melodyrnn.view.roll import key_name, summary

HERE = Path(__file__).resolve().parent
NUM, NUM_SHOWN = 12, 4
METERS = ((4, 4), (6, 8), (3, 4), (2, 4))
KEYS = ("G major", "D major", "A minor", "C major", "D minor", "E dorian")
HEADER = "| piece | key, meter, tempo, length | made by |\n|---|---|---|"


def wishes() -> Iterator[dict[str, Any]]:
    """What is asked for, piece by piece."""
    for n in range(NUM):
        yield {"seed": n + 1, "meter": METERS[n % len(METERS)], "key": KEYS[n % len(KEYS)]}


def pieces_of(model: Generator) -> dict[str, Piece]:
    """File name → piece, in order."""
    out = {}
    for number, wish in enumerate(wishes(), start=1):
        (piece,) = model.generate(num=1, **wish)
        key, meter = key_name(piece).replace(" ", "-"), "{}-{}".format(*wish["meter"])
        out[f"{number:02d}-{model.name}-{key}-{meter}.mid"] = piece
    return out


def build(folder: Path, picture: Path) -> dict[str, Piece]:
    """Write the pieces into `folder`, where no other MIDI file stays, and the picture; return the pieces by name."""
    pieces = pieces_of(load())
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.mid"):
        old.unlink()
    for name, piece in pieces.items():
        write_piece(piece, folder / name)
    write_plot(list(pieces.items())[:NUM_SHOWN], picture, force=True)
    return pieces


def row(name: str, piece: Piece) -> str:
    """A row of the README's table."""
    return f"| [{name}](samples/generated/{name}) | {summary(piece)} | `{piece.texts[0].partition(' #')[0]}` |"


def main() -> int:
    """Build into samples/generated and docs; 1 where that cannot be."""
    try:
        pieces = build(HERE / "generated", HERE.parent / "docs" / "samples.png")
    except MelodyRNNError as error:
        print(f"samples: {error}", file=sys.stderr)
        return 1
    print("\n".join([HEADER, *(row(name, piece) for name, piece in pieces.items())]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
