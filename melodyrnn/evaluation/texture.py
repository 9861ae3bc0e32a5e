"""How many notes a score of several parts has, how many sound at a time, and how often its parts are silent.

References:
    Dong et al. (2018), MuseGAN, AAAI: empty bars and polyphonicity. Dong et al. (2020), MusPy, ISMIR: polyphony.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Bools
from ..music.units import STEPS_PER_QUARTER
from ..score.score import Score
from .sounding import sounding


def note_density(score: Score) -> float:
    """Return the notes and drum hits of all parts per quarter note, from step 0 to the last bar line."""
    return float(np.count_nonzero(_is_note(score))) * STEPS_PER_QUARTER / (score.num_bars * score.bar)


def polyphony(score: Score) -> float | None:
    """Return the mean number of different pitches that sound, over the time in which any does; None without pitches."""
    found = sounding(score)
    count = found.on.sum(axis=1)
    time = int(found.length[count > 0].sum())
    return float((count * found.length).sum()) / time if time else None


def polyphony_rate(score: Score) -> float | None:
    """Return the share of time, from step 0 to the last end of a note, in which two or more pitches sound."""
    found = sounding(score)
    several = int(found.length[found.on.sum(axis=1) > 1].sum())
    return several / int(found.start[-1] + found.length[-1]) if len(found.start) else None


def empty_bars(score: Score) -> float:
    """Return the share of bars in which a part is silent, averaged over the parts that hold notes or drums."""
    notes = score[_is_note(score)]
    parts = [number for number, part in enumerate(score.parts) if part.kind != "chords"]
    change = np.zeros((len(score.parts), score.num_bars + 1), np.int64)
    np.add.at(change, (notes.part, notes.onset // score.bar), 1)
    np.add.at(change, (notes.part, (notes.onset + notes.duration - 1) // score.bar + 1), -1)
    return float((np.cumsum(change, axis=1)[parts, :-1] == 0).mean()) if parts else 1.0


def _is_note(score: Score) -> Bools:
    """Return which rows of a score are notes or drums, not chord symbols, shape (num_notes,)."""
    return np.array([part.kind != "chords" for part in score.parts])[score.part]
