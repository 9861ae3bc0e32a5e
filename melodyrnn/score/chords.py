"""Parts of chord symbols: scores from typed progressions and from markers, and back.

A part of the kind "chords" holds one note a symbol: the pitch is the code of the symbol (see `music.chords`), the
duration lasts to the next symbol, "N.C." included, and all velocities are 80. A symbol that follows itself is one note.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from ..arrays import IntArray
from ..errors import NotationError
from ..music.chords import NO_SYMBOL, ChordSymbol, tones_of_codes
from ..music.keys import Key, guess_key
from ..music.meter import Meter
from ..music.piece import Marker
from ..music.progression import TypedChord, format_progression, parse_progression
from ..music.units import DEFAULT_TEMPO, STEPS_PER_QUARTER
from .score import Part, Score

CHORDS = Part("chords", "chords", role="chords")
VELOCITY = 80


def chord_score(
    onset: IntArray,
    code: IntArray,
    end: int,
    meter: Meter,
    key: Key,
    microseconds_per_quarter: int = DEFAULT_TEMPO,
    name: str = "",
) -> Score:
    """Return the score of chord symbols that each last to the next, the last one to step `end`.

    Args:
        onset: in steps, ascending, shape (num_symbols,); before `end`. Of several at one step the last counts.
        code: of each symbol, shape (num_symbols,).
    """
    is_last = np.append(onset[1:] > onset[:-1], True)[: len(onset)]
    onset, code = onset[is_last], code[is_last]
    is_new = np.append(True, code[1:] != code[:-1])[: len(code)]
    onset, code = onset[is_new], code[is_new]
    duration = np.diff(onset, append=end)
    none = np.zeros_like(onset)
    return Score(onset, duration, code, none + VELOCITY, none, meter, key, microseconds_per_quarter, name, (CHORDS,))


def score_of_progression(
    text: str,
    meter: Meter,
    key: Key | None = None,
    microseconds_per_quarter: int = DEFAULT_TEMPO,
    max_bars: int | None = None,
) -> Score:
    """Return the score of a typed progression (see `music.progression`), whose first bar begins at step 0.

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


def markers_of(score: Score, end: int, ticks_per_step: int) -> tuple[Marker, ...]:
    """Return a marker for each chord symbol of a score that ends at step `end`, spelled for its key.

    "N.C." stands where there is none.
    """
    return tuple(Marker(onset * ticks_per_step, symbol.text(score.key)) for onset, _, symbol in symbols_of(score, end))


def has_chords(score: Score) -> bool:
    """Return whether a score has a part of chord symbols."""
    return any(part.kind == "chords" for part in score.parts)


def symbols_of(score: Score, end: int) -> Iterator[tuple[int, int, ChordSymbol]]:
    """Yield (onset, end, symbol) of the chord symbols of a score up to step `end`, "no chord" where there is none."""
    kinds = np.array([part.kind == "chords" for part in score.parts])
    chords = score[kinds[score.part]]
    now = 0
    for onset, stop, code in zip(
        chords.onset.tolist(), (chords.onset + chords.duration).tolist(), chords.pitch.tolist(), strict=True
    ):
        if onset > now:
            yield now, onset, NO_SYMBOL
        yield onset, stop, ChordSymbol.from_code(code)
        now = stop
    if now < end:
        yield now, end, NO_SYMBOL


def key_of_chords(code: IntArray, duration: IntArray) -> Key:
    """Return the most likely key of chord symbols from their tones and the last root; C major without any.

    Args:
        code, duration: shape (num_symbols,), in order.
    """
    place, tone = np.nonzero(tones_of_codes(code))
    if not len(place):
        return Key(0, "major")
    root = code[place[-1:]] % 12
    return guess_key(np.append(tone, root), np.append(duration[place], duration[place[-1:]]))
