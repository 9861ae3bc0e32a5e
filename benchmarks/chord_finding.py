"""How well chords are found in notes, per beat, by the definitions of mir_eval.

    python benchmarks/chord_finding.py DATA [--every 1]

DATA has `pop909-beats` and `leadsheets`. "root": the root is that of the annotation. "majmin": root and triad are; only
beats whose annotation begins with a major or minor triad, or is "no chord", count. "symbol": root, kind and bass are.
The constants of melodyrnn/extract/chord_model.py were tuned on the songs of POP909 up to 455, those for a melody alone
on each 24th tune of Nottingham and each 12th of OpenEWLD, which are left out here, and on nothing else. The melodies of
lead sheets have no accompaniment, so most of their chords cannot be heard in them. In Nottingham the annotations were
named from the very blocks of tones that are read here. The last column is processor time a song.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from melodyrnn.arrays import IntArray
from melodyrnn.extract.chords import find_chords
from melodyrnn.midi.read import read_piece
from melodyrnn.music.chord_kinds import KINDS
from melodyrnn.music.chords import NO_CHORD, ChordSymbol
from melodyrnn.music.keys import Key
from melodyrnn.music.piece import Piece
from melodyrnn.music.units import STEPS_PER_QUARTER
from melodyrnn.score.score import Part, Score

LAST_TUNED = 455  # of the songs of POP909
TRIADS = ((0, 4, 7), (0, 3, 7), ())


@dataclass(frozen=True)
class Song:
    """Notes on the grid, and (onset in steps, symbol) of the annotated chords."""

    score: Score
    chords: Sequence[tuple[int, ChordSymbol]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--every", type=int, default=1, help="use every n-th song")
    options = parser.parse_args()
    data, every = options.data, options.every
    pop = [(int(name[:3]), song) for name, song in songs(data / "pop909-beats", data / "leadsheets/pop909", every)]
    sets = {
        f"POP909, songs up to {LAST_TUNED} (tuned)": [song for number, song in pop if number <= LAST_TUNED],
        "POP909, the others": [song for number, song in pop if number > LAST_TUNED],
        "POP909, the others, melody alone": [melody_alone(song) for number, song in pop if number > LAST_TUNED],
        "Nottingham, melody and chord track": of(
            data / "nottingham/with-chords", data / "leadsheets/nottingham", every
        ),
    }
    for name, tuned in (("nottingham", 24), ("openewld", 12), ("jazzage", None)):
        sets[f"{name}, melody alone"] = of(data / "leadsheets" / name, data / "leadsheets" / name, every, tuned)
    print(f"{'':40s}{'songs':>6s}{'root':>8s}{'majmin':>8s}{'symbol':>8s}{'ms':>7s}")
    for name, found in sets.items():
        began = time.process_time()
        estimates = [find_chords(song.score) for song in found]
        milliseconds = 1000 * (time.process_time() - began) / len(found)
        root, majmin, symbol = accuracies(found, estimates)
        print(f"{name:40s}{len(found):6d}{root:8.1%}{majmin:8.1%}{symbol:8.1%}{milliseconds:7.1f}")


def of(folder: Path, annotations: Path, every: int, tuned: int | None = None) -> list[Song]:
    """The songs of a folder of MIDI files, without each `tuned`-th of all."""
    return [song for _, song in songs(folder, annotations, every, tuned)]


def songs(folder: Path, annotations: Path, every: int, tuned: int | None = None) -> Iterator[tuple[str, Song]]:
    """Yield (name, song) of the MIDI files of a folder that have annotated chords, without each `tuned`-th."""
    chords = json.loads((annotations / "chords.json").read_text())["songs"]
    names = sorted(chords)
    used = set(names[::tuned]) if tuned else set()
    for name in names[::every]:
        if (folder / name).exists() and name not in used:
            symbols = [(round(onset * STEPS_PER_QUARTER), ChordSymbol.parse(text)) for onset, text in chords[name]]
            yield name, Song(on_grid(read_piece(folder / name)), symbols)


def on_grid(piece: Piece) -> Score:
    """The notes of a piece on the nearest steps, from the start of the file; the first track is the melody."""
    tracks = [track for track in piece.tracks if len(track.notes) and not track.is_drums]
    steps = STEPS_PER_QUARTER / piece.ticks_per_quarter
    onset = np.concatenate([np.rint(track.notes.onset * steps).astype(np.int64) for track in tracks])
    end = np.concatenate([np.rint(track.notes.end * steps).astype(np.int64) for track in tracks])
    return Score(
        onset,
        np.maximum(end - onset, 1),
        np.concatenate([track.notes.pitch for track in tracks]),
        np.concatenate([track.notes.velocity for track in tracks]),
        np.repeat(np.arange(len(tracks)), [len(track.notes) for track in tracks]),
        piece.meters[0].meter,
        Key(0, "major"),
        parts=tuple(Part(role="melody" if number == 0 else "harmony") for number in range(len(tracks))),
    )


def melody_alone(song: Song) -> Song:
    """The song without its other parts."""
    return Song(song.score.only(0), song.chords)


def accuracies(found: Sequence[Song], estimates: Sequence[Score]) -> tuple[float, float, float]:
    """The shares of beats with the right root, with the right triad, and with the right symbol."""
    counts = np.zeros((3, 2), dtype=np.int64)  # right, all
    for song, estimate in zip(found, estimates, strict=True):
        beat = song.score.meter.beat.bar(STEPS_PER_QUARTER)
        middles = np.arange(0, song.score.num_bars * song.score.bar, beat) + beat // 2
        onset = np.array([onset for onset, _ in song.chords])
        truth = codes_at(middles, onset, np.array([symbol.code for _, symbol in song.chords]))
        answer = codes_at(middles, estimate.onset, estimate.pitch)
        for expected, given in zip(truth.tolist(), answer.tolist(), strict=True):
            counts += compared(ChordSymbol.from_code(expected), ChordSymbol.from_code(given))
    root, majmin, symbol = (counts[:, 0] / counts[:, 1]).tolist()
    return root, majmin, symbol


def codes_at(steps: IntArray, onset: IntArray, code: IntArray) -> IntArray:
    """The codes of the chords that sound at some steps; "no chord" before the first."""
    place = np.searchsorted(onset, steps, side="right")
    return np.append(NO_CHORD, code)[place]


def compared(truth: ChordSymbol, answer: ChordSymbol) -> IntArray:
    """Whether root, triad and symbol are right and whether they count, shape (3, 2)."""
    is_root = truth.root == answer.root and (truth.kind == "N.C.") == (answer.kind == "N.C.")
    triad, other = (tuple(tone for tone in KINDS.get(one.kind, ()) if tone < 8) for one in (truth, answer))
    return np.array(
        [(is_root, True), (is_root and triad == other and triad in TRIADS, triad in TRIADS), (truth == answer, True)]
    ).astype(np.int64)


if __name__ == "__main__":
    main()
