"""A melody on the grid: what the network learns and writes.

Conventions: onset and duration in grid steps, 12 to the quarter note, so that triplets are exact; arrays are int64
of shape (num_notes,); the first bar line stands at step 0 and every bar has `bar` steps; a pick-up is a first onset
in the second half of bar 0. `Melody` ↔ `Piece` and `Melody` ↔ event rows are exact both ways.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ..music.keys import Key, guess_key, tonic_offset
from ..music.piece import DEFAULT_TEMPO, KeySignature, Meter, Notes, Piece, Tempo, Track, bar_length
from ..music.voice import Voice, find_pickup
from .rhythm import STEPS_PER_QUARTER as STEPS_PER_QUARTER
from .rhythm import snap_durations, snap_onsets

TICKS_PER_QUARTER = 480
_TICKS_PER_STEP = TICKS_PER_QUARTER // STEPS_PER_QUARTER

# Columns of an event row, in the order in which the network predicts them.
SHIFT, DURATION, PITCH, VELOCITY = range(4)

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Melody:
    """Notes on the grid with meter, key, tempo and name."""

    onset: IntArray
    duration: IntArray
    pitch: IntArray
    velocity: IntArray
    meter: tuple[int, int]
    key: Key
    microseconds_per_quarter: int = DEFAULT_TEMPO
    name: str = ""

    def __len__(self) -> int:
        return len(self.onset)

    @property
    def bar(self) -> int:
        """Steps in a bar."""
        return bar_length(*self.meter, STEPS_PER_QUARTER)

    @property
    def num_bars(self) -> int:
        """Bars from step 0 to the bar line at or after the last note's end."""
        end = int(np.maximum.reduce(self.onset + self.duration)) if len(self.onset) else 0
        return max(1, -(-end // self.bar))

    @property
    def pickup_bars(self) -> int:
        """1 where bar 0 holds only a pick-up, else 0."""
        return int(len(self.onset) > 0 and opens_with_pickup(self.onset[0], self.bar))


def opens_with_pickup(onset: Any, bar: Any) -> Any:
    """Whether a first onset so many steps after a bar line makes its bar a pick-up; numbers or arrays of them."""
    return 2 * onset >= bar


def quantize(voice: Voice, offset: float = 0.0, snap: bool = False, snap_ends: bool = False) -> tuple[Melody, float]:
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
    meter = (voice.meter.numerator, voice.meter.denominator)
    bar = bar_length(*meter, STEPS_PER_QUARTER)
    late = find_pickup(onset, velocity, bar)
    onset = onset + (bar - late) % bar
    onset = onset - onset[0] // bar * bar
    key = guess_key(pitch, duration, voice.key)
    return Melody(onset, duration, pitch, velocity, meter, key, voice.microseconds_per_quarter, voice.name), error


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


def _steps(voice: Voice, of_ends: bool = False) -> npt.NDArray[np.float64]:
    """Exact onsets, or ends, in steps from the bar line."""
    ticks = voice.notes.end if of_ends else voice.notes.onset
    return (ticks - voice.bar_line) * STEPS_PER_QUARTER / voice.ticks_per_quarter


def split_at_rests(melody: Melody, max_rest: int) -> list[Melody]:
    """Cut a melody wherever it is silent for more than `max_rest` steps; bars keep their places."""
    silent = melody.onset[1:] - (melody.onset + melody.duration)[:-1]
    if len(melody) < 2 or np.maximum.reduce(silent) <= max_rest:
        return [melody]
    cuts = [0, *(np.nonzero(silent > max_rest)[0] + 1).tolist(), len(melody)]
    return [_slice(melody, start, stop) for start, stop in pairwise(cuts)]


def _slice(melody: Melody, start: int, stop: int) -> Melody:
    onset = melody.onset[start:stop]
    return replace(
        melody,
        onset=onset - onset[0] // melody.bar * melody.bar,
        duration=melody.duration[start:stop],
        pitch=melody.pitch[start:stop],
        velocity=melody.velocity[start:stop],
    )


def encode(melody: Melody) -> IntArray:
    """Event rows, shape (num_notes, 4): shift, duration, pitch carried to a tonic of C, velocity."""
    rows = np.empty((len(melody.onset), 4), dtype=np.int64)
    rows[:1, SHIFT] = melody.onset[:1]
    rows[1:, SHIFT] = melody.onset[1:] - melody.onset[:-1]
    rows[:, DURATION] = melody.duration
    rows[:, PITCH] = melody.pitch - tonic_offset(melody.key)
    rows[:, VELOCITY] = melody.velocity
    return rows


def decode(rows: IntArray, meter: tuple[int, int], key: Key, **rest: object) -> Melody:
    """The melody of event rows; `rest` may hold `microseconds_per_quarter` and `name`."""
    rows = np.asarray(rows, dtype=np.int64).reshape(-1, 4)
    return Melody(
        np.cumsum(rows[:, SHIFT]),
        rows[:, DURATION],
        rows[:, PITCH] + tonic_offset(key),
        rows[:, VELOCITY],
        meter,
        key,
        **rest,  # type: ignore[arg-type]
    )


def to_piece(melody: Melody, num_bars: int | None = None, program: int = 0, texts: tuple[str, ...] = ()) -> Piece:
    """A piece of one track at 480 ticks per quarter that ends on a bar line: `num_bars`, or the next one."""
    notes = Notes.of(melody.onset * _TICKS_PER_STEP, melody.duration * _TICKS_PER_STEP, melody.pitch, melody.velocity)
    bars = melody.num_bars if num_bars is None else num_bars
    return Piece(
        TICKS_PER_QUARTER,
        (Track(notes, melody.name or "melody", program),),
        (Tempo(0, melody.microseconds_per_quarter),),
        (Meter(0, *melody.meter),),
        (KeySignature(0, melody.key),),
        bars * melody.bar * _TICKS_PER_STEP,
        texts,
    )
