"""Chord tones: how well a melody fits the chords that the other parts sound.

Reference: Yeh et al. (2021), Automatic melody harmonization with triad chords, Journal of New Music Research 50 (chord
tones and non-chord tones), here for the notes on beats alone, where a chord tone is expected. In close harmony a chord
tone is often in the melody alone: the soprano of Bach's chorales has .39.
"""

from __future__ import annotations

import numpy as np

from ..music.units import NUM_PITCH_CLASSES, STEPS_PER_QUARTER
from ..score.score import Score
from .sounding import per_class, sounding

_MIN_CLASSES = 2  # pitch classes that make a chord


def chord_tones(score: Score) -> float | None:
    """Return the share of melody notes on a beat whose pitch class is in the chord of the other melodic parts.

    The chord is what sounds in them, of at least two pitch classes; notes without one are not counted. None where there
    is no melody, or no note of it to count.
    """
    number = next((n for n, part in enumerate(score.parts) if (part.kind, part.role) == ("melodic", "melody")), None)
    if number is None or len(score.parts) < 2:
        return None
    beat = max(1, round(score.meter.beat.quarters * STEPS_PER_QUARTER))
    own = score[(score.part == number) & (score.onset % beat == 0)]
    classes = per_class(sounding(score[score.part != number]).at(own.onset)) > 0
    has_chord = classes.sum(axis=1) >= _MIN_CLASSES
    fits = classes[np.arange(len(own)), own.pitch % NUM_PITCH_CLASSES][has_chord]
    return float(fits.mean()) if len(fits) else None
