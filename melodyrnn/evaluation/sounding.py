"""What sounds when in a score of several parts.

Conventions: a span is the time between two successive moments, in steps, at which a melodic note begins or ends; within
a span nothing changes. A voice is the highest pitch that sounds in a melodic part. Drums and chord symbols are no
pitches and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Bools, IntArray, distinct
from ..music.units import NUM_PITCH_CLASSES, NUM_PITCHES
from ..score.score import Score

SILENT = -1  # the pitch of a voice that does not sound


def melodic(score: Score) -> Score:
    """Return the score with the notes of its melodic parts alone; its parts are unchanged."""
    is_melodic = np.array([part.kind == "melodic" for part in score.parts])
    return score if is_melodic.all() else score[is_melodic[score.part]]


@dataclass(frozen=True, slots=True)
class Sounding:
    """The pitches that sound in each span.

    Attributes:
        start, length: of each span, in steps, shape (num_spans,).
        on: whether each pitch sounds, shape (num_spans, 128).
    """

    start: IntArray
    length: IntArray
    on: Bools

    def at(self, steps: IntArray) -> Bools:
        """Return whether each pitch sounds at some steps, shape (num_steps, 128); none does outside the spans."""
        place = np.searchsorted(self.start, steps, side="right") - 1
        silence = np.zeros((1, NUM_PITCHES), bool)
        is_over = steps >= (self.start[-1] + self.length[-1] if len(self.start) else 0)
        return np.concatenate([self.on, silence])[np.where(is_over, -1, place)]


def sounding(score: Score) -> Sounding:
    """Return what sounds in the melodic parts of a score."""
    notes = melodic(score)
    bounds = _bounds(notes)
    return Sounding(bounds[:-1], np.diff(bounds), _on(notes, bounds))


def voices(score: Score) -> tuple[IntArray, IntArray]:
    """Return the step of each onset in a melodic part, and the pitch of each voice there, `SILENT` where it has none.

    The shapes are (num_onsets,) and (num_onsets, num_voices), in the order of the parts; parts without notes are left
    out.
    """
    notes = melodic(score)
    bounds = _bounds(notes)
    onsets = distinct(notes.onset)
    place = np.searchsorted(bounds, onsets)
    tops = [_highest(_on(notes[notes.part == part], bounds))[place] for part in distinct(notes.part).tolist()]
    return onsets, np.stack(tops, axis=1) if tops else np.zeros((0, 0), np.int64)


def top_line(score: Score, part: int) -> Score:
    """Return the highest notes of a part as a score of one part: one an onset at most, none below one that sounds.

    A part of chord symbols, of which only one holds at a time, is returned whole.
    """
    own = score.only(part)
    if score.parts[part].kind == "chords":
        return own
    bounds = _bounds(own)
    highest = _highest(_on(own, bounds))[np.searchsorted(bounds, own.onset)]
    is_first = np.append(True, (own.onset[1:] != own.onset[:-1]) | (own.pitch[1:] != own.pitch[:-1]))[: len(own)]
    return own[(own.pitch == highest) & is_first]


def per_class(on: Bools) -> IntArray:
    """Return how many of the pitches that sound are of each pitch class, shape (num_spans, 12)."""
    whole = np.pad(on, ((0, 0), (0, -NUM_PITCHES % NUM_PITCH_CLASSES)))
    octaves = whole.reshape(len(on), whole.shape[1] // NUM_PITCH_CLASSES, NUM_PITCH_CLASSES)
    return octaves.sum(axis=1, dtype=np.int64)


def _bounds(notes: Score) -> IntArray:
    """Return the steps at which a note begins or ends, in order."""
    return distinct(np.concatenate([notes.onset, notes.onset + notes.duration]))


def _on(notes: Score, bounds: IntArray) -> Bools:
    """Return whether each pitch sounds between successive bounds, shape (num_bounds - 1, 128)."""
    change = np.zeros((len(bounds), NUM_PITCHES), np.int32)
    np.add.at(change, (np.searchsorted(bounds, notes.onset), notes.pitch), 1)
    np.add.at(change, (np.searchsorted(bounds, notes.onset + notes.duration), notes.pitch), -1)
    return np.cumsum(change, axis=0)[:-1] > 0


def _highest(on: Bools) -> IntArray:
    """Return the highest pitch of each span, `SILENT` where there is none."""
    return np.where(on.any(axis=1), NUM_PITCHES - 1 - on[:, ::-1].argmax(axis=1), SILENT)
