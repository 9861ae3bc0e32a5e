"""Chord tones: how well a melody fits its chord symbols, or the chords that the other parts sound.

Reference: Yeh et al. (2021), Automatic melody harmonization with triad chords, Journal of New Music Research 50 (chord
tones and non-chord tones), here for the notes on beats alone, where a chord tone is expected. In close harmony a chord
tone is often in the melody alone: the soprano of Bach's chorales has .39.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Bools, IntArray
from ..music.chords import NO_CHORD, tones_of_codes
from ..music.units import NUM_PITCH_CLASSES, STEPS_PER_QUARTER
from ..score.chords import has_chords
from ..score.score import Score
from .sounding import per_class, sounding

_MIN_CLASSES = 2  # pitch classes that make a chord


def chord_tones(score: Score) -> float | None:
    """Return the share of melody notes on a beat whose pitch class is in the chord below them.

    The chord is the chord symbol where the score has a part of those, else what sounds in the other melodic parts, of
    at least two pitch classes; notes without a chord are not counted. None without a melody, or a note to count.
    """
    number = next((n for n, part in enumerate(score.parts) if (part.kind, part.role) == ("melodic", "melody")), None)
    if number is None:
        return None
    beat = max(1, round(score.meter.beat.quarters * STEPS_PER_QUARTER))
    own = score[(score.part == number) & (score.onset % beat == 0)]
    others = score[score.part != number]
    chords = _symbols_at(others, own.onset) if has_chords(score) else per_class(sounding(others).at(own.onset)) > 0
    has_chord = chords.sum(axis=1) >= _MIN_CLASSES
    fits = chords[np.arange(len(own)), own.pitch % NUM_PITCH_CLASSES][has_chord]
    return float(fits.mean()) if len(fits) else None


def _symbols_at(score: Score, steps: IntArray) -> Bools:
    """Return which pitch classes the chord symbols of a score contain at some steps, shape (num_steps, 12)."""
    symbols = score[np.array([part.kind == "chords" for part in score.parts])[score.part]]
    place = np.searchsorted(symbols.onset, steps, side="right") - 1
    code = np.append(symbols.pitch, NO_CHORD)[place]
    end = np.append(symbols.onset + symbols.duration, 0)[place]
    return tones_of_codes(np.where((place >= 0) & (steps < end), code, NO_CHORD))
