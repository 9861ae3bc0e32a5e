"""Writes the sample pieces of the default checkpoint: `python samples/build_generated.py`.

It replaces the MIDI files in generated/ by twelve new ones, draws the piano rolls of the first few as docs/samples.png,
and prints the table of docs/samples.md. Nothing is chosen by ear: piece n has seed n, the n-th meter and the n-th key,
and the lists of meters and keys are repeated. All other settings are the defaults of `melodyrnn generate`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from melodyrnn.errors import MelodyRNNError
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.request import Request
from melodyrnn.midi.write import write_piece
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Piece
from melodyrnn.view.plot import write_plot
from melodyrnn.view.roll import key_name, summary

HERE = Path(__file__).resolve().parent
NUM, NUM_SHOWN = 12, 4
METERS = (Meter(4, 4), Meter(6, 8), Meter(3, 4), Meter(2, 4))
KEYS = ("G major", "D major", "A minor", "C major", "D minor", "E dorian")
HEADER = "| piece | key, meter, tempo, length | made by |\n|---|---|---|"


def requests() -> Iterator[tuple[int, Meter, str]]:
    """Seed, meter and key of each piece."""
    for n in range(NUM):
        yield n + 1, METERS[n % len(METERS)], KEYS[n % len(KEYS)]


def pieces_of(model: Generator) -> dict[str, Piece]:
    """The pieces by file name, in order."""
    pieces = {}
    for number, (seed, meter, key) in enumerate(requests(), start=1):
        (piece,) = model.generate(Request(num=1, seed=seed, meter=meter, key=key))
        tonic_and_mode = key_name(piece).replace(" ", "-")
        pieces[f"{number:02d}-{model.name}-{tonic_and_mode}-{meter.numerator}-{meter.denominator}.mid"] = piece
    return pieces


def build(folder: Path, picture: Path) -> dict[str, Piece]:
    """Write the pieces into `folder`, whose other MIDI files are removed, and the picture; the pieces by file name."""
    pieces = pieces_of(load())
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.mid"):
        old.unlink()
    for name, piece in pieces.items():
        write_piece(piece, folder / name)
    write_plot(list(pieces.items())[:NUM_SHOWN], picture, force=True)
    return pieces


def row(name: str, piece: Piece) -> str:
    """A row of the table in docs/samples.md."""
    return f"| [{name}](../samples/generated/{name}) | {summary(piece)} | `{piece.texts[0].partition(' #')[0]}` |"


def main() -> int:
    """Build samples/generated and docs/samples.png; returns 1 after an error, else 0."""
    try:
        pieces = build(HERE / "generated", HERE.parent / "docs" / "samples.png")
    except MelodyRNNError as error:
        print(f"samples: {error}", file=sys.stderr)
        return 1
    print("\n".join([HEADER, *(row(name, piece) for name, piece in pieces.items())]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
