"""Voice leading: what a corpus avoids, its models avoid too where another pitch is left.

A network that draws the voices of a chord one after the other makes parallel fifths and octaves and lets voices cross
more often than the music that it learned from. In a corpus where they are rare, a pitch that makes one gives way to
others. Two lines are parallel where both move in one direction from a fifth to a fifth or from an octave to an octave;
octaves more or less do not matter. Values are those of the vocabulary, relative to the tonic.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Bools, IntArray
from ...events.parts.names import part_name
from ...events.vocabulary import Vocabulary
from ...json_types import JsonObject
from ...music.units import NUM_PITCH_CLASSES
from .plan import PartsPlan
from .state import State

_PERFECT = (0, 7)  # semitones, octaves taken away
_MAX_PARALLELS = 1.0  # per 100 chord changes, of a corpus that avoids them
_MAX_CROSSED = 0.05  # share of chords with crossing voices, of a corpus that avoids them


def avoided(statistics: JsonObject) -> tuple[bool, bool]:
    """Return whether the corpus of a model avoids parallels, and whether it avoids crossing voices."""
    known = statistics.get("voice_leading", {})
    parallels = known.get("fifths_per_100"), known.get("octaves_per_100")
    crossed = known.get("crossed_share")
    rare = all(share is not None for share in parallels) and sum(parallels) < _MAX_PARALLELS
    return rare, crossed is not None and crossed < _MAX_CROSSED


def registers(vocabulary: Vocabulary, statistics: JsonObject) -> tuple[float, ...]:
    """Return the middle of the range of each part in the corpus of a model; 0 where it is not known."""
    known = statistics.get("parts", {})
    own = (known.get(part_name(vocabulary, part), {}) for part in range(len(vocabulary.parts)))
    return tuple((one.get("lowest_pitch", 0) + one.get("highest_pitch", 0)) / 2 for one in own)


class Leading:
    """Narrows the pitches of lines by what the corpus avoids."""

    def __init__(self, vocabulary: Vocabulary, plan: PartsPlan, given: Sequence[IntArray], values: Sequence[IntArray]):
        """Use the onsets and the values of the given notes of each part."""
        lines = [part for part in plan.lines if vocabulary.kinds[part] == "melodic"]
        self._lines = lines
        self._avoids_parallels, self._avoids_crossing = plan.avoids
        self._registers = plan.registers
        self._given, self._values = given, values

    def narrow(self, allowed: Bools, known: IntArray, state: State, row: int, part: int, onset: int) -> Bools:
        """Return the allowed values (V,) of `known` without those that are avoided, if others are left."""
        if part not in self._lines or not (self._avoids_parallels or self._avoids_crossing):
            return allowed
        others = [(one, *self._motion(state, row, one, onset)) for one in self._lines if one != part]
        for own in (self._parallel(known, state, row, part, others), self._crossing(known, part, onset, state, row)):
            if (allowed & ~own).any():
                allowed = allowed & ~own
        return allowed

    def _motion(self, state: State, row: int, part: int, onset: int) -> tuple[int, int]:
        """Return from which value to which a part moves at an onset; the same one twice where it does not."""
        last, before = int(state.last[row, part]), int(state.before[row, part])
        if state.begun[row, part] == onset:
            return (before, last) if before >= 0 else (last, last)
        place = np.searchsorted(self._given[part], onset)
        if place < len(self._given[part]) and self._given[part][place] == onset and last >= 0:
            return last, int(self._values[part][place])
        return last, last

    def _parallel(
        self, known: IntArray, state: State, row: int, part: int, others: Sequence[tuple[int, int, int]]
    ) -> Bools:
        """Return which values move in parallel with another line, (V,)."""
        found = np.zeros(len(known), dtype=bool)
        own = int(state.last[row, part])
        if not self._avoids_parallels or own < 0:
            return found
        for _, before, now in others:
            interval = abs(own - before) % NUM_PITCH_CLASSES
            if before < 0 or before == now or interval not in _PERFECT:
                continue
            same = np.sign(known - own) == np.sign(now - before)
            found |= same & (np.abs(known - now) % NUM_PITCH_CLASSES == interval)
        return found

    def _crossing(self, known: IntArray, part: int, onset: int, state: State, row: int) -> Bools:
        """Return which values lie beyond a line that is usually on the other side, (V,)."""
        found = np.zeros(len(known), dtype=bool)
        if not self._avoids_crossing:
            return found
        for other in self._lines:
            is_settled = other < part or state.begun[row, other] == onset or len(self._given[other]) > 0
            _, now = self._motion(state, row, other, onset)
            if other == part or now < 0 or not is_settled:
                continue
            is_above = self._registers[other] > self._registers[part]
            found |= known > now if is_above else known < now
        return found
