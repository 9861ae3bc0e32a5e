"""Sopranos of Bach's chorales harmonised in four parts, beside Bach's own harmonisations.

    python benchmarks/harmonise.py DATA MODEL [--num 200] [--temperatures 0.85,1] [--measured 77]

DATA is as in benchmarks/chorales.py, MODEL a model of its corpus. The sopranos of the test split are given in turn,
each time with another seed, and alto, tenor and bass are drawn. Figures of the drawn pieces, beside those of the
chorales of the test split and of all 382:

    exact          pieces whose soprano is note for note and tick for tick the given one
    in range       share of drawn notes between the lowest and the highest of their voice in the training chorales
    fifths, octaves  parallel ones per 100 chord changes (evaluation/voice_leading.py)
    crossed        share of chords in which a voice is above a higher one
    seconds        time a piece, drawn one at a time

Then the bits per note of the three lower parts with the soprano given, and so seen ahead, and without. Given, the
bits of the shift and the part of each note of the soprano are theirs too, because they say that nothing new comes
before it; the last figure of the line is their share. They are an upper bound: what is drawn pays only for shifts that
reach that note. Of a soprano that is not given those bits belong to the soprano.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from chorales import FOLDERS, chorales

from melodyrnn.arrays import IntArray
from melodyrnn.checkpoint import load_checkpoint
from melodyrnn.evaluation.bits import Evaluation, evaluate
from melodyrnn.evaluation.voice_leading import parallels, voice_crossings
from melodyrnn.events.parts.names import find_parts
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.request import Request
from melodyrnn.music.piece import Piece
from melodyrnn.music.units import STEPS_PER_QUARTER
from melodyrnn.network.network import Network
from melodyrnn.score.score import Part, Score
from melodyrnn.score.slots import SLOT, SLOTS, slots_of
from melodyrnn.shipped import model_path

GIVEN = "melody"  # the slot of the soprano
VOICES = ("melody", "harmony", "harmony 2", "bass")  # the slots of the voices, in the order of their tracks
HEADER = ("pieces", "exact", "in range", "fifths", "octaves", "crossed", "seconds")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("model")
    parser.add_argument("--num", type=int, default=200)
    parser.add_argument("--temperatures", default="0.85,1")
    parser.add_argument("--measured", type=int, help="chorales of the test split that are measured in bits [all]")
    options = parser.parse_args()
    of_split = {split: chorales(options.data, split) for split in FOLDERS}
    test, ranges = of_split["test"], ranges_of(of_split["train"])
    print("".ljust(24), *(name.rjust(9) for name in HEADER))
    say("Bach, all", [score for own in of_split.values() for score in own], ranges)
    say("Bach, test split", test, ranges)
    model = load(options.model)
    for temperature in map(float, options.temperatures.split(",")):
        began = time.perf_counter()
        drawn = [harmonise(model, test[n % len(test)], n, temperature) for n in range(options.num)]
        seconds = (time.perf_counter() - began) / options.num
        exact = sum(is_given(piece, test[n % len(test)]) for n, piece in enumerate(drawn))
        say(f"temperature {temperature:g}", list(map(score_of, drawn)), ranges, exact, seconds)
    metadata, weights = load_checkpoint(model_path(options.model))
    network, scores = Network(metadata, weights), test[: options.measured]
    soprano = find_parts((GIVEN,), metadata.vocabulary, "given")
    say_bits("soprano given", evaluate(network, metadata.vocabulary, scores, given=soprano), soprano)
    say_bits("soprano not given", evaluate(network, metadata.vocabulary, scores), soprano)


def harmonise(model: Generator, chorale: Score, seed: int, temperature: float) -> Piece:
    """Return the soprano of a chorale with three drawn parts."""
    return model.generate(Request(given=chorale.only(voice(chorale, GIVEN)), seed=seed, temperature=temperature))[0]


def voice(score: Score, slot: str) -> int:
    """Return the number of the part that takes a slot."""
    return slots_of(score.parts).index(SLOT[slot])


def ticks(score: Score, part: int, ticks_per_quarter: int) -> IntArray:
    """Return onset, duration and pitch of the notes of a part, (3, num_notes), times in ticks."""
    own, factor = score.only(part), ticks_per_quarter // STEPS_PER_QUARTER
    return np.stack([own.onset * factor, own.duration * factor, own.pitch])


def is_given(piece: Piece, chorale: Score) -> bool:
    """Return whether the first track of a piece is the soprano of a chorale."""
    notes = piece.tracks[0].notes
    wanted = ticks(chorale, voice(chorale, GIVEN), piece.ticks_per_quarter)
    return np.array_equal(np.stack([notes.onset, notes.duration, notes.pitch]), wanted)


def score_of(piece: Piece) -> Score:
    """Return the tracks of a drawn piece as the voices of a score."""
    factor = piece.ticks_per_quarter // STEPS_PER_QUARTER
    notes = [track.notes for track in piece.tracks]
    return Score(
        np.concatenate([own.onset for own in notes]) // factor,
        np.concatenate([own.duration for own in notes]) // factor,
        np.concatenate([own.pitch for own in notes]),
        np.concatenate([own.velocity for own in notes]),
        np.repeat(np.arange(len(notes)), list(map(len, notes))),
        piece.meters[0].meter,
        piece.keys[0].key,
        parts=tuple(Part(slot, "melodic", 0, SLOTS[SLOT[slot]].role) for slot in VOICES),
    )


def ranges_of(scores: Sequence[Score]) -> dict[str, tuple[int, int]]:
    """Return the lowest and the highest pitch of each voice."""
    pitches = {
        slot: np.concatenate([score.pitch[score.part == voice(score, slot)] for score in scores]) for slot in VOICES
    }
    return {slot: (int(own.min()), int(own.max())) for slot, own in pitches.items()}


def share_in_range(scores: Sequence[Score], ranges: dict[str, tuple[int, int]]) -> float:
    """Return the share of notes of the lower voices within their range."""
    inside = [
        (low <= own) & (own <= high)
        for slot, (low, high) in ranges.items()
        if slot != GIVEN
        for own in [np.concatenate([score.pitch[score.part == voice(score, slot)] for score in scores])]
    ]
    return float(np.concatenate(inside).mean())


def say(
    label: str,
    scores: Sequence[Score],
    ranges: dict[str, tuple[int, int]],
    exact: int | None = None,
    seconds: float | None = None,
) -> None:
    """Print a row of figures."""
    found = parallels(*scores)
    crossed = float(np.mean([voice_crossings(score) for score in scores]))
    cells = [
        str(len(scores)),
        "" if exact is None else str(exact),
        f"{share_in_range(scores, ranges):.4f}",
        f"{found.fifths_per_100:.3f}",
        f"{found.octaves_per_100:.3f}",
        f"{crossed:.4f}",
        "" if seconds is None else f"{seconds:.3f}",
    ]
    print(label.ljust(24), *(cell.rjust(9) for cell in cells), flush=True)


def say_bits(label: str, evaluation: Evaluation, soprano: Sequence[int]) -> None:
    """Print the bits per note of the parts that are not the soprano."""
    bits, is_soprano = np.concatenate(evaluation.bits), np.isin(np.concatenate(list(evaluation.part)), soprano)
    notes = int(np.count_nonzero(~is_soprano))
    own = bits if evaluation.given else bits[~is_soprano]
    per_note = own.sum(axis=0) / notes
    fields = ", ".join(f"{name} {of:.3f}" for name, of in zip(evaluation.fields, per_note.tolist(), strict=True))
    waiting = f", {bits[is_soprano].sum() / notes:.3f} at notes of the soprano" if evaluation.given else ""
    print(f"{label}: {per_note.sum():.3f} bits per note of the three lower parts ({fields}; {notes:,} notes){waiting}")


if __name__ == "__main__":
    main()
