"""Voices onto the grid: onsets and ends in ticks to steps, where the bar lines stand, and the key.

A `Voice` is what an extractor hands over; how well it fits the grid is measured before it is decided what to do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Float64s, IntArray
from ..music.keys import Key, guess_key
from ..music.meter import Meter
from ..music.piece import Notes
from ..music.units import STEPS_PER_QUARTER
from .rhythm import snap_durations, snap_onsets
from .score import Score


@dataclass(frozen=True, slots=True)
class Voice:
    """A monophonic line of one meter, in ticks, with what governs it. `track` is its number in the file, from 0.

    `bar_line` is the tick of a bar line. Notes may stand before it: they are a pick-up.
    """

    notes: Notes
    track: int
    name: str
    ticks_per_quarter: int
    meter: Meter
    microseconds_per_quarter: int
    key: Key | None
    bar_line: int = 0


def quantize(voice: Voice, offset: float = 0.0, snap: bool = False, snap_ends: bool = False) -> tuple[Score, float]:
    """Put a voice on the grid.

    Args:
        offset: how late the grid stands in the file, in steps (see `grid_offset`).
        snap: whether onsets were played freely, and go where they would be notated (see `rhythm`).
        snap_ends: the same of the ends of notes.

    Returns:
        The melody, and the quantisation error: the mean distance of an onset from its step, in steps (0.25 is
        what notes strewn at random would show). Onsets and ends round to the nearest step, once; a note that would
        vanish keeps one step; of notes that round to one onset the highest stays.
    """
    notes = voice.notes
    exact = _steps(voice) - offset
    onset = np.rint(exact).astype(np.int64)
    error = float(np.add.reduce(np.abs(exact - onset))) / max(1, len(onset))
    end = _steps(voice, of_ends=True) - offset
    if snap:
        onset = snap_onsets(exact, swung=True)
    pitch, velocity = notes.pitch, notes.velocity
    room = onset[1:] - onset[:-1]
    if len(room) and np.minimum.reduce(room) <= 0:
        order = np.lexsort((pitch, onset))
        order = order[np.append(np.diff(onset[order]) > 0, True)]
        onset, end, pitch, velocity = onset[order], end[order], pitch[order], velocity[order]
        room = onset[1:] - onset[:-1]
    if snap_ends:
        duration = snap_durations(onset, end)
    else:
        duration = np.maximum(1, np.rint(end).astype(np.int64) - onset)
        duration[:-1] = np.minimum(duration[:-1], room)
    bar = voice.meter.bar(STEPS_PER_QUARTER)
    late = find_pickup(onset, velocity, bar)
    onset = onset + (bar - late) % bar
    onset = onset - onset[0] // bar * bar
    key = guess_key(pitch, duration, voice.key)
    tempo = voice.microseconds_per_quarter
    return Score.line(onset, duration, pitch, velocity, voice.meter, key, tempo, voice.name), error


def grid_error(voice: Voice, offset: float = 0.0, of_ends: bool = False) -> float:
    """The quantisation error of `quantize`, of onsets or of ends, without the melody."""
    exact = _steps(voice, of_ends) - offset
    return float(np.add.reduce(np.abs(exact - np.rint(exact)))) / max(1, len(exact))


def grid_offset(voice: Voice) -> tuple[float, float]:
    """How late the grid stands that fits the voice best, in steps, -0.5..0.5, and the quantisation error on it.

    The offset is the circular mean of the onsets' places between two steps.
    """
    exact = _steps(voice)
    angle = exact * (2 * np.pi)
    offset = float(np.arctan2(np.sin(angle).mean(), np.cos(angle).mean())) / (2 * np.pi)
    exact = exact - offset
    return offset, float(np.abs(exact - np.rint(exact)).mean())


def _steps(voice: Voice, of_ends: bool = False) -> Float64s:
    """Exact onsets, or ends, in steps from the bar line."""
    ticks = voice.notes.end if of_ends else voice.notes.onset
    return (ticks - voice.bar_line) * STEPS_PER_QUARTER / voice.ticks_per_quarter


def find_pickup(onset: IntArray, velocity: IntArray, bar: int) -> int:
    """How far the first bar line stands from the first onset, in `onset`'s units; 0 where bars begin at 0.

    Programs that turn notation into MIDI (abc2midi) write a pick-up at tick 0 and let every bar line of the file
    stand late by it, but accent the downbeats. Where the loudest notes all fall on one other place in the bar,
    that place is the downbeat.
    """
    loud = velocity == np.maximum.reduce(velocity)
    loud[0] = False  # whatever opens the file is accented too
    count = np.count_nonzero(loud)
    if count < 4 or count == len(loud) - 1:
        return 0
    counts = np.bincount(onset[loud] % bar, minlength=bar)
    best = int(counts.argmax())
    return best if counts[best] >= 0.9 * count else 0
