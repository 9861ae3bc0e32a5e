"""Finds bar lines in files whose own are unreliable: recordings that are not aligned to bars, output of beat trackers.

The tempo of such a file is steady, but its first beat is at an arbitrary time. The circular mean of the onsets gives
the position of the sixteenths; the bar line is then put on one of them. Three scores are added for each position: many
and long notes begin on strong positions of the bar (Lerdahl and Jackendoff 1983, the metrical preference rules), the
harmony changes from bar to bar, and from half bar to half bar.

Conventions: ticks are those of the piece; a slot is a sixteenth.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..arrays import Float64s, IntArray
from ..music.meter import Meter
from ..music.piece import Notes, Piece
from ..score.quantize import Voice

# Length of the mean of the onsets as unit vectors, one turn per sixteenth: 1 where all have the same position in it.
_MIN_STEADINESS = 0.9
_MACHINE_STEADINESS = 0.98  # more than a hand can play (about 4 ms of scatter)
_MAX_LAG = 0.5 / 3  # slots; onsets that are later have another cause than playing
_MAX_ROUNDING_TICKS = 1.5  # largest rounding error of converters from notation
_MIN_ONSETS = 16
_MAX_REST_BARS = 16  # a longer time without an onset counts as so many bars
_MIN_GAIN = 1.0  # how much better another position must score than that of the file, where the file has a meter


def with_bar_line(piece: Piece, voice: Voice) -> Voice | None:
    """Return the voice with a better bar line; None where that of the file is reliable or none is clearly better."""
    slot = voice.ticks_per_quarter / 4
    try:
        slots = voice.meter.bar(4)
    except ValueError:
        return None
    onset = voice.notes.onset - voice.bar_line
    if len(onset) < _MIN_ONSETS or slots < 4:
        return None
    mean = np.exp(2j * np.pi * onset / slot).mean()
    steadiness, lag = abs(mean), float(np.angle(mean)) / (2 * np.pi)
    is_unknown = any(change.meter.numerator == 1 and voice.meter.numerator == 4 for change in piece.meters)
    max_lag_ticks = max(_MAX_ROUNDING_TICKS, slot / 60)
    is_loose = abs(lag) > _MAX_LAG or (steadiness >= _MACHINE_STEADINESS and abs(lag) * slot > max_lag_ticks)
    if steadiness < _MIN_STEADINESS:
        return None
    is_between = _is_between_eighths(piece, voice, lag * slot)
    if not (is_unknown or is_loose or is_between):
        return None
    min_gain = 0.0 if is_unknown or is_between else _MIN_GAIN
    position = _best_position(*_slots(piece, voice, lag * slot), voice.meter, slots, min_gain)
    return replace(voice, bar_line=voice.bar_line + round((position + lag) * slot))


def _is_between_eighths(piece: Piece, voice: Voice, lag: float) -> bool:
    """Return whether all notes and drums that sound together with the voice begin between the eighths of the file.

    Such a rhythm is one of even eighths that was cut out a sixteenth late, as nothing in it sounds on a beat.

    Args:
        lag: ticks by which the sixteenths are later than those of the file.
    """
    slot, start, stop = voice.ticks_per_quarter / 4, int(voice.notes.onset[0]), int(voice.notes.end[-1])
    own = np.rint((voice.notes.onset - voice.bar_line - lag) / slot)
    if not (own % 2 == 1).all():
        return False
    onset = np.concatenate([_between(track.notes, start, stop).onset for track in piece.tracks])
    return bool((np.rint((onset - voice.bar_line - lag) / slot) % 2 == 1).all())


def _slots(piece: Piece, voice: Voice, lag: float) -> tuple[IntArray, IntArray, IntArray]:
    """Return onset and duration (slots) and pitch of all notes, except drums, that sound together with the voice.

    Args:
        lag: ticks by which the sixteenths are later than those of the file.
    """
    slot = voice.ticks_per_quarter / 4
    start, stop = int(voice.notes.onset[0]), int(voice.notes.end[-1])
    tracks = [_between(track.notes, start, stop) for track in piece.tracks if not track.is_drums]
    onset = np.concatenate([notes.onset for notes in tracks])
    duration = np.concatenate([notes.duration for notes in tracks])
    pitch = np.concatenate([notes.pitch for notes in tracks])
    position = np.rint((onset - voice.bar_line - lag) / slot).astype(np.int64)
    return position, np.maximum(1, np.rint(duration / slot).astype(np.int64)), pitch


def _between(notes: Notes, start: int, stop: int) -> Notes:
    """Return the notes whose onset is at `start` or later and before `stop`."""
    return notes[(notes.onset >= start) & (notes.onset < stop)]


def _best_position(
    onset: IntArray, duration: IntArray, pitch: IntArray, meter: Meter, slots: int, min_gain: float
) -> int:
    """Return the best position of a bar line, 0..slots-1 after that of the file; 0 unless another gains `min_gain`.

    Args:
        onset, duration, pitch: shape (num_notes,), times in slots.
        slots: number of slots in a bar.
    """
    onset = without_long_rests(onset, slots)
    accents, sounded = _accents(onset, duration, slots), sounded_before(onset, duration, pitch, slots)
    weights = _standardized(_weights(meter, slots))
    score = np.array([_standardized(accents) @ np.roll(weights, position) for position in range(slots)]) / slots
    score += (
        _standardized(harmonic_novelty(sounded, slots, slots))
        + _standardized(harmonic_novelty(sounded, slots, slots // 2))
    ) / 3
    best = int(score.argmax())
    return best if score[best] - score[0] > min_gain else 0


def without_long_rests(onset: IntArray, slots: int) -> IntArray:
    """Return onsets from the first bar on, where no two are more than `_MAX_REST_BARS` apart; positions in bars remain.

    So the work grows with the number of notes, not with the time between them.
    """
    order = np.argsort(onset, kind="stable")
    in_order = onset[order] - int(onset.min()) // slots * slots
    excess = np.maximum(0, np.diff(in_order) // slots - _MAX_REST_BARS) * slots
    shortened = np.empty_like(onset)
    shortened[order] = in_order - np.concatenate([[0], np.cumsum(excess)])
    return shortened


def _weights(meter: Meter, slots: int) -> Float64s:
    """Return the metrical weight of each slot of a bar: sixteenth 0, eighth 1, beat 2, half bar 3, bar line 4."""
    beat = meter.beat.bar(4) if meter.is_compound else 4
    beats = max(1, slots // beat)
    slot = np.arange(slots)
    weights = (slot % 2 == 0).astype(float)
    weights += slot % beat == 0
    weights += (slot % (slots // 2 if beats % 2 == 0 and beats > 2 else slots)) == 0
    weights[0] += 1
    return weights


def _accents(onset: IntArray, duration: IntArray, slots: int) -> Float64s:
    """Return the mean accent of each slot of a bar: the root of the sum of the roots of the durations that begin."""
    total = np.bincount(onset, weights=np.sqrt(np.minimum(duration, slots)))
    total = np.pad(total, (0, -len(total) % slots))
    return np.sqrt(total).reshape(-1, slots).mean(axis=0)


def sounded_before(onset: IntArray, duration: IntArray, pitch: IntArray, slots: int) -> Float64s:
    """Return how many slots each pitch class has sounded before each slot, shape (num_slots + 1, 12)."""
    end = onset + np.minimum(duration, 2 * slots)
    size = -(-int(np.maximum.reduce(end)) // slots) * slots + 1
    tone = pitch % 12
    begin = np.bincount(onset * 12 + tone, minlength=12 * size)
    change = begin - np.bincount(end * 12 + tone, minlength=12 * size)
    sounded = np.zeros((size + 1, 12))
    np.cumsum(np.cumsum(change.reshape(size, 12), axis=0), axis=0, out=sounded[1:])
    return sounded


def harmonic_novelty(sounded: Float64s, slots: int, width: int) -> Float64s:
    """Return the mean change of harmony at each slot of a bar, shape (slots,): 1 - cosine of the pitch classes.

    Args:
        sounded: see `sounded_before`.
        width: how many slots before and after are compared.
    """
    num_compared = len(sounded) - 2 * width
    if num_compared <= 0:
        return np.zeros(slots)
    within = sounded[width:] - sounded[:-width]
    lengths = np.sqrt(np.einsum("st,st->s", within, within))
    products = lengths[:-width] * lengths[width:]
    alike = np.einsum("st,st->s", within[:-width], within[width:]) / np.maximum(products, 1e-9)
    novelty = np.where(products > 0, 1 - alike, 0.0)
    slot = np.arange(width, width + num_compared) % slots
    counts = np.bincount(slot, minlength=slots)
    return np.bincount(slot, weights=novelty, minlength=slots) / np.maximum(1, counts)


def _standardized(values: Float64s) -> Float64s:
    """Return the values with mean 0 and standard deviation 1; all 0 where they are equal."""
    return (values - values.mean()) / (values.std() + 1e-9)
