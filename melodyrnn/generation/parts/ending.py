"""How a piece of several parts comes to end on the tonic: one of its parts, the bass if it is drawn, must.

Where a largest interval is wished, the part may need several notes to reach a tonic. So each of its notes must leave
time, and notes by the wished density, for those after it. Shapes: V values of the field pitch.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Bools, IntArray
from ...events.vocabulary import Vocabulary
from ...music.units import NUM_PITCH_CLASSES, NUM_PITCHES, STEPS_PER_QUARTER
from .plan import PartsPlan

NEVER = 1 << 40  # an onset after every other
STEP = 3  # a shift of every vocabulary: the time that each note still to come is counted with
_LAST = 4  # steps before the end, by which the last note has begun
_FAR = 1 << 10  # notes to the tonic where it is out of reach


class Ending:
    """The way of the part that ends a piece to the tonic.

    Attributes:
        part: index of the part; None where any end will do.
        distance: (128,) how many notes after one of a pitch it takes to reach a tonic; 0 for a tonic.
    """

    def __init__(self, vocabulary: Vocabulary, plan: PartsPlan, pitches: list[IntArray]) -> None:
        """Measure the ways; `pitches` holds the values that each part may have."""
        self._plan = plan
        self.part = _part_of(vocabulary, plan)
        self.distance = np.full(NUM_PITCHES, _FAR)
        if self.part is not None:
            wish = plan.wishes_of(self.part)
            self.distance = _distances(pitches[self.part], wish.max_interval or NUM_PITCHES)

    def remaining(self, last: IntArray) -> IntArray:
        """Return how many more notes the part must have, of any shape, after its last value; -1 for none yet."""
        return np.where(last < 0, 1, self.distance[last])

    def latest(self, remaining: IntArray) -> IntArray:
        """Return the latest onset of the next of the remaining notes; `NEVER` where none need be."""
        latest: IntArray = np.where(remaining > 0, self._plan.stop - _LAST - STEP * (remaining - 1), NEVER)
        return latest

    def latest_end(self, remaining: IntArray) -> IntArray:
        """Return by when a note must end that as many are to follow."""
        return self.latest(remaining) - (STEP - 1)

    def narrow(self, allowed: Bools, pitch: IntArray, onset: int, end: int, notes_left: int) -> Bools:
        """Return which of the allowed pitches (V,) a note may have that leads to the tonic, (V,).

        Args:
            onset, end: of the note. In the last quarter it is a tonic where one is allowed.
            notes_left: how many notes may follow.
        """
        remaining = self.distance[pitch]
        leads: Bools = allowed & (end <= self.latest_end(remaining)) & (remaining <= notes_left)
        is_there = leads & (remaining == 0)
        is_late = onset + STEPS_PER_QUARTER >= self._plan.length
        return is_there if is_late and is_there.any() else leads


def _part_of(vocabulary: Vocabulary, plan: PartsPlan) -> int | None:
    """Return the part that ends on the tonic: the bass if it is drawn, else the first drawn melodic part."""
    drawn = [part for part in plan.drawn if vocabulary.kinds[part] == "melodic"]
    if plan.end != "tonic" or not drawn:
        return None
    bass = [part for part in drawn if vocabulary.parts[part].role == "bass"]
    return (bass or drawn)[0]


def _distances(pitches: IntArray, reach: int) -> IntArray:
    """Return for each pitch, (128,), how many steps of at most `reach` semitones lead to a tonic among `pitches`."""
    distance = np.full(NUM_PITCHES, _FAR)
    distance[pitches[pitches % NUM_PITCH_CLASSES == 0]] = 0
    is_near = np.abs(np.arange(NUM_PITCHES)[:, None] - pitches) <= reach
    for _ in range(len(pitches)):
        distance = np.minimum(distance, np.where(is_near, distance[pitches], _FAR).min(axis=1, initial=_FAR) + 1)
    return np.minimum(distance, _FAR)
