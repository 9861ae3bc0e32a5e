"""Voice leading: how far voices move, parallel fifths and octaves, and voices that cross.

Conventions: a voice is the highest pitch of a melodic part; a chord is what the voices hold at an onset of any of them;
a chord change is the step from one chord to the next where a voice has another pitch. Two voices are parallel at a
change where both move, in the same direction, from a perfect fifth to a perfect fifth or from an octave to an octave;
octaves more or less do not matter, and a unison counts as an octave. Bach's 382 chorales in four parts have .178
parallel fifths and .127 parallel octaves per 100 chord changes (33,133 changes).

Reference: Huron (2001), Tone and voice: a derivation of the rules of voice-leading from perceptual principles, Music
Perception 19 (parallel perfect consonances, pitch proximity, voice crossing).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..arrays import Bools, IntArray
from ..music.units import NUM_PITCH_CLASSES
from ..score.score import Score
from .sounding import SILENT, melodic, top_line, voices

_FIFTH, _OCTAVE = 7, 0  # semitones, octaves taken away
_MEASURED = 300  # pieces of a corpus


class Parallels(NamedTuple):
    """Numbers of chord changes, of parallel fifths and of parallel octaves."""

    changes: int
    fifths: int
    octaves: int

    @property
    def fifths_per_100(self) -> float | None:
        """Parallel fifths per 100 chord changes; None without a chord change."""
        return 100 * self.fifths / self.changes if self.changes else None

    @property
    def octaves_per_100(self) -> float | None:
        """Parallel octaves per 100 chord changes; None without a chord change."""
        return 100 * self.octaves / self.changes if self.changes else None


def parallels(*scores: Score) -> Parallels:
    """Return the chord changes of some scores of two or more voices, and the parallels in them."""
    found = [_parallels(voices(score)[1]) for score in scores]
    return Parallels(*(sum(counts) for counts in zip(*found, strict=True))) if found else Parallels(0, 0, 0)


def leading_statistics(scores: Sequence[Score]) -> dict[str, float]:
    """Return parallels per 100 chord changes and the share of chords with crossing voices; nothing for single voices.

    They are measured on at most `_MEASURED` pieces.
    """
    step = max(1, len(scores) // _MEASURED)
    chosen = scores[::step]
    found = parallels(*chosen)
    fifths, octaves = found.fifths_per_100, found.octaves_per_100
    crossed = [share for score in chosen if (share := voice_crossings(score)) is not None]
    if fifths is None or octaves is None or not crossed:
        return {}
    shares = {"fifths_per_100": fifths, "octaves_per_100": octaves, "crossed_share": float(np.mean(crossed))}
    return {name: round(share, 4) for name, share in shares.items()}


def voice_interval(score: Score) -> float | None:
    """Return the mean absolute interval between successive notes of a voice, in semitones, over all voices."""
    parts = np.unique(melodic(score).part).tolist()
    intervals = [np.abs(np.diff(top_line(score, part).pitch)) for part in parts]
    together = np.concatenate([np.zeros(0, np.int64), *intervals])
    return float(together.mean()) if len(together) else None


def voice_crossings(score: Score) -> float | None:
    """Return the share of chords in which a voice sounds above one whose mean pitch is higher; None for one voice."""
    _, pitch = voices(score)
    if pitch.shape[1] < 2:
        return None
    sounds = pitch != SILENT
    mean = np.where(sounds, pitch, 0).sum(axis=0) / sounds.sum(axis=0)
    ordered, sounds = pitch[:, np.argsort(mean, kind="stable")], sounds[:, np.argsort(mean, kind="stable")]
    low, high = np.triu_indices(pitch.shape[1], 1)
    crossed = sounds[:, low] & sounds[:, high] & (ordered[:, low] > ordered[:, high])
    return float(crossed.any(axis=1).mean())


def _parallels(pitch: IntArray) -> Parallels:
    """Return the chord changes and parallels of voices, shape (num_onsets, num_voices)."""
    if pitch.shape[1] < 2:
        return Parallels(0, 0, 0)
    before, after = pitch[:-1], pitch[1:]
    motion = np.where((before != SILENT) & (after != SILENT), np.sign(after - before), 0)
    one, other = np.triu_indices(pitch.shape[1], 1)
    together = (motion[:, one] == motion[:, other]) & (motion[:, one] != 0)

    def count(interval: int) -> int:
        held: Bools = together
        for chord in (before, after):
            held = held & (np.abs(chord[:, one] - chord[:, other]) % NUM_PITCH_CLASSES == interval)
        return int(np.count_nonzero(held))

    return Parallels(int((before != after).any(axis=1).sum()), count(_FIFTH), count(_OCTAVE))
