"""How often the track that holds the melody is found, where it is known.

    python benchmarks/melody_finding.py DATA

DATA holds `pop909` (909 pop songs with tracks MELODY, BRIDGE and PIANO, in that order) and `jsb-chorales/satb` (the
soprano is the first of four tracks without names). Each is asked as it is, with names hidden from the ranking, and
with the order of the tracks turned round. The weights in `melodyrnn.extract.melody` were set on these very files, so the
figures say how well a few traits can tell the tracks apart, not how well they do elsewhere.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from melodyrnn.extract.melody import lines_of
from melodyrnn.midi.read import read_piece
from melodyrnn.music.piece import Piece

WAYS = {
    "as it is": (True, False),
    "names hidden": (False, False),
    "tracks turned round": (True, True),
    "names hidden, tracks turned round": (False, True),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    for folder in ("pop909", "jsb-chorales/satb"):
        pieces = [read_piece(path) for path in sorted((data / folder).rglob("*.mid"))]
        print(f"{folder}: {len(pieces)} files")
        for way, (by_name, turned) in WAYS.items():
            print(f"  {way:36s}{share(pieces, by_name, turned):8.2%}")


def share(pieces: Sequence[Piece], by_name: bool, turned: bool) -> float:
    """Share of the pieces whose first track is the one found, whatever place it was put in."""
    found = 0
    for piece in pieces:
        last = len(piece.tracks) - 1
        asked = replace(piece, tracks=piece.tracks[::-1]) if turned else piece
        usable = [line for line in lines_of(asked, by_name) if line.is_usable]
        found += bool(usable) and usable[0].track == (last if turned else 0)
    return found / len(pieces)


if __name__ == "__main__":
    main()
