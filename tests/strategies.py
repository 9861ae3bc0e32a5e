"""Hypothesis strategies: monophonic melodies on the grid, with repeats in them for look-backs to find."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from melodyrnn.music.keys import MODES, Key
from melodyrnn.score.score import Score

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
