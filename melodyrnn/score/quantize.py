"""Quantizes voices: ticks are rounded to steps of the grid, with bar lines and a key.

An extractor makes voices, measures how well they fit the grid (`grid_error`, `grid_offset`), and quantizes them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Float64s, IntArray
from ..music.keys import Key
from ..music.meter import Meter
from ..music.modal import guess_modal_key, opening_of
from ..music.piece import Notes
from ..music.units import STEPS_PER_QUARTER
from .rhythm import snap_durations, snap_onsets
from .score import Score


@dataclass(frozen=True, slots=True)
class Voice:
    """A monophonic line of one meter, in ticks, with its tempo and key.

    Attributes:
        track: number in the file, from 0, of the track of the line.
        name: the name of its score.
        key: the key of the key signature; None where there is none.
        bar_line: tick of a bar line; notes before it are a pick-up.
    """

    notes: Notes
    track: int
    name: str
    ticks_per_quarter: int
    meter: Meter
    microseconds_per_quarter: int
    key: Key | None
    bar_line: int = 0


def quantize(
    voice: Voice, offset: float = 0.0, snap: bool = False, snap_ends: bool = False, by_accents: bool = True
) -> tuple[Score, float]:
    """Return a voice as a score on the grid, and its quantization error.

    Onsets and ends are rounded to the nearest step. A note that would have no duration lasts one step; of notes that
    round to one onset the highest is kept.

    Args:
        offset: by how many steps the grid is late in the file (see `grid_offset`).
        snap: whether played onsets are moved to notated positions (see `rhythm`).
        snap_ends: whether the ends of notes are moved in the same way.
        by_accents: whether bar lines are moved to the accents (see `find_pickup`).

    Returns:
        A melody, and the mean distance of an exact onset from its step, in steps (onsets at random: 0.25).
    """
    notes = voice.notes
    exact = exact_steps(voice) - offset
    onset = np.rint(exact).astype(np.int64)
    error = float(np.add.reduce(np.abs(exact - onset))) / max(1, len(onset))
    end = exact_steps(voice, of_ends=True) - offset
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
    late = find_pickup(onset, velocity, bar) if by_accents else 0
    onset = onset + (bar - late) % bar
    onset = onset - onset[0] // bar * bar
    key = guess_modal_key(pitch, duration, voice.key, opening_of(onset, pitch, bar))
    for column in (onset, duration):
        column.setflags(write=False)  # so that the score does not copy them
    tempo = voice.microseconds_per_quarter
    return Score.line(onset, duration, pitch, velocity, voice.meter, key, tempo, voice.name), error


def grid_error(voice: Voice, offset: float = 0.0, of_ends: bool = False, per_step: int = 1) -> float:
    """Return the quantization error of the onsets, or of the ends, of a voice: see `quantize`.

    Args:
        per_step: lines of the grid in a step; the error is in their distance.
    """
    exact = (exact_steps(voice, of_ends) - offset) * per_step
    return float(np.add.reduce(np.abs(exact - np.rint(exact)))) / max(1, len(exact))


def grid_offset(voice: Voice) -> tuple[float, float]:
    """Return by how many steps (-0.5..0.5) the grid that fits a voice best is late, and the quantization error on it.

    The offset is the circular mean of the onsets' positions between two steps.
    """
    exact = exact_steps(voice)
    angle = exact * (2 * np.pi)
    offset = float(np.arctan2(np.sin(angle).mean(), np.cos(angle).mean())) / (2 * np.pi)
    exact = exact - offset
    return offset, float(np.abs(exact - np.rint(exact)).mean())


def exact_steps(voice: Voice, of_ends: bool = False) -> Float64s:
    """Return exact onsets, or ends, in steps from the bar line, shape (num_notes,)."""
    ticks = voice.notes.end if of_ends else voice.notes.onset
    return (ticks - voice.bar_line) * STEPS_PER_QUARTER / voice.ticks_per_quarter


def find_pickup(onset: IntArray, velocity: IntArray, bar: int) -> int:
    """Return by how much downbeats follow the bar lines of the file, in the unit of `onset`; 0 where they agree.

    Programs that turn notation into MIDI (abc2midi) write a pick-up at tick 0, so that every bar line of the file
    is early by the length of the pick-up, but they accent the downbeats. Where the loudest notes all have one position
    in the bar, other than its start, that position is the downbeat.

    Args:
        onset, velocity: shape (num_notes,).
        bar: length of a bar, in the unit of `onset`.
    """
    loud = velocity == np.maximum.reduce(velocity)
    loud[0] = False  # the first note of a file is accented too
    count = np.count_nonzero(loud)
    if count < 4 or count == len(loud) - 1:
        return 0
    counts = np.bincount(onset[loud] % bar, minlength=bar)
    best = int(counts.argmax())
    return best if counts[best] >= 0.9 * count else 0
