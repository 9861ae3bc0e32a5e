"""The table of features of a piece of several parts or with chords, by which two sets of such pieces are compared.

They stand beside those of melodies (features.py), which then are features of the leading line. Definitions and sources
are in the modules of the functions:

    note_density         notes and drum hits of all parts per quarter note
    polyphony            mean number of pitches that sound, while any does
    polyphony_rate       share of time in which two or more pitches sound
    all_parts_entropy    Shannon entropy of the pitch classes of all melodic parts, bits
    voice_interval       mean absolute interval between successive notes of the top line of a part, semitones
    parallel_fifths, parallel_octaves      per 100 chord changes
    voice_crossings      share of chords in which a voice is above a higher one
    dissonance           share of simultaneous intervals that are seconds, sevenths or tritones
    chord_tones          share of melody notes on beats that are in the chord of the other parts
    empty_bars           share of bars in which a part is silent, averaged over the parts
    drum_pattern         share of drum hits on sixteenths, or on triplets of eighths
    drum_groove          similarity of the rhythms of neighbouring bars of drums
"""

from __future__ import annotations

import numpy as np

from ..score.score import KINDS, Score
from .chord_tones import chord_tones
from .dissonance import dissonance
from .drumming import drum_groove, drum_pattern
from .features import Feature
from .pitch_classes import entropy_of_all_parts
from .sounding import top_line
from .texture import empty_bars, note_density, polyphony, polyphony_rate
from .voice_leading import parallels, voice_crossings, voice_interval

PART_FEATURES = (
    Feature("note_density", "per quarter", note_density),
    Feature("polyphony", "pitches", polyphony),
    Feature("polyphony_rate", "", polyphony_rate),
    Feature("all_parts_entropy", "bits", entropy_of_all_parts),
    Feature("voice_interval", "semitones", voice_interval),
    Feature("parallel_fifths", "per 100 chord changes", lambda score: parallels(score).fifths_per_100),
    Feature("parallel_octaves", "per 100 chord changes", lambda score: parallels(score).octaves_per_100),
    Feature("voice_crossings", "", voice_crossings),
    Feature("dissonance", "", dissonance),
    Feature("chord_tones", "", chord_tones),
    Feature("empty_bars", "", empty_bars),
    Feature("drum_pattern", "", drum_pattern),
    Feature("drum_groove", "", drum_groove),
)


def is_melody(score: Score) -> bool:
    """Return whether a score is one melodic part in which no two notes begin together."""
    is_line = len(score.parts) == 1 and score.parts[0].kind == "melodic"
    return is_line and not (len(score) > 1 and np.minimum.reduce(score.onset[1:] - score.onset[:-1]) == 0)


def leading_line(score: Score) -> Score:
    """Return the melody of a score, itself where it is one.

    It is the top line of the part with the role melody, else of the first melodic part, else of drums, else the chord
    symbols; parts without notes do not count.
    """
    if is_melody(score):
        return score
    used = np.unique(score.part).tolist()
    return top_line(score, min(used, key=lambda number: _rank(score, number)))


def _rank(score: Score, number: int) -> tuple[int, bool, int]:
    """Return by what a part is chosen as the leading one; the smallest leads."""
    part = score.parts[number]
    return KINDS.index(part.kind), part.role != "melody", number
