"""The share of files in which the track of the melody is found, on files where it is known.

    python benchmarks/melody_finding.py DATA

DATA has `pop909` (909 pop songs with the tracks MELODY, BRIDGE and PIANO, in that order) and `jsb-chorales/satb` (the
soprano is the first of four tracks without names). Each file is used unchanged, with the names of its tracks ignored,
and with its tracks in reverse order. The weights in melodyrnn/extract/candidates.py were set on these files, so the
figures show how well a few features can separate these tracks, not how well they do on other files.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from melodyrnn.extract.candidates import melody_candidates
from melodyrnn.midi.read import read_piece
from melodyrnn.music.piece import Piece

VARIANTS = {
    "unchanged": (True, False),
    "names ignored": (False, False),
    "tracks reversed": (True, True),
    "names ignored, tracks reversed": (False, True),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    for folder in ("pop909", "jsb-chorales/satb"):
        pieces = [read_piece(path) for path in sorted((data / folder).rglob("*.mid"))]
        print(f"{folder}: {len(pieces)} files")
        for name, (by_name, is_reversed) in VARIANTS.items():
            print(f"  {name:36s}{share(pieces, by_name, is_reversed):8.2%}")


def share(pieces: Sequence[Piece], by_name: bool, is_reversed: bool) -> float:
    """The share of pieces in which the track is found that is first in the file."""
    found = 0
    for piece in pieces:
        last = len(piece.tracks) - 1
        variant = replace(piece, tracks=piece.tracks[::-1]) if is_reversed else piece
        usable = [c for c in melody_candidates(variant, by_name) if c.is_usable]
        found += bool(usable) and usable[0].track == (last if is_reversed else 0)
    return found / len(pieces)


if __name__ == "__main__":
    main()
