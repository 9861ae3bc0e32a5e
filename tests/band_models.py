"""A model of a band with random weights, and the rules that every piece it draws must meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
from networks import random_network

from melodyrnn.checkpoint import Metadata
from melodyrnn.events.fit import fit_vocabulary
from melodyrnn.events.parts.names import part_name
from melodyrnn.events.rows import encode
from melodyrnn.generation.generator import Generator
from melodyrnn.generation.part_wishes import PartWishes
from melodyrnn.generation.parts.planning import lines_of
from melodyrnn.generation.request import Request
from melodyrnn.generation.scales import parse_scale
from melodyrnn.music.chords import ChordSymbol
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.score import Part, Score
from melodyrnn.score.slots import slots_of

BAND = (
    Part("", "chords", 0, "chords"),
    Part("Lead", "melodic", 73, "melody"),
    Part("Bass", "melodic", 32, "bass"),
    Part("Piano", "melodic", 0, "harmony"),
    Part("Kit", "drums", 0, "drums"),
)
CHORDS, LEAD, BASS, PIANO, KIT = range(len(BAND))
NAMES = ("chords", "melody", "bass", "harmony", "drums")
METERS = (Meter(4, 4), Meter(3, 4), Meter(6, 8))
CODES = tuple(ChordSymbol.parse(text).code for text in ("C", "F", "G7", "Am", "Dm7/C"))


def band(meter: Meter = METERS[0], num_bars: int = 8) -> Score:
    """Lead and bass are lines, the piano plays chords, the kit beats, and a chord symbol stands in every bar."""
    bar = meter.bar(12)
    rows: list[tuple[int, int, int, int, int]] = []
    for start in range(0, num_bars * bar, bar):
        rows.append((start, bar, CODES[start // bar % len(CODES)], 80, CHORDS))
        for step in range(0, bar, 6):
            rows.append((start + step, 6 if step % 12 else 3, 60 + (start + 5 * step) % 19, 90, LEAD))
            rows.append((start + step, 3, 42 if step % 24 else 36, 70, KIT))
        rows += [(start + step, 12, 36 + step % 17, 80, BASS) for step in range(0, bar, 12)]
        rows += [(start + step, 9, pitch, 60, PIANO) for step in (0, 15) for pitch in (52, 55, 60, 64 + step)]
    onset, duration, value, velocity, part = (np.array(column) for column in zip(*rows, strict=True))
    return Score(onset, duration, value, velocity, part, meter, Key(0, "major"), parts=BAND)


def only(score: Score, *numbers: int) -> Score:
    """Return the parts with these numbers of a score."""
    place = np.full(len(score.parts), -1)
    place[list(numbers)] = np.arange(len(numbers))
    own = score[place[score.part] >= 0]
    return replace(own, part=place[own.part], parts=tuple(score.parts[number] for number in numbers))


@cache
def band_metadata(with_velocity: bool = False) -> Metadata:
    """The metadata of a model that was fitted to bands in several meters."""
    scores = [band(meter) for meter in METERS]
    rows = np.concatenate([encode(score, with_parts=True) for score in scores])
    slots = dict(zip(sorted({*rows[:, 4].tolist()}), BAND, strict=True))
    bars = [score.bar for score in scores]
    vocabulary = fit_vocabulary(rows, METERS, bars, ["major", "minor"], [8, 16], with_velocity, None, slots)
    shares = dict(zip(NAMES, (0.0, 0.0, 0.0, 0.9, 0.5), strict=True))
    parts = {name: {"chord_share": share} for name, share in shares.items()}
    corpus = {"keys": {"C major": 3}, "meters": {"4/4": 1}, "tempo": 96.0, "parts": parts, "reading": "all"}
    return Metadata(vocabulary, {"units": 4, "num_layers": 1, "dropout": 0.0}, corpus)


@cache
def band_generator(with_velocity: bool = False, scale: float = 1.0) -> Generator:
    """A generator with random weights; the larger `scale`, the more it insists on what it wants."""
    metadata = band_metadata(with_velocity)
    return Generator(metadata, random_network(metadata.vocabulary, scale=scale), "band")


def faults(score: Score, request: Request, metadata: Metadata) -> Iterator[str]:
    """Yield what is wrong with the drawn parts of a new piece."""
    vocabulary = metadata.vocabulary
    known = [part_name(vocabulary, part) for part in range(len(vocabulary.parts))]
    names = [known[vocabulary.index("part", np.array(slots_of(score.parts)))[n]] for n in range(len(score.parts))]
    lines = {known[part] for part in lines_of(vocabulary, metadata.corpus)}
    wishes = dict(request.of_parts)
    if (score.onset + score.duration > request.bars * score.bar).any() or (score.duration <= 0).any():
        yield "a note outside the piece, or without length"
    if not len(score) or score.onset[0] != 0:
        yield "no note at the start"
    for number, name in enumerate(names):
        notes = score[score.part == number]
        if not len(notes):
            yield f"{name} has no note"
            continue
        own = wishes.get(name, PartWishes())
        found = [*_faults_of_rhythm(notes, own, request, name in lines)]
        if score.parts[number].kind == "melodic":
            found += _faults_of_pitch(notes, own, request)
        yield from (f"{name}: {fault}" for fault in found)
    yield from _faults_of_end(score, names) if request.end != "any" else ()


def _faults_of_rhythm(notes: Score, wish: PartWishes, request: Request, is_line: bool) -> Iterator[str]:
    is_symbol = notes.parts[notes.part[0]].kind == "chords"
    end = notes.onset + notes.duration
    if is_line and (end[:-1] > notes.onset[1:]).any():
        yield "a line overlaps"
    for pitch in set(notes.pitch.tolist()):
        same = notes.pitch == pitch
        if (end[same][:-1] > notes.onset[same][1:]).any():
            yield f"{pitch} is struck while it sounds"
    if wish.polyphony is not None and np.bincount(notes.onset).max() > wish.polyphony:
        yield f"{np.bincount(notes.onset).max()} notes at once"
    density = wish.density or (None if is_symbol else request.density)
    counts = np.bincount(notes.onset // notes.bar, minlength=request.bars)
    if density is not None and (counts != density).any():
        yield f"density {counts.tolist()}"


def _faults_of_pitch(notes: Score, wish: PartWishes, request: Request) -> Iterator[str]:
    low, high = request.range or (0, 127)
    low, high = low if wish.low is None else wish.low, high if wish.high is None else wish.high
    if notes.pitch.min() < low or notes.pitch.max() > high:
        yield f"range {notes.pitch.min()}..{notes.pitch.max()}"
    scale = None if request.key is None else request.key.scale
    if request.scale is not None:
        scale = parse_scale(request.scale, notes.key.mode)
    if scale is not None and not set(((notes.pitch - notes.key.tonic) % 12).tolist()) <= set(scale):
        yield "outside the scale"
    reach = wish.max_interval or request.max_interval or 127
    tops = {onset: int(notes.pitch[notes.onset == onset].max()) for onset in notes.onset.tolist()}
    if (np.abs(np.diff(list(tops.values()))) > reach).any():
        yield f"interval {np.abs(np.diff(list(tops.values()))).max()}"


def _faults_of_end(score: Score, names: list[str]) -> Iterator[str]:
    melodic = [name for name, part in zip(names, score.parts, strict=True) if part.kind == "melodic"]
    if melodic:
        last = names.index("bass" if "bass" in melodic else melodic[0])
        notes = score[score.part == last]
        if len(notes) and (notes.pitch[-1] - score.key.tonic) % 12:
            yield f"{names[last]} ends on {notes.pitch[-1]} in {score.key}"
