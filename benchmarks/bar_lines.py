"""How many pick-ups on the first beat `extract.pickups` finds, and how many right bar lines it moves.

    python benchmarks/bar_lines.py DATA

DATA is a folder with collections whose bars are right (`leadsheets`, `lieder`, `nottingham`). A melody with a
pick-up is read with the pick-up on the first beat, and without its pick-up from its first bar line on; one without is
read as it is. Pieces are split by the first letters of the files' names: the weights were fitted to one half, the
figures are those of the other. `openewld` beside `leadsheets/openewld` holds some of its songs with lost pick-ups.
"""

from __future__ import annotations

import argparse
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from melodyrnn.extract.melody import find_melody
from melodyrnn.extract.pickups import with_pickup
from melodyrnn.midi.read import read_bytes
from melodyrnn.music.piece import Notes, Piece
from melodyrnn.score.quantize import Voice

COLLECTIONS = ("nottingham/with-chords", "nottingham/melody", "leadsheets/openewld", "leadsheets/jazzage", "lieder")
NAME_LETTERS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    data: Path = parser.parse_args().data
    for name in COLLECTIONS:
        counts = Counter(outcome for path in _files(data / name) for outcome in _outcomes(_piece(path)))
        right, lost = (sum(counts[kind, found] for found in ("kept", "moved", "wrong")) for kind in ("right", "lost"))
        print(
            f"{name}: of {right} right files {counts['right', 'wrong']} moved; of {lost} pick-ups on the first beat "
            f"{counts['lost', 'moved'] / max(1, lost):.0%} found, {counts['lost', 'wrong']} put elsewhere"
        )


def _files(folder: Path) -> list[Path]:
    """Return the files of the half that was not fitted to."""
    named = [(path, "".join(filter(str.isalnum, path.stem.lower()))[:NAME_LETTERS]) for path in folder.glob("*.mid")]
    return sorted(path for path, name in named if zlib.crc32(name.encode()) % 2)


def _piece(path: Path) -> Piece:
    return read_bytes(path.read_bytes(), path.name)


def _outcomes(piece: Piece) -> Iterator[tuple[str, str]]:
    """Yield what is done with a piece as it is, and without or with a lost pick-up: kept, moved or (moved) wrong."""
    voice = find_melody(piece)
    if not isinstance(voice, Voice) or len({change.meter.quarters for change in piece.meters}) > 1:
        return
    bar = voice.meter.bar(voice.ticks_per_quarter)
    first = int(voice.notes.onset[0])
    pickup = -first % bar
    if not pickup:
        yield "right", _outcome(*_from(piece, voice, first), 0)
        return
    yield "lost", _outcome(*_from(piece, voice, first), pickup)
    yield "right", _outcome(*_from(piece, voice, first + pickup), 0)


def _from(piece: Piece, voice: Voice, start: int) -> tuple[Piece, Voice]:
    """Return a piece and its melody from a tick on, which becomes tick 0."""
    tracks = tuple(replace(track, notes=_late(track.notes, start)) for track in piece.tracks)
    return replace(piece, tracks=tracks), replace(voice, notes=_late(voice.notes, start), bar_line=0)


def _late(notes: Notes, start: int) -> Notes:
    notes = notes[notes.onset >= start]
    return Notes.of(notes.onset - start, notes.duration, notes.pitch, notes.velocity)


def _outcome(piece: Piece, voice: Voice, bar_line: int) -> str:
    moved = with_pickup(piece, voice) if len(voice.notes) else None
    if moved is None:
        return "kept"
    return "moved" if bar_line and moved.bar_line == bar_line else "wrong"


if __name__ == "__main__":
    main()
