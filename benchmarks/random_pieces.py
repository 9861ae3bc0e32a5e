"""Pieces of two to five parts with random wishes: whether each wish is met exactly, and all readers read the same.

    python benchmarks/random_pieces.py [MODEL ...] [--num 300] [--seed 0] [--no-sound]

MODELs are files or names [chorales leadsheets band]; "band" is a network of random weights with chord symbols, melody,
bass, harmony and drums, which wants nothing that a wish asks for. Of each piece are checked:

    wishes     parts, bars, meter, key, tempo, programs and scale; for each part with notes range, largest interval,
               density and polyphony, no overlap in lines; the last note of the lowest part, unless any end was wished
    readers    mido, pretty_midi and symusic find the same notes (program, drums or not, ticks, pitch, velocity)
    sound      FluidSynth plays the file: it sounds at the first onset and at the last, as long as the piece

Wishes that clash are refused before anything is drawn; those are counted apart and other wishes are drawn instead.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pretty_midi
import symusic

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from band_models import band_generator, faults

from melodyrnn.errors import SettingError
from melodyrnn.events.parts.names import find_parts, part_name
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.part_wishes import PartWishes
from melodyrnn.generation.parts.planning import lines_of
from melodyrnn.generation.request import Request
from melodyrnn.midi.file import read_file
from melodyrnn.midi.write import write_piece
from melodyrnn.music.chords import ChordSymbol
from melodyrnn.music.piece import Notes, Piece
from melodyrnn.music.timeline import length_seconds, seconds_at
from melodyrnn.music.units import STEPS_PER_QUARTER
from melodyrnn.score.chords import CHORDS
from melodyrnn.score.score import Score
from melodyrnn.score.slots import SLOTS, in_file_order, slots_of
from melodyrnn.sound.render import render

RATE = 8000
TAIL = 10.0  # seconds that the last note may take to fade out
WINDOW = 0.5  # seconds after an onset in which it must be heard
AUDIBLE = 1e-3
KEYS = (None, None, "C# minor", "F major", "B minor", "E dorian", "Ab major")
Note = tuple[bool, int, int, int, int, int]  # drums, program (0 for drums), onset, end, pitch, velocity


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=["chorales", "leadsheets", "band"])
    parser.add_argument("--num", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sound", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    models = [band_generator() if name == "band" else load(name) for name in options.models]
    found, refused, began = Counter[str](), Counter[str](), time.perf_counter()
    for number in range(options.num):
        model = models[number % len(models)]
        request, piece, wrong = drawn(model, rng, refused)
        wrong += list(faults_of_files(piece, options.sound))
        found[f"{len(piece.tracks) + bool(piece.markers)} parts"] += 1
        found["wrong"] += bool(wrong)
        for fault in wrong:
            print(f"{model.name}, piece {number}: {fault}; {request}", flush=True)
    print(f"{options.num} pieces in {time.perf_counter() - began:.0f} s:", dict(found), "refused:", dict(refused))


def drawn(model: Generator, rng: random.Random, refused: Counter[str]) -> tuple[Request, Piece, list[str]]:
    """Return random wishes that a model does not refuse, the piece that it draws, and what is wrong with it."""
    while True:
        request = wishes(model, rng)
        try:
            (piece,) = model.generate(request)
        except SettingError as error:
            refused[str(error).partition(". Received")[0]] += 1
            continue
        score = score_of(piece, request, model)
        return (
            request,
            piece,
            [*faults(score, as_named(request, score, model), model.metadata), *of_all(piece, request)],
        )


def score_of(piece: Piece, request: Request, model: Generator) -> Score:
    """Return the tracks of a drawn piece as the parts of a score, each as the model knows it; symbols as another."""
    notes, factor = [track.notes for track in piece.tracks], piece.ticks_per_quarter // STEPS_PER_QUARTER
    parts = [model.vocabulary.parts[part] for part in sounding(request, model)]
    if piece.markers:
        onset = np.array([marker.tick for marker in piece.markers])
        code = [ChordSymbol.parse(marker.text).code for marker in piece.markers]
        notes.append(Notes.of(onset, np.diff(onset, append=piece.end), code, np.full(len(code), 80)))
        parts.append(CHORDS)
    onset, end, pitch, velocity = (
        np.concatenate([getattr(own, name) for own in notes]) for name in ("onset", "end", "pitch", "velocity")
    )
    part = np.repeat(np.arange(len(notes)), list(map(len, notes)))
    order = np.lexsort((pitch, part, onset))
    columns = (onset // factor, (end - onset) // factor, pitch, velocity, part)
    meter, key = piece.meters[0].meter, piece.keys[0].key
    return Score(*(column[order] for column in columns), meter, key, parts=tuple(parts))


def sounding(request: Request, model: Generator) -> list[int]:
    """Return the parts with notes that a request names, in the order of their tracks."""
    vocabulary = model.vocabulary
    parts = find_parts(request.parts or (), vocabulary, "parts")
    own = [part for part in parts if vocabulary.kinds[part] != "chords"]
    return [own[n] for n in in_file_order([vocabulary.values["part"][part] for part in own])]


def as_named(request: Request, score: Score, model: Generator) -> Request:
    """Return the request with its parts named by the slots that they take in the score: a lone tenor is "harmony"."""
    true = [part_name(model.vocabulary, part) for part in sounding(request, model)]
    names = dict(zip(true, (SLOTS[slot].name for slot in slots_of(score.parts)), strict=False))  # symbols come last
    return replace(request, of_parts=tuple((names[name], own) for name, own in request.of_parts if name in names))


def wishes(model: Generator, rng: random.Random) -> Request:
    """Return random wishes for a random choice of at least two of a model's parts."""
    vocabulary = model.vocabulary
    names = [part_name(vocabulary, part) for part in range(len(vocabulary.parts))]
    chosen = sorted(rng.sample(range(len(names)), rng.randint(2, len(names))))
    of_parts = tuple((names[part], wishes_of(model, part, rng)) for part in chosen if rng.random() < 0.7)
    return Request(
        bars=rng.choice((1, 2, 4, 8, 16)),
        seed=rng.randrange(2**31),
        temperature=rng.choice((0.0, 0.5, 0.85, 1.0, 1.5)),
        meter=rng.choice((None, *vocabulary.meters)),
        tempo=rng.choice((None, 72.0, 96.0, 133.0, 200.0)),
        key=rng.choice(KEYS),  # type: ignore[arg-type]  # a request reads text
        end=rng.choice((None, None, "any")),
        parts=tuple(names[part] for part in chosen),
        of_parts=of_parts,
    )


