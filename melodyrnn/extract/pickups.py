"""Finds pick-ups that a file on the grid has on its first beat, so that all its bar lines are early.

Each eighth at which a bar may begin gets a score: a logistic model of where in the bar notes are longer than their
neighbours, where they sound on instead of beginning and where the harmony changes, and of the last note. Its weights
were fitted to songs and folk tunes whose bars are right, some with the pick-up put on the first beat
(`benchmarks/bar_lines.py`). A bar line is moved only where another place is clearly better than that of the file, and
where the last note is then on a stronger place.

Conventions: times are eighths from the bar line of the file, with fractions; a slot is an eighth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ..arrays import Bools, Float64s, IntArray, distinct
from ..music.meter import Meter
from ..music.piece import Notes, Piece
from ..score.quantize import Voice
from .barlines import harmonic_novelty, sounded_before

_MIN_ONSETS = 16
_MIN_BARS = 6  # from the first note of the melody to the last
_MAX_SLOTS = 4096  # longer pieces would cost time that grows with their rests
_TOLERANCE = 0.04  # of a slot, within which a note begins on it: five ticks of 480 a quarter
_MIN_ON_SLOTS = 0.5  # share of the notes of the melody that begin on slots
_MIN_GAIN = 2.0  # by which the score of another place must be better: odds of 7
_MIN_ACCENTS = 4
_PLAYED = 8  # velocities of a melody
_MAX_JOINED = 1 / 3  # share of the loudest notes that another follows, else they are loud passages, not accents

# Weights of the model. Of each profile of the bar at its first slot, half of it, and other beats:
_OF_PROFILES = (
    (2.58, 1.51, 0.0),  # notes of the melody that are longer than both neighbours
    (-1.8, -0.12, -0.68),  # notes of the melody that sound on
    (-3.49, -0.38, -1.35),  # share of all notes there that sound on
    (2.71, -1.12, -0.53),  # harmony of half a bar against the one before
    (2.44, -0.55, -0.18),  # harmony of a beat against the one before
)
_OF_LAST = (-0.4, 1.24, 2.49)  # the last note begins on a bar line, on half a bar; its share of the bar on a bar line
_OF_PICKUP = (1.76, 0.97, 0.74, -0.29)  # none, of one slot, of one beat, of more than half a bar


@dataclass(frozen=True, slots=True)
class _Bar:
    """The slots of a bar, and the weights of the model for it.

    Attributes:
        beat: in slots.
        strength: of each slot: bar line 3, half bar 2, other beat 1, else 0.
        of_profiles: weight of each profile at each slot, for a bar line at each, shape (num_profiles * slots, slots).
        of_pickups: weight of a pick-up of each length, shape (slots,).
    """

    slots: int
    beat: int
    strength: IntArray
    of_profiles: Float64s
    of_pickups: Float64s


@lru_cache(maxsize=64)
def _bar_of(meter: Meter) -> _Bar | None:
    """Return the bar of two to four beats, quarters or dotted quarters, of a meter; None for any other."""
    beat = 3 if meter.is_compound and meter.denominator == 8 else 2
    try:
        slots = meter.bar(2)
    except ValueError:
        return None
    num_beats, rest = divmod(slots, beat)
    if rest or num_beats not in (2, 3, 4):
        return None
    strength = np.zeros(slots, dtype=np.int64)
    strength[::beat] = 1
    if num_beats == 4 or (num_beats == 2 and beat == 3):
        strength[slots // 2] = 2
    strength[0] = 3
    return _Bar(slots, beat, strength, _weights_of_profiles(strength), _weights_of_pickups(slots, beat))


def _weights_of_profiles(strength: IntArray) -> Float64s:
    """Return `_Bar.of_profiles`; only differences from the mean of a profile count."""
    slots = np.arange(len(strength))
    levels = np.stack([strength == level for level in (3, 2, 1)])
    shares = levels / np.maximum(1, np.count_nonzero(levels, axis=1))[:, None]
    weights = np.array(_OF_PROFILES) @ shares
    weights -= weights.mean(axis=1, keepdims=True)
    return weights[:, (slots[:, None] - slots) % len(slots)].reshape(-1, len(slots))


def _weights_of_pickups(slots: int, beat: int) -> Float64s:
    """Return `_Bar.of_pickups`."""
    length = np.arange(slots)
    return np.array(_OF_PICKUP) @ np.stack([length == 0, length == 1, length == beat, length > slots // 2])


@dataclass(frozen=True, slots=True)
class _Line:
    """Notes by their onsets, ends and pitches, shape (num_notes,), those of a melody in order."""

    onset: Float64s
    end: Float64s
    pitch: IntArray

    @classmethod
    def of(cls, notes: Notes, voice: Voice) -> _Line:
        """Return notes in slots; none of them longer than two bars."""
        scale = 2 / voice.ticks_per_quarter
        longest = round(2 * voice.meter.quarters * voice.ticks_per_quarter)
        end = np.minimum(notes.end, notes.onset + longest)
        onset, end = (np.multiply(ticks - voice.bar_line, scale, dtype=np.float64) for ticks in (notes.onset, end))
        return cls(onset, end, notes.pitch)

    @property
    def slot(self) -> IntArray:
        """The nearest slot of each onset."""
        return np.rint(self.onset).astype(np.int64)

    @property
    def is_on_slot(self) -> Bools:
        """Whether each note begins on a slot."""
        return np.abs(self.onset - np.rint(self.onset)) <= _TOLERANCE


def with_pickup(piece: Piece, voice: Voice) -> Voice | None:
    """Return the melody of a piece with bar lines after its pick-up; None where those of the file may be right.

    Nothing is moved in a file with drums, with several lengths of bars, with accents, or whose first note stands
    elsewhere than on a bar line.

    Args:
        voice: the melody; of notes that begin together the last counts.
    """
    bar = _bar_of(voice.meter)
    if bar is None or len(voice.notes) < _MIN_ONSETS or not _may_begin_with_pickup(piece, voice):
        return None
    is_top = np.append(voice.notes.onset[1:] > voice.notes.onset[:-1], True)
    notes = voice.notes if is_top.all() else voice.notes[is_top]
    melody = _Line.of(notes, voice)
    last = int(melody.slot[-1])
    length = last - int(melody.slot[0])
    strength = int(bar.strength[last % bar.slots]) if melody.is_on_slot[-1] else 0
    if strength > 1 or not _MIN_BARS * bar.slots <= length <= _MAX_SLOTS:
        return None
    velocity = notes.velocity[melody.is_on_slot]  # without grace notes, which have the accents of the notes after them
    if len(velocity) < _MIN_ON_SLOTS * len(notes) or speaks_for_the_file(velocity):
        return None
    score = _scores(melody, _all_notes(piece, voice), bar)
    best = int(score.argmax())
    if score[best] - score[0] <= _MIN_GAIN or bar.strength[(last - best) % bar.slots] <= strength:
        return None
    return replace(voice, bar_line=voice.bar_line + best * voice.ticks_per_quarter // 2)


def _may_begin_with_pickup(piece: Piece, voice: Voice) -> bool:
    """Return whether a piece has bars of one length, no drums, and its first note on a bar line."""
    if any(change.meter.quarters != voice.meter.quarters for change in piece.meters):
        return False
    tracks = [track for track in piece.tracks if len(track.notes)]
    if any(track.is_drums for track in tracks):
        return False
    first = min(int(track.notes.onset[0]) for track in tracks)
    late, tolerance = first - voice.bar_line, _TOLERANCE * voice.ticks_per_quarter / 2
    return late >= 0 and (late + tolerance) % (voice.meter.quarters * voice.ticks_per_quarter) <= 2 * tolerance


def speaks_for_the_file(velocity: IntArray) -> bool:
    """Return whether velocities say that the bars of a file are meant: it has accents, or was played.

    Converters of notation accent single notes, by which bars are found (`accents`), and a player hears the bars.

    Args:
        velocity: of two or more notes, shape (num_notes,); the first is not looked at.
    """
    loud = velocity[1:] == np.maximum.reduce(velocity)
    count = np.count_nonzero(loud)
    is_accented = count >= _MIN_ACCENTS and np.count_nonzero(loud[1:] & loud[:-1]) <= _MAX_JOINED * count
    return bool(is_accented) or len(distinct(velocity)) >= _PLAYED


def _all_notes(piece: Piece, voice: Voice) -> _Line:
    """Return all notes of a piece that begin while the melody goes on."""
    start, stop = voice.notes.onset[0], voice.notes.end[-1]
    inside = [track.notes[slice(*np.searchsorted(track.notes.onset, (start, stop)))] for track in piece.tracks]
    if len(inside) == 1:
        return _Line.of(inside[0], voice)
    lines = [_Line.of(notes, voice) for notes in inside]
    return _Line(*(np.concatenate([getattr(line, name) for line in lines]) for name in ("onset", "end", "pitch")))


def _scores(melody: _Line, notes: _Line, bar: _Bar) -> Float64s:
    """Return how likely a bar begins at each slot after the bar line of the file, as logits, shape (slots,).

    Args:
        notes: all notes, those of the melody among them.
    """
    score = np.ravel(_profiles(melody, notes, bar)) @ bar.of_profiles + bar.of_pickups
    if not melody.is_on_slot[-1]:
        return score
    strength = bar.strength[(melody.slot[-1] - np.arange(bar.slots)) % bar.slots]
    share = min(1.0, float(melody.end[-1] - melody.onset[-1]) / bar.slots)
    on_bar, on_half, of_length = _OF_LAST
    return score + (strength == 3) * (on_bar + of_length * share) + (strength == 2) * on_half


def _profiles(melody: _Line, notes: _Line, bar: _Bar) -> Float64s:
    """Return the profiles of the bar in the order of `_OF_PROFILES`, shape (num_profiles, slots)."""
    size = int(max(melody.end[-1], notes.end.max())) + 1
    size += -size % bar.slots
    began = np.bincount(notes.slot[notes.is_on_slot], minlength=size)
    held = _held(notes, size)
    in_slots = np.stack(
        [_peaks(melody, bar, size), np.minimum(1, _held(melody, size)), held / np.maximum(1, held + began)]
    )
    onset, end = np.floor(notes.onset + _TOLERANCE).astype(np.int64), np.ceil(notes.end - _TOLERANCE).astype(np.int64)
    sounded = sounded_before(onset, np.maximum(1, end - onset), notes.pitch, bar.slots)
    novelties = [harmonic_novelty(sounded, bar.slots, width) for width in (bar.slots // 2, bar.beat)]
    return np.vstack([in_slots.reshape(len(in_slots), -1, bar.slots).mean(axis=1), novelties])


def _peaks(melody: _Line, bar: _Bar, size: int) -> Float64s:
    """Return 1 for each slot on which a note begins that is longer than both neighbours, else 0, shape (size,)."""
    length = np.minimum(np.diff(melody.onset, append=melody.end[-1]), bar.slots)
    rises = np.concatenate([[True], length[1:] > length[:-1] + _TOLERANCE])
    falls = np.concatenate([length[:-1] > length[1:] + _TOLERANCE, [True]])
    peaks = np.zeros(size)
    peaks[melody.slot[rises & falls & melody.is_on_slot]] = 1
    return peaks


def _held(notes: _Line, size: int) -> Float64s:
    """Return how many notes that began earlier sound on at each slot, shape (size,)."""
    first = np.floor(notes.onset + _TOLERANCE).astype(np.int64) + 1
    stop = np.maximum(first, np.ceil(notes.end - _TOLERANCE).astype(np.int64))
    change = np.bincount(first, minlength=size + 1) - np.bincount(stop, minlength=size + 1)
    return np.cumsum(change)[:size].astype(np.float64)
