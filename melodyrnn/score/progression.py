"""Typed chord progressions (see `music.progression`) as scores of one part of chord symbols, and back.

Nothing is rounded: a chord that does not begin on a step is an error.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..arrays import IntArray
from ..errors import NotationError
from ..music.chords import tones_of_codes
from ..music.keys import Key, guess_key
from ..music.meter import Meter
from ..music.progression import TypedChord, format_progression, parse_progression
from ..music.units import DEFAULT_TEMPO, NUM_PITCH_CLASSES, STEPS_PER_QUARTER
from .chords import chord_score, symbols_of
from .score import Score


def score_of_progression(
    text: str,
    meter: Meter,
    key: Key | None = None,
    microseconds_per_quarter: int = DEFAULT_TEMPO,
    max_bars: int | None = None,
) -> Score:
    """Return the score of a typed progression, whose first bar begins at step 0.

    Args:
        key: None to guess it from the tones of the chords.
        max_bars: bars of the piece that the chords are for; None for any number.

    Raises:
        NotationError: where the text cannot be read, or a chord does not begin on a step.
    """
    chords = parse_progression(text, meter, max_bars)
    edges = [Fraction(0)]
    for chord in chords:
        edges.append(edges[-1] + chord.duration * STEPS_PER_QUARTER)
        if edges[-1].denominator != 1:
            raise NotationError(
                f"a chord must last for whole steps, {STEPS_PER_QUARTER} to the quarter note. "
                f"Received: {chord.symbol}, which ends in bar {edges[-1] // meter.bar(STEPS_PER_QUARTER) + 1} "
                f"after {chord.duration * STEPS_PER_QUARTER} steps"
            )
    onset = np.array([int(edge) for edge in edges], dtype=np.int64)
    code = np.array([chord.symbol.code for chord in chords], dtype=np.int64)
    key = key_of_chords(code, np.diff(onset)) if key is None else key
    return chord_score(onset[:-1], code, int(onset[-1]), meter, key, microseconds_per_quarter)


def progression_of(score: Score) -> str:
    """Return the chords of a score as text, which `score_of_progression` reads; "N.C." where there is none."""
    last_bar_line = score.num_bars * score.bar
    chords = (
        TypedChord(symbol, Fraction(end - onset, STEPS_PER_QUARTER))
        for onset, end, symbol in symbols_of(score, last_bar_line)
    )
    return format_progression(chords, score.meter, score.key)


def key_of_chords(code: IntArray, duration: IntArray) -> Key:
    """Return the most likely key of chord symbols from their tones and the last root; C major without any.

    Args:
        code, duration: shape (num_symbols,), in order.
    """
    place, tone = np.nonzero(tones_of_codes(code))
    if not len(place):
        return Key(0, "major")
    root = code[place[-1:]] % NUM_PITCH_CLASSES
    return guess_key(np.append(tone, root), np.append(duration[place], duration[place[-1:]]))
