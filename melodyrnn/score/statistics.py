"""What a melody is like, in numbers that can be set beside those of real ones.

Definitions: pitch-class entropy, Shannon's over the 12 pitch classes by number of notes, in bits; range in semitones;
intervals between successive notes in semitones; repeated patterns: 1 - distinct / all runs of four intervals;
return: Jaccard index of the (onset, pitch) pairs of bars 1 to k with those of bars k + 1 to 2k.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arrays import IntArray
from .score import Score

RETURN_THRESHOLD = 0.8  # of a section's notes that must come back for it to have returned
# What all but six of 4,542 folk tunes keep to (oneills1850, ryansmammoth, airdsairs and openewld), in a row: what goes
# beyond is stuck. `generate` keeps to it, `compare` counts by it.
MOST_REPEATED_PITCHES = 11
MOST_REPEATED_BARS = 4


def pitch_class_entropy(melody: Score) -> float:
    share = np.bincount(melody.pitch % 12, minlength=12) / len(melody)
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum())


def repeated_pattern_share(melody: Score, length: int = 4) -> float:
    """Share of the runs of `length` intervals that were heard before in the melody; 0 for a melody too short."""
    intervals = np.diff(melody.pitch).tolist()
    runs = [tuple(intervals[i : i + length]) for i in range(len(intervals) - length + 1)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0


def return_share(melody: Score, bars: int = 8) -> float | None:
    """How much of bars 1..k returns in bars k+1..2k, 0..1; None for a melody shorter than 2k - 1 bars."""
    section = bars * melody.bar
    if len(melody) == 0 or melody.onset[-1] < 2 * section - melody.bar:
        return None
    pairs = list(zip(melody.onset.tolist(), melody.pitch.tolist(), strict=True))
    first = {(onset, pitch) for onset, pitch in pairs if onset < section}
    second = {(onset - section, pitch) for onset, pitch in pairs if section <= onset < 2 * section}
    return len(first & second) / max(1, len(first | second))


FEATURES: dict[str, Callable[[Score], float]] = {
    "pitch_class_entropy": pitch_class_entropy,
    "repeated_patterns": repeated_pattern_share,
    "range": lambda m: float(np.ptp(m.pitch)),
    "mean_interval": lambda m: float(np.abs(np.diff(m.pitch)).mean()) if len(m) > 1 else 0.0,
    "steps": lambda m: float((np.abs(np.diff(m.pitch)) <= 2).mean()) if len(m) > 1 else 0.0,
    "notes_per_bar": lambda m: len(m) / m.num_bars,
}


def features_by_piece(pitch: npt.NDArray[Any], num_notes: IntArray, num_bars: IntArray) -> npt.NDArray[np.float64]:
    """FEATURES of many pieces at once, shape (num_pieces, num_features), for a twentieth of the time.

    Args:
        pitch: of all notes, the pieces one after another, (num_notes.sum(),), in any one key a piece.
        num_notes, num_bars: of each piece, shape (num_pieces,); at least one note each.
    """
    pieces, first = len(num_notes), np.cumsum(num_notes) - num_notes
    owner = np.repeat(np.arange(pieces), num_notes)
    pitch = pitch.astype(np.int64)
    share = np.bincount(owner * 12 + pitch % 12, minlength=12 * pieces).reshape(pieces, 12) / num_notes[:, None]
    entropy = -(share * np.log2(share, out=np.zeros_like(share), where=share > 0)).sum(axis=1)
    spread = np.maximum.reduceat(pitch, first) - np.minimum.reduceat(pitch, first)
    interval = pitch[1:] - pitch[:-1]
    inside = owner[1:] == owner[:-1]
    intervals = np.maximum(1, num_notes - 1)
    size = np.bincount(owner[1:][inside], np.abs(interval[inside]), pieces) / intervals
    steps = np.bincount(owner[1:][inside & (np.abs(interval) <= 2)], minlength=pieces) / intervals
    return np.stack([entropy, _repeated(interval, owner, pieces), spread, size, steps, num_notes / num_bars], axis=1)


def _repeated(interval: IntArray, owner: IntArray, pieces: int) -> npt.NDArray[np.float64]:
    """`repeated_pattern_share` of each piece; `interval` leads from each note to the next, across pieces too."""
    if len(interval) < 4:
        return np.zeros(pieces)
    code = interval + 128
    runs = code[:-3] | code[1:-2] << 8 | code[2:-1] << 16 | code[3:] << 24
    runs = (owner[:-4] << 32 | runs)[owner[:-4] == owner[4:]]  # a run touches five notes
    whole = np.bincount(runs >> 32, minlength=pieces)
    distinct = np.bincount(np.unique(runs) >> 32, minlength=pieces)
    return 1 - np.where(whole > 0, distinct, 1) / np.maximum(1, whole)


def describe(melodies: Sequence[Score]) -> dict[str, float]:
    """Means over melodies of two notes and more; `returns_8` is the share whose bars 9-16 repeat bars 1-8."""
    melodies = [m for m in melodies if len(m) > 1]
    returns = [share for m in melodies if (share := return_share(m)) is not None]
    return {
        "pieces": len(melodies),
        "notes": float(np.mean([len(m) for m in melodies])),
        **{name: float(np.mean([feature(m) for m in melodies])) for name, feature in FEATURES.items()},
        "returns_8": float(np.mean([share > RETURN_THRESHOLD for share in returns])) if returns else 0.0,
        "ends_on_tonic": float(np.mean([m.pitch[-1] % 12 == m.key.tonic for m in melodies])),
    }
