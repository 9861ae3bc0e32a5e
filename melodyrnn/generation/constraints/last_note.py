"""A last note that begins and ends at given steps, and how many events fit up to it.

A melody must arrive at its last note exactly: of two shifts that would leave it before, the one is allowed from which
successive shifts of the vocabulary lead there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Bools, IntArray
from ...events.vocabulary import Vocabulary
from ...music.units import NUM_PITCH_CLASSES
from .base import Constraint, Preference, State
from .room import Room, Steps


@dataclass(frozen=True, slots=True)
class LastNotes:
    """The last note of each melody.

    Attributes:
        onset, end: in steps, (B, 1).
        pitch_class: 0..11, (B, 1), -1 where it may be any; None where none is preferred.
        approach: the interval into it, in semitones, (B, 1); None where none is preferred.
        before: the pitch class of the note before it, with an approach, (B, 1), -1 where it may be any.
    """

    onset: IntArray
    end: IntArray
    pitch_class: IntArray | None = None
    approach: IntArray | None = None
    before: IntArray | None = None


def usable_shifts(vocabulary: Vocabulary) -> IntArray:
    """Return the shifts that can follow a note, ascending: those that are not shorter than the shortest duration."""
    shift = vocabulary.sorted_values["shift"]
    return shift[shift >= max(1, int(vocabulary.sorted_values["duration"][0]))]


def most_notes(vocabulary: Vocabulary, steps: int) -> IntArray:
    """Return the most notes up to a last one that begins 0, 1 ... `steps` steps after the first, (steps + 1,).

    It is 1 for 0 steps, and 0 where no sequence of shifts leads there.
    """
    usable = usable_shifts(vocabulary)
    most = np.zeros(steps + 1, dtype=np.int64)
    most[0] = 1
    for distance in range(1, steps + 1):
        before = most[distance - usable[usable <= distance]]
        most[distance] = before.max(initial=0) + bool(before.any())
    return most


class RoomToLastNote(Room):
    """The room up to the last note of each melody: how many events fit so that the last of them is exactly there."""

    def __init__(self, vocabulary: Vocabulary, end: Steps, last: LastNotes) -> None:
        """Start with the step by which the notes of all melodies end, or of each, (B, 1), and their last notes."""
        super().__init__(vocabulary, end)
        self._last, self._shift = last.onset, vocabulary.sorted_values["shift"][None]
        self._most = most_notes(vocabulary, int(last.onset.max()))

    def fits_from(self, onset: IntArray) -> IntArray:
        distance = self._last - onset
        found: IntArray = np.where(distance >= 0, self._most[np.clip(distance, 0, len(self._most) - 1)], 0)
        return found

    def must_follow(self, onset: IntArray) -> IntArray:
        return (onset < self._last) * 1

    def after(self, onset: IntArray, duration: IntArray) -> IntArray:
        """Return how many events fit after a note of each melody; `onset` and `duration` are (B, 1)."""
        fits = np.where(self._shift >= np.maximum(duration, 1), self.fits_from(onset + self._shift), 0)
        return fits.max(axis=1, keepdims=True)


class LastNote(Constraint):
    """The last note of each melody is where it is to be, and as long."""

    def __init__(self, last: LastNotes) -> None:
        self._last = last

    def allowed(self, field: str, state: State) -> Bools | None:
        if field != "duration":
            return None  # the room allows no onset from which the last note cannot be reached
        return (state.onset != self._last.onset) | (state.end == self._last.end)

    def needs(self, state: State) -> IntArray | None:
        return np.where(state.last_onset < self._last.onset, 1, 0) if not state.first else np.ones((1, 1), np.int64)


class LastPitchClass(Preference):
    """The last note of each melody has its pitch class, where the other wishes leave such a pitch."""

    def __init__(self, last: LastNotes, pitch_class: IntArray) -> None:
        self._onset, self._class = last.onset, pitch_class

    def preferred(self, field: str, state: State) -> Bools | None:
        if field != "pitch":
            return None
        return (state.onset != self._onset) | (self._class < 0) | (state.pitch % NUM_PITCH_CLASSES == self._class)
