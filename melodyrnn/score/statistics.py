"""Features of melodies: single numbers by which sets of melodies are compared.

Definitions; notes count one each, long or short:

    pitch_class_entropy  Shannon entropy of the distribution of the 12 pitch classes, bits
    repeated_patterns    share of sequences of four intervals that occur earlier in the melody: 1 − distinct / all
    range                highest minus lowest pitch, semitones
    mean_interval        mean absolute interval between successive notes, semitones
    steps                share of intervals of at most 2 semitones, repeated notes included
    notes_per_bar        number of notes divided by number of bars
    return_share         Jaccard index of the (onset, pitch) pairs of bars 1..k with those of bars k+1..2k
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..arrays import AnyInts, Float64s, IntArray, distinct
from ..music.units import NUM_PITCH_CLASSES
from .score import Score

RETURN_THRESHOLD = 0.8  # a section counts as returning where its return_share is above this
# The largest numbers of repeats in a row of a pitch and of a bar in all but six of 4,542 folk tunes (oneills1850,
# ryansmammoth, airdsairs and openewld). `generate` does not exceed them, `compare` counts the melodies that do.
MOST_REPEATED_PITCHES = 11
MOST_REPEATED_BARS = 4


def pitch_class_entropy(melody: Score) -> float:
    """Return the entropy of the pitch classes of a melody of at least one note, in bits."""
    share = np.bincount(melody.pitch % NUM_PITCH_CLASSES, minlength=NUM_PITCH_CLASSES) / len(melody)
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum())


def repeated_pattern_share(melody: Score, length: int = 4) -> float:
    """Return the share of sequences of `length` intervals that occur earlier in the melody; 0 where there is none."""
    intervals = np.diff(melody.pitch).tolist()
    runs = [tuple(intervals[i : i + length]) for i in range(len(intervals) - length + 1)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0


def pitch_range(melody: Score) -> float:
    """Return the highest minus lowest pitch of a melody of at least one note, in semitones."""
    return float(np.ptp(melody.pitch))


def mean_interval(melody: Score) -> float | None:
    """Return the mean absolute interval between successive notes in semitones; None for fewer than two notes."""
    return float(np.abs(np.diff(melody.pitch)).mean()) if len(melody) > 1 else None


def step_ratio(melody: Score) -> float | None:
    """Return the share of intervals of at most 2 semitones; None for fewer than two notes."""
    return float((np.abs(np.diff(melody.pitch)) <= 2).mean()) if len(melody) > 1 else None


def return_share(melody: Score, bars: int = 8) -> float | None:
    """Return the similarity of bars 1..k and k+1..2k, k = `bars`, 0..1; None for a melody shorter than 2k - 1 bars."""
    section = bars * melody.bar
    if len(melody) == 0 or melody.onset[-1] < 2 * section - melody.bar:
        return None
    pairs = list(zip(melody.onset.tolist(), melody.pitch.tolist(), strict=True))
    first = {(onset, pitch) for onset, pitch in pairs if onset < section}
    second = {(onset - section, pitch) for onset, pitch in pairs if section <= onset < 2 * section}
    return len(first & second) / max(1, len(first | second))


# The features whose mean and standard deviation a corpus and a model file hold, by the names used there. They are
# defined for every melody; evaluation/features.py has the larger table by which two sets are compared.
CORPUS_FEATURES: dict[str, Callable[[Score], float]] = {
    "pitch_class_entropy": pitch_class_entropy,
    "repeated_patterns": repeated_pattern_share,
    "range": pitch_range,
    "mean_interval": lambda melody: mean_interval(melody) or 0.0,
    "steps": lambda melody: step_ratio(melody) or 0.0,
    "notes_per_bar": lambda melody: len(melody) / melody.num_bars,
}


def features_by_piece(pitch: AnyInts, num_notes: IntArray, num_bars: IntArray) -> Float64s:
    """Return CORPUS_FEATURES of many pieces, shape (num_pieces, num_features), 20 times faster than piece by piece.

    Args:
        pitch: of all notes, piece after piece, (num_notes.sum(),); each piece may be transposed.
        num_notes, num_bars: of each piece, shape (num_pieces,); at least one note each.
    """
    pieces, first = len(num_notes), np.cumsum(num_notes) - num_notes
    owner = np.repeat(np.arange(pieces), num_notes)
    pitch = pitch.astype(np.int64)
    classes = np.bincount(
        owner * NUM_PITCH_CLASSES + pitch % NUM_PITCH_CLASSES, minlength=NUM_PITCH_CLASSES * pieces
    ).reshape(pieces, NUM_PITCH_CLASSES)
    share = classes / num_notes[:, None]
    entropy = -(share * np.log2(share, out=np.zeros_like(share), where=share > 0)).sum(axis=1)
    spread = np.maximum.reduceat(pitch, first) - np.minimum.reduceat(pitch, first)
    interval = pitch[1:] - pitch[:-1]
    inside = owner[1:] == owner[:-1]
    intervals = np.maximum(1, num_notes - 1)
    size = np.bincount(owner[1:][inside], np.abs(interval[inside]), pieces) / intervals
    steps = np.bincount(owner[1:][inside & (np.abs(interval) <= 2)], minlength=pieces) / intervals
    return np.stack([entropy, _repeated(interval, owner, pieces), spread, size, steps, num_notes / num_bars], axis=1)


def _repeated(interval: IntArray, owner: IntArray, pieces: int) -> Float64s:
    """Return `repeated_pattern_share` of each piece.

    Args:
        interval: from each note to the next, (total_notes - 1,); those from one piece to the next are skipped.
        owner: index of the piece of each note, (total_notes,).
    """
    if len(interval) < 4:
        return np.zeros(pieces)
    code = interval + 128
    runs = code[:-3] | code[1:-2] << 8 | code[2:-1] << 16 | code[3:] << 24
    runs = (owner[:-4] << 32 | runs)[owner[:-4] == owner[4:]]  # the five notes of a sequence are of one piece
    total = np.bincount(runs >> 32, minlength=pieces)
    different = np.bincount(distinct(runs) >> 32, minlength=pieces)
    return 1 - np.where(total > 0, different, 1) / np.maximum(1, total)


def describe(melodies: Sequence[Score]) -> dict[str, float]:
    """Return means over the melodies of at least two notes.

    Besides CORPUS_FEATURES: `pieces`, their number; `notes`, the mean number of notes; `returns_8`, the share of those
    long enough whose bars 9 to 16 repeat bars 1 to 8; `ends_on_tonic`, the share that ends on the tonic.
    """
    melodies = [m for m in melodies if len(m) > 1]
    returns = [share for m in melodies if (share := return_share(m)) is not None]
    return {
        "pieces": len(melodies),
        "notes": float(np.mean([len(m) for m in melodies])),
        **{name: float(np.mean([feature(m) for m in melodies])) for name, feature in CORPUS_FEATURES.items()},
        "returns_8": float(np.mean([share > RETURN_THRESHOLD for share in returns])) if returns else 0.0,
        "ends_on_tonic": float(np.mean([m.pitch[-1] % NUM_PITCH_CLASSES == m.key.tonic for m in melodies])),
    }
