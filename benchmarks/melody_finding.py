"""The share of files in which the line taken for the melody is right, on files where it is known.

    python benchmarks/melody_finding.py DATA [--half test] [--wrong]

A line is right where it agrees with a labelled one: the F1 measure of its notes, by onset and pitch, is at least 0.8.
Labels, by the kind of music:

    lieder      the voice of songs with piano, score-like
    hymns       the soprano of four voices
    chorales    the soprano of Bach's chorales
    choral      the highest of the single voices of choral scores of Mutopia
    quartets    violin 1 of string quartets, a proxy: in places another instrument leads
    keyboard    the top line of the right hand of keyboard pieces, a proxy as well
    folk        the tune of folk dances with chords
    pop         the track MELODY of pop songs as played, beside BRIDGE and PIANO
    pop-beats   the same songs on their beats
    multi       tracks that lead, in game and film music, by `melody_labels.py`: any of them is right

Each kind is measured on its files as they are, and with the names of the tracks hidden and their order drawn from the
name of the file. A hash of the name also divides the files into two halves: the weights of `extract/candidates.py`
are tuned on one and reported on the other. At most 200 files of a kind are read. Lines off the grid are kept, because
what is measured is which line is found.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from melody_labels import LEADING

from melodyrnn.corpus.ingest.config import Filters
from melodyrnn.extract.extractor import ExtractionSettings
from melodyrnn.extract.monophony import skyline
from melodyrnn.extract.selection import select
from melodyrnn.midi.read import read_piece
from melodyrnn.music.piece import Notes, Piece

MAX_FILES = 200
MIN_F1 = 0.8
SETTINGS = ExtractionSettings(off_grid="keep", fewest=Filters().fewest)
_RIGHT_HAND = re.compile(r"up|right|\brh\b|treble|\bmd\b|\bone", re.IGNORECASE)
_LEFT_HAND = re.compile(r"low|down|left|\blh\b|bass|\bmg\b|\btwo", re.IGNORECASE)


@dataclass(frozen=True)
class Labelled:
    """A piece with the numbers of the tracks whose top line is a right answer."""

    name: str
    piece: Piece
    tracks: tuple[int, ...]

    def lines(self) -> list[Notes]:
        return [skyline(self.piece.tracks[number].notes) for number in self.tracks]

    def hidden(self) -> Labelled:
        """The same without names of tracks, in an order that depends on the name of the file."""
        order = list(range(len(self.piece.tracks)))
        random.Random(self.name).shuffle(order)
        tracks = tuple(replace(self.piece.tracks[number], name="") for number in order)
        own = tuple(order.index(number) for number in self.tracks)
        return Labelled(self.name, replace(self.piece, tracks=tracks), own)


def named(pattern: str, size: int) -> Callable[[str, Piece], list[int]]:
    """The one track whose name matches, of pieces of `size` tracks with notes."""

    def label(_: str, piece: Piece) -> list[int]:
        played = [n for n, track in enumerate(piece.tracks) if len(track.notes)]
        found = [n for n in played if re.search(pattern, piece.tracks[n].name, re.IGNORECASE)]
        return found if len(found) == 1 and len(played) == size else []

    return label


def singer(_: str, piece: Piece) -> list[int]:
    played = [n for n, track in enumerate(piece.tracks) if len(track.notes)]
    voices = [n for n in played if not re.search("piano|klavier|harpsi|guit", piece.tracks[n].name, re.IGNORECASE)]
    return voices if len(voices) == 1 and len(played) == 2 else []


def first(_: str, piece: Piece) -> list[int]:
    return [n for n, track in enumerate(piece.tracks) if len(track.notes)][:1]


def right_hand(_: str, piece: Piece) -> list[int]:
    played = [n for n, track in enumerate(piece.tracks) if len(track.notes)]
    hands = [n for n in played if _RIGHT_HAND.search(piece.tracks[n].name)]
    others = [n for n in played if _LEFT_HAND.search(piece.tracks[n].name)]
    return hands if len(played) == 2 and len(hands) == len(others) == 1 else []


def highest_voice(_: str, piece: Piece) -> list[int]:
    """The highest track of three or more single lines."""
    tracks = {n: track.notes for n, track in enumerate(piece.tracks) if len(track.notes)}
    single = all((notes.onset[1:] > notes.onset[:-1]).mean() > 0.95 for notes in tracks.values() if len(notes) > 1)
    return [max(tracks, key=lambda n: tracks[n].pitch.mean())] if single and len(tracks) >= 3 else []


def listed(name: str, _: Piece) -> list[int]:
    return list(LEADING.get(name, ()))


KINDS: dict[str, tuple[str, Callable[[str, Piece], list[int]]]] = {
    "lieder": ("lieder", singer),
    "hymns": ("hymns", named("soprano", 4)),
    "chorales": ("jsb-chorales/satb", first),
    "choral": ("mutopia-satb", highest_voice),
    "quartets": ("quartets", named("violin 1", 4)),
    "keyboard": ("mutopia", right_hand),
    "folk": ("nottingham/with-chords", first),
    "pop": ("pop909", named("melody", 3)),
    "pop-beats": ("pop909-beats", named("melody", 3)),
    "multi": ("multi", listed),
}


def is_test(name: str) -> bool:
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 1


def labelled(data: Path, kind: str, half: str) -> Iterator[Labelled]:
    """The labelled files of a kind in one half of the set."""
    folder, label = KINDS[kind]
    paths = sorted((data / folder).rglob("*.mid"), key=lambda path: hashlib.sha256(path.name[::-1].encode()).digest())
    count = 0
    for path in paths:
        if count == MAX_FILES:
            break
        piece = read_piece(path)
        if tracks := label(path.stem, piece):
            count += 1
            if is_test(path.stem) == (half == "test"):
                yield Labelled(path.stem, piece, tuple(tracks))


def f1(line: Notes, other: Notes) -> float:
    """The F1 measure of two lines, whose notes agree where onset and pitch are equal."""
    one, two = (set(zip(n.onset.tolist(), n.pitch.tolist(), strict=True)) for n in (line, other))
    return 2 * len(one & two) / max(1, len(one) + len(two))


def taken(piece: Piece) -> tuple[int, Notes] | None:
    """The number of the track that an ingest takes for the melody and its line; None where it takes none."""
    found = select(piece, SETTINGS).chosen
    return (found[0].track, found[0].notes) if found else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--half", choices=("tuning", "test"), default="test")
    parser.add_argument("--kind", choices=list(KINDS), action="append")
    parser.add_argument("--wrong", action="store_true", help="list the files where the line is wrong")
    options = parser.parse_args()
    print(f"{'kind':12s}{'files':>6s}{'as they are':>14s}{'names hidden, tracks shuffled':>32s}")
    totals = [0, 0, 0]
    for kind in options.kind or KINDS:
        counts = [0, 0, 0]
        for one in labelled(options.data, kind, options.half):
            counts[0] += 1
            for place, variant in enumerate((one, one.hidden()), start=1):
                found = taken(variant.piece)
                best = max(f1(found[1], line) for line in variant.lines()) if found else 0.0
                counts[place] += best >= MIN_F1
                if options.wrong and best < MIN_F1:
                    what = "nothing" if found is None else f"track {found[0]}, F1 {best:.2f}"
                    print(f"  {kind} {one.name} {'hidden' if place == 2 else ''}: {what}, not {variant.tracks}")
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        say(kind, counts)
    say("all", totals)


def say(name: str, counts: list[int]) -> None:
    files, plain, hidden = counts
    print(f"{name:12s}{files:6d}{plain / max(1, files):14.1%}{hidden / max(1, files):32.1%}", flush=True)


if __name__ == "__main__":
    main()
