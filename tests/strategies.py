"""Hypothesis strategies: melodies on the grid, with repeats in them for look-backs to find, and pieces of parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from melodyrnn.music.keys import MODES, Key
from melodyrnn.music.meter import Meter
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
