"""Voices chord symbols: a bass and upper voices in close position, which move as little as they can.

The bass is that of the symbol, from C2 to B2. The upper voices are three or four tones of the chord between C3 and C5:
of a chord of more tones the fifth goes first, then the root, ninths and elevenths, and of an altered chord the flat
fifth and the flat ninth. Each voicing is the one that moves least from the one before, with a little weight on staying
near middle C.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np

from ..music.chords import ChordSymbol
from ..music.units import NUM_PITCH_CLASSES
from .chords import symbols_of
from .score import Part, Score

ACCOMPANIMENT = Part("accompaniment", "melodic", 0, "harmony")
_LOWEST_BASS = 36  # C2
_LOW, _HIGH = 48, 72  # C3 to C5
_MIDDLE = 60
_MAX_VOICES = 4
_MAX_SPAN = 14  # semitones between the lowest and the highest upper voice
_DISPENSABLE = (7, 0, 2, 5, 6, 1)  # tones above the root, in the order in which they are left out
_PULL = 0.25  # of the middle, beside the movement of the voices
_VELOCITY = 64


def voiced(score: Score, program: int = 0) -> Score:
    """Return the chord symbols of a score as notes of one melodic part of the role harmony; "N.C." has none.

    Args:
        program: General MIDI program of the part.
    """
    rows: list[tuple[int, int, int]] = []
    before: tuple[int, ...] = ()
    for onset, end, symbol in symbols_of(score, 0):
        voices = _upper_voices(symbol, before)
        if voices:
            before = voices
            rows += [(onset, end - onset, pitch) for pitch in (_bass(symbol), *voices)]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    none = np.zeros(len(columns), dtype=np.int64)
    return replace(
        score,
        onset=columns[:, 0],
        duration=columns[:, 1],
        pitch=columns[:, 2],
        velocity=none + _VELOCITY,
        part=none,
        parts=(ACCOMPANIMENT._replace(program=program),),
    )


def _bass(symbol: ChordSymbol) -> int:
    return _LOWEST_BASS + (symbol.bass - _LOWEST_BASS) % NUM_PITCH_CLASSES


def _upper_voices(symbol: ChordSymbol, before: tuple[int, ...]) -> tuple[int, ...]:
    """Return the upper voices of a chord, in ascending order, that move least from those before; none for "N.C."."""
    places = [range(_LOW + (tone - _LOW) % NUM_PITCH_CLASSES, _HIGH + 1, NUM_PITCH_CLASSES) for tone in _tones(symbol)]
    voicings = [tuple(sorted(pitches)) for pitches in product(*places)]
    close = [pitches for pitches in voicings if pitches and pitches[-1] - pitches[0] <= _MAX_SPAN]
    return min(close, key=lambda pitches: _cost(pitches, before), default=())


def _tones(symbol: ChordSymbol) -> list[int]:
    """Return the pitch classes of the upper voices."""
    tones = list(symbol.pitch_classes)
    for above in _DISPENSABLE:
        tone = (symbol.root + above) % NUM_PITCH_CLASSES
        if len(tones) > _MAX_VOICES and tone in tones:
            tones.remove(tone)
    return tones


def _cost(pitches: tuple[int, ...], before: tuple[int, ...]) -> float:
    """Return the semitones by which voices move, and a little for their distance from the middle.

    Where there are more or fewer voices than before, some part or meet: each moves from or to the nearest.
    """
    if len(pitches) == len(before):
        moved = sum(abs(one - other) for one, other in zip(pitches, before, strict=True))
    else:
        more, fewer = (pitches, before) if len(pitches) > len(before) else (before, pitches)
        moved = sum(min((abs(one - other) for other in fewer), default=0) for one in more)
    return moved + _PULL * abs(sum(pitches) / len(pitches) - _MIDDLE)