def wishes_of(model: Generator, part: int, rng: random.Random) -> PartWishes:
    """Return random wishes for a part."""
    kind, known = model.vocabulary.kinds[part], model.metadata.corpus.get("parts", {})
    if kind == "chords":
        return PartWishes()  # equal symbols in a row are one marker
    density = rng.choice((None, None, 1, 2, 3, 4))
    is_line = part in lines_of(model.vocabulary, model.metadata.corpus)
    polyphony = None if is_line else rng.choice((None, 1, 2, 3))
    if kind != "melodic":
        return PartWishes(density=density, polyphony=polyphony)
    own = known.get(part_name(model.vocabulary, part), {})
    low, high = own.get("lowest_pitch", 48), own.get("highest_pitch", 72)
    low = rng.randint(low, max(low, high - 12))
    range_ = rng.choice(((None, None), (low, low + 12), (low, low + 24)))
    program = rng.choice((None, 0, 32, 73))
    return PartWishes(*range_, rng.choice((None, None, 5, 7, 12)), density, polyphony, program)


def of_all(piece: Piece, request: Request) -> Iterator[str]:
    """Yield what of a piece differs from the wishes for the whole of it."""
    if ("chords" in (request.parts or ())) != bool(piece.markers):
        yield f"chord symbols: {len(piece.markers)}"
    if piece.end != request.bars * round(piece.meters[0].meter.quarters * piece.ticks_per_quarter):
        yield f"it ends at tick {piece.end}"
    if request.meter not in (None, piece.meters[0].meter) or len(piece.meters) != 1:
        yield f"meters {piece.meters}"
    if request.tempo is not None and piece.tempos[0].microseconds_per_quarter != round(60e6 / request.tempo):
        yield f"tempo {piece.tempos}"
    if request.key is not None and piece.keys[0].key != request.key.key:
        yield f"key {piece.keys}"
    wished = Counter(wish.program for _, wish in request.of_parts if wish.program is not None)
    if wished - Counter(track.program for track in piece.tracks):
        yield "a program that was not wished for"


