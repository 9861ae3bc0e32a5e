"""Hypothesis strategies: melodies on the grid, with repeats in them for look-backs to find, and pieces of parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from melodyrnn.music.chords import NO_CHORD, NUM_CODES
from melodyrnn.music.keys import MODES, Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.modes import BASIC_MODES
from melodyrnn.score.chords import chord_score
from melodyrnn.score.score import ROLES, Part, Score
from melodyrnn.score.slots import MAX_PARTS

METERS = ((2, 4), (3, 4), (4, 4), (6, 8), (9, 8))
SHIFTS = (1, 2, 3, 4, 6, 6, 6, 8, 9, 12, 12, 18, 24, 36, 48, 96)


@st.composite
def melodies(draw: Any, min_notes: int = 1, max_notes: int = 40, velocity: int | None = None) -> Score:
    """Pitches 40..90 of a few, so that they come again; a phrase is played up to three times, somewhere else or not."""
    palette = draw(st.lists(st.integers(40, 90), min_size=1, max_size=5))
    loud = st.integers(1, 127) if velocity is None else st.just(velocity)
    note = st.tuples(st.sampled_from(SHIFTS), st.sampled_from(SHIFTS), st.sampled_from(palette), loud)
    phrase = draw(st.lists(note, min_size=min_notes, max_size=max_notes))
    notes = (phrase * draw(st.integers(1, 3)))[:max_notes]
    shift, duration, pitch, loudness = (np.array(column, dtype=np.int64) for column in zip(*notes, strict=True))
    steps = draw(st.integers(-3, 3))  # the second half stands higher or lower
    pitch = np.clip(pitch + steps * (np.arange(len(pitch)) >= len(phrase)), 40, 90)
    meter = draw(st.sampled_from(METERS))
    bar = 48 * meter[0] // meter[1]
    onset = np.cumsum(shift) - shift + draw(st.sampled_from((0, 0, bar // 2, bar - 6, bar - 1)))
    key = Key(draw(st.integers(0, 11)), draw(st.sampled_from(MODES)))
    return Score.line(onset, np.minimum(duration, shift), pitch, loudness, meter, key)


@st.composite
def ensembles(draw: Any, max_notes: int = 60, roles: tuple[str, ...] = ROLES[1:]) -> Score:
    """Up to six parts with chords and overlaps in them; no two notes have the same onset, part and pitch."""
    chosen = draw(st.lists(st.sampled_from(roles), min_size=1, max_size=6))
    counts = [chosen[: place + 1].count(role) for place, role in enumerate(chosen)]
    chosen = [role for role, count in zip(chosen, counts, strict=True) if count <= MAX_PARTS[role]]
    parts = tuple(
        Part(f"track {n}", "drums" if role == "drums" else "melodic", draw(st.integers(0, 127)), role)
        for n, role in enumerate(chosen)
    )
    place = st.tuples(st.integers(0, 400), st.integers(0, len(parts) - 1), st.integers(6, 120))
    places = np.array(draw(st.lists(place, min_size=1, max_size=max_notes, unique=True)), dtype=np.int64)
    every = np.append(np.arange(len(parts)), places[:, 1])  # each part has a note
    onset, pitch = np.append(np.zeros(len(parts)), places[:, 0]), np.append(np.full(len(parts), 5), places[:, 2])
    numbers = st.lists(st.integers(1, 127), min_size=len(every), max_size=len(every))
    key = Key(draw(st.integers(0, 11)), draw(st.sampled_from(MODES)))
    meter = Meter(*draw(st.sampled_from(METERS)))
    duration, velocity = draw(numbers), draw(numbers)
    columns = onset.astype(np.int64), np.array(duration), pitch.astype(np.int64), np.array(velocity)
    return Score(*columns, every, meter, key, draw(st.integers(300_000, 900_000)), "piece", parts)


PARTS = (
    Part("Lead", "melodic", 73, "melody"),
    Part("Bass", "melodic", 32, "bass"),
    Part("Piano", "melodic", 0, "harmony"),
    Part("Kit", "drums", 0, "drums"),
    Part("", "chords", 0, "chords"),
)
VALUES = {
    "melodic": st.integers(40, 90),
    "drums": st.integers(35, 50),
    "chords": st.sampled_from((NO_CHORD, 12, 19, 300)),
}


@st.composite
def bands(draw: Any, max_notes: int = 30, num_parts: int = len(PARTS)) -> Score:
    """Chords, overlaps and rests in up to five parts; the first two are lines, and a phrase is played twice.

    Of chord symbols there is one at a time.
    """
    parts = draw(st.permutations(PARTS))[:num_parts]
    notes = {}
    for number, part in enumerate(parts):
        end = 0
        for _ in range(draw(st.integers(0 if number else 1, max_notes // num_parts))):
            onset = draw(st.sampled_from((0, 6, 12, 24, 30, 48))) + (end if part.role in ("melody", "bass") else 0)
            duration = draw(st.sampled_from((3, 6, 12, 36)))
            value = draw(VALUES[part.kind])
            if part.kind == "chords" and any(place[:2] == (onset, number) for place in notes):
                continue
            notes[onset, number, value] = duration, draw(st.integers(1, 127))
            end = onset + duration
    meter = draw(st.sampled_from(METERS))
    bar = 48 * meter[0] // meter[1]
    rows = [(onset, *rest, number, value) for (onset, number, value), rest in notes.items()]
    if draw(st.booleans()):
        again = -(-max(row[0] + row[1] for row in rows) // bar) * bar
        rows += [(onset + again, *rest) for onset, *rest in rows]
    onset, duration, velocity, part, value = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    key = Key(draw(st.integers(0, 11)), draw(st.sampled_from(BASIC_MODES)))
    return Score(onset, duration, value, velocity, part, meter, key, parts=tuple(parts))


@st.composite
def chord_scores(draw: st.DrawFn) -> Score:
    """Chord symbols from step 0 to a bar line."""
    meter = draw(st.sampled_from((Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(5, 8))))
    onset = sorted({0, *draw(st.lists(st.integers(0, 300), max_size=12))})
    codes = st.just(NO_CHORD) | st.integers(12, NUM_CODES - 1)
    code = draw(st.lists(codes, min_size=len(onset), max_size=len(onset)))
    bar = meter.bar(12)
    key = Key.of_signature(draw(st.integers(-7, 7)), draw(st.sampled_from(("major", "minor"))))
    return chord_score(np.array(onset), np.array(code), (onset[-1] // bar + 1) * bar, meter, key)
