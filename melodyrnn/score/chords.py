"""Parts of chord symbols, and the markers of a file that stand for them.

A part of the kind "chords" holds one note a symbol: the pitch is the code of the symbol (see `music.chords`), the
duration lasts to the next symbol, "N.C." included, and all velocities are 80. A symbol that follows itself is one note.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..arrays import IntArray
from ..music.chords import NO_SYMBOL, ChordSymbol
from ..music.keys import Key
from ..music.meter import Meter
from ..music.piece import Marker
from ..music.units import DEFAULT_TEMPO
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