def faults_of_files(piece: Piece, with_sound: bool) -> Iterator[str]:
    """Yield what is wrong with the file of a piece: notes that a reader finds otherwise, or its sound."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "piece.mid"
        write_piece(piece, path)
        written = Counter(
            note
            for track in piece.tracks
            for note in zip(
                [track.is_drums] * len(track.notes),
                [0 if track.is_drums else track.program] * len(track.notes),
                track.notes.onset.tolist(),
                track.notes.end.tolist(),
                track.notes.pitch.tolist(),
                track.notes.velocity.tolist(),
                strict=True,
            )
        )
        for reader in (by_mido, by_pretty_midi, by_symusic):
            if Counter(reader(path)) != written:
                yield f"other notes are read {reader.__name__.replace('_', ' ')}"
        if with_sound:
            yield from faults_of_sound(piece, path)


def by_mido(path: Path) -> Iterator[Note]:
    """Yield the notes of a file as mido reads them."""
    for track in mido.MidiFile(path, charset="utf-8").tracks:
        now, programs, open_ = 0, dict.fromkeys(range(16), 0), dict[tuple[int, int], tuple[int, int]]()
        for message in track:
            now += message.time
            if message.type == "program_change":
                programs[message.channel] = message.program
            elif message.type in ("note_on", "note_off"):
                place = message.channel, message.note
                if message.type == "note_on" and message.velocity:
                    open_[place] = now, message.velocity
                else:
                    onset, velocity = open_.pop(place)
                    is_drums = message.channel == 9
                    yield is_drums, 0 if is_drums else programs[message.channel], onset, now, message.note, velocity


def by_pretty_midi(path: Path) -> Iterator[Note]:
    """Yield the notes of a file as pretty_midi reads them."""
    midi = pretty_midi.PrettyMIDI(str(path))
    for one in midi.instruments:
        for note in one.notes:
            ticks = midi.time_to_tick(note.start), midi.time_to_tick(note.end)
            yield one.is_drum, 0 if one.is_drum else one.program, *ticks, note.pitch, note.velocity


def by_symusic(path: Path) -> Iterator[Note]:
    """Yield the notes of a file as symusic reads them."""
    for track in symusic.Score(path).tracks:
        for note in track.notes:
            program = 0 if track.is_drum else track.program
            yield track.is_drum, program, note.time, note.end, note.pitch, note.velocity


def faults_of_sound(piece: Piece, path: Path) -> Iterator[str]:
    """Yield what is wrong with the sound of a file."""
    sound = render(read_file(path), rate=RATE, synth="fluidsynth")
    length = length_seconds(piece)
    if not length - 0.1 <= sound.seconds <= length + TAIL:
        yield f"a sound of {sound.seconds:.2f} s for {length:.2f} s"
    onset = np.concatenate([track.notes.onset for track in piece.tracks])
    for tick in (int(onset.min()), int(onset.max())) if len(onset) else ():
        first = round(float(seconds_at(piece, tick)) * sound.rate)
        if np.abs(sound.samples[first : first + round(WINDOW * sound.rate)]).max(initial=0) < AUDIBLE:
            yield f"silence at tick {tick}"


if __name__ == "__main__":
    main()
