"""Where the bar lines stand in a file that does not say: a recording cut loose from its bars, or a beat tracker's.

Such a file is steady, but its first beat falls anywhere. The place of the sixteenths is the circular mean of the
onsets; of all places for the bar line among them that one is taken where three things speak for it together: long and
many notes begin on strong places of the bar (Lerdahl and Jackendoff 1983, the metrical preference rules), the
harmony of the bar after differs from that of the bar before, and the same for half bars.

Conventions: ticks are those of the piece; a slot is a sixteenth.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ..music.meter import Meter
from ..music.piece import Notes, Piece
from ..score.quantize import Voice

_STEADY = 0.9  # length of the mean of onsets as unit vectors, one turn a sixteenth: 1 where all fall on one place
_MACHINE = 0.98  # from which on no hand played them (some 4 ms of scatter)
_LATE = 0.5 / 3  # in slots, from which on a hand does not lag
_TICKS = 1.5  # what converters from notation are late by at most
_FEWEST = 16  # onsets
_TRUST = 1.0  # of three, by how much another place must be better than the file's own

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def with_bar_line(piece: Piece, voice: Voice) -> Voice | None:
    """The voice with a bar line of its own; None where that of the file can be trusted, or nothing better be said."""
    slot = voice.ticks_per_quarter / 4
    try:
        slots = voice.meter.bar(4)
    except ValueError:
        return None
    onset = voice.notes.onset - voice.bar_line
    if len(onset) < _FEWEST or slots < 4:
        return None
    mean = np.exp(2j * np.pi * onset / slot).mean()
    steady, late = abs(mean), float(np.angle(mean)) / (2 * np.pi)
    unknown = any(change.meter.numerator == 1 and voice.meter.numerator == 4 for change in piece.meters)
    loose = abs(late) > _LATE or (steady >= _MACHINE and abs(late) * slot > max(_TICKS, slot / 60))
    if steady < _STEADY or not (unknown or loose):
        return None
    place = _best_place(*_slots(piece, voice, late * slot), voice.meter, slots, 0.0 if unknown else _TRUST)
    return replace(voice, bar_line=voice.bar_line + round((place + late) * slot))


def _slots(piece: Piece, voice: Voice, late: float) -> tuple[IntArray, IntArray, IntArray]:
    """Onset and duration in slots and pitch of all notes, but drums, that sound with the voice."""
    slot = voice.ticks_per_quarter / 4
    start, stop = int(voice.notes.onset[0]), int(voice.notes.end[-1])
    tracks = [_between(track.notes, start, stop) for track in piece.tracks if not track.is_drums]
    onset, duration, pitch = (
        np.concatenate([getattr(notes, name) for notes in tracks]) for name in ("onset", "duration", "pitch")
    )
    place = np.rint((onset - voice.bar_line - late) / slot).astype(np.int64)
    return place, np.maximum(1, np.rint(duration / slot).astype(np.int64)), pitch


def _between(notes: Notes, start: int, stop: int) -> Notes:
    return notes[(notes.onset >= start) & (notes.onset < stop)]


def _best_place(onset: IntArray, duration: IntArray, pitch: IntArray, meter: Meter, slots: int, trust: float) -> int:
    """The place of a bar line, 0..slots-1, from the file's own; 0 unless another is better by more than `trust`."""
    onset = onset - int(onset.min()) // slots * slots
    accents, harmony = _accents(onset, duration, slots), _pitch_classes(onset, duration, pitch, slots)
    weights = _standard(_weights(meter, slots))
    score = np.array([_standard(accents) @ np.roll(weights, place) for place in range(slots)]) / slots
    score += (_standard(_novelty(harmony, slots, slots)) + _standard(_novelty(harmony, slots, slots // 2))) / 3
    best = int(score.argmax())
    return best if score[best] - score[0] > trust else 0


def _weights(meter: Meter, slots: int) -> FloatArray:
    """How strong each place of the bar is: sixteenths 0, eighths 1, beats 2, half bars 3, the bar line one more."""
    beat = meter.beat.bar(4) if meter.is_compound else 4
    beats = max(1, slots // beat)
    place = np.arange(slots)
    weights = (place % 2 == 0).astype(float)
    weights += place % beat == 0
    weights += (place % (slots // 2 if beats % 2 == 0 and beats > 2 else slots)) == 0
    weights[0] += 1
    return weights


def _accents(onset: IntArray, duration: IntArray, slots: int) -> FloatArray:
    """How much begins on each place of the bar, in the mean: roots of lengths added up, and of that the root."""
    loud = np.bincount(onset, weights=np.sqrt(np.minimum(duration, slots)))
    loud = np.pad(loud, (0, -len(loud) % slots))
    return np.sqrt(loud).reshape(-1, slots).mean(axis=0)


def _pitch_classes(onset: IntArray, duration: IntArray, pitch: IntArray, slots: int) -> FloatArray:
    """How often each pitch class has sounded before each slot, shape (num_slots + 1, 12)."""
    end = onset + np.minimum(duration, 2 * slots)
    size = -(-int(end.max()) // slots) * slots + 1
    change = np.zeros((size, 12))
    np.add.at(change, (onset, pitch % 12), 1)
    np.add.at(change, (end, pitch % 12), -1)
    sounding = np.cumsum(change, axis=0)
    return np.vstack([np.zeros(12), np.cumsum(sounding, axis=0)])


def _novelty(sounded: FloatArray, slots: int, width: int) -> FloatArray:
    """1 less the cosine of what sounds in the `width` slots before and after, by place of the bar, in the mean."""
    at = np.arange(width, len(sounded) - width)
    if not len(at):
        return np.zeros(slots)
    before, after = sounded[at] - sounded[at - width], sounded[at + width] - sounded[at]
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    novelty = np.where(lengths > 0, 1 - (before * after).sum(axis=1) / np.maximum(lengths, 1e-9), 0.0)
    counts = np.bincount(at % slots, minlength=slots)
    return np.bincount(at % slots, weights=novelty, minlength=slots) / np.maximum(1, counts)


def _standard(values: FloatArray) -> FloatArray:
    return (values - values.mean()) / (values.std() + 1e-9)
