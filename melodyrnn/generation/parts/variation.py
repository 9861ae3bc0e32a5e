"""Varies a given piece of several parts: its rhythm stays, and of each part a share of the pitches is drawn anew.

All other notes are given, also those ahead. As in a melody, a pitch that is drawn is another one than before, and a bar
of a part that repeats an earlier one of it is varied as that was. Pitches are values of the vocabulary, relative to the
tonic. Shapes: N notes of the piece, V values of the field pitch.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...arrays import Bools, Columns, Float32s, Float64s, IntArray
from ...errors import SettingError
from ...events.parts.ahead import Ahead
from ...events.parts.past import PartsPast
from ...events.vocabulary import Vocabulary
from ...music.units import NUM_PITCHES
from ...network.network import Network
from ...score.score import Score
from ..drawn_note import OnNote
from ..sampling import streams
from ..variation import notes_to_draw, repeated_notes
from .given import GivenEvents
from .outlines import outlines_of
from .plan import PartsPlan, index_of_slots
from .sampler import Sampler
from .values import values_of


def vary_parts(
    network: Network, vocabulary: Vocabulary, plan: PartsPlan, is_locked: Bools, share: float, on_note: OnNote
) -> list[Score]:
    """Return `plan.num` variations of `plan.given`, in which a share of the pitches of the drawn parts is drawn anew.

    Args:
        is_locked: which notes stay, (N,).

    Raises:
        SettingError: where the drawn parts have no note that may be varied.
    """
    if plan.given is None:
        raise ValueError("a variation needs a given piece. Received: none")
    part = index_of_slots(vocabulary, plan.given.parts)[plan.given.part]
    stays = is_locked | ~np.isin(part, plan.drawn)
    if stays.all():
        raise SettingError(
            "a variation must have a note to vary. Received: none in the parts to vary that is not locked"
        )
    return [
        _Variation(network, vocabulary, plan, plan.given, part, stays, share, piece).draw(on_note)
        for piece in range(plan.num)
    ]


class _Variation:
    """One variation, while it is drawn.

    Attributes:
        _events: the notes in the order of the stream; `_note` are their numbers in the given piece.
        _value: (N,) the pitches so far: new ones of the notes that were read, old ones of those to come.
    """

    def __init__(
        self,
        network: Network,
        vocabulary: Vocabulary,
        plan: PartsPlan,
        given: Score,
        part: IntArray,
        stays: Bools,
        share: float,
        piece: int,
    ) -> None:
        self._vocabulary, self._plan, self._given, self._part = vocabulary, plan, given, part
        self._old = given.pitch - vocabulary.events.transposition(plan.key)
        self._value = self._old.copy()
        self._twin, self._chosen = _chosen(part, given, stays, share, streams(plan.seed, [piece], len(given))[0])
        self._sampler = Sampler(network, plan.sampling, plan.seed, [piece])
        self._stream = GivenEvents.of(plan, vocabulary, 1)
        self._events = self._stream.events
        self._note = np.lexsort((given.pitch, part, given.onset))
        self._past = PartsPast(vocabulary, outlines_of(vocabulary, plan, self._stream, [piece]), len(given))
        is_melodic = np.array([kind == "melodic" for kind in vocabulary.kinds])
        self._ahead = Ahead(self._events[~self._chosen[self._note]], self._past.inputs, is_melodic)
        self._known = {number: values_of(vocabulary, plan, number) for number in plan.drawn}

    def draw(self, on_note: OnNote) -> Score:
        """Return the variation."""
        now = 0
        for event in range(len(self._note)):
            on_note()
            now = self._read(event, now)
        return replace(self._given, pitch=self._given.pitch + self._value - self._old)

    def _read(self, event: int, now: int) -> int:
        """Read or draw the next note, after one at the step `now`; return its onset."""
        past, columns = self._past, len(self._past.inputs.columns)
        onset, part = int(self._events.onset[event]), self._events.part[event : event + 1]
        before = past.before()
        split = before.shape[1]
        context = np.zeros((1, columns), dtype=np.uint8)
        context[:, :split] = before
        order = past.order if event else np.array([-1])
        self._ahead.before(np.array([now]), order, context)
        output = self._sampler.step(context[:, :split], np.array([0]))
        bars = (onset - now) // self._plan.bar if onset - now > self._vocabulary.sorted_values["shift"][-1] else 0
        if bars:
            past.wait(np.array([bars * self._plan.bar]))
        shift = np.array([onset - now - bars * self._plan.bar])
        at = past.at(shift)
        context[:, split : split + at.shape[1]] = at
        self._ahead.at(np.array([onset]), context)
        context[:, split + len(past.inputs.at) :] = past.within(shift, part)
        values = self._stream.rows[event : event + 1].copy()
        values[:, 0] = shift
        note = int(self._note[event])
        if self._chosen[note]:
            self._value[note] = self._new_value(note, output, context, values)
            values[:, list(self._vocabulary.values).index("pitch")] = self._value[note]
        past.append(values)
        return onset

    def _new_value(self, note: int, output: Float32s, context: Columns, values: IntArray) -> int:
        """Return another pitch for a note, or its own where it may have no other."""
        known = self._vocabulary.sorted_values["pitch"]
        allowed = self._allowed(note, known)
        twin = int(self._value[self._twin[note]])
        if self._twin[note] != note and twin in known[allowed]:
            return twin
        if not allowed.any():
            return int(self._old[note])
        indices = self._vocabulary.encode(values)[0]
        p = self._sampler.probabilities("pitch", output, context, indices, np.array([0]))
        return int(known[self._sampler.draw("pitch", p, allowed[None], np.array([True]))[0]])

    def _allowed(self, note: int, known: IntArray) -> Bools:
        """Return which pitches a note may have, (V,): no other note of its part that sounds with it has them.

        The notes of a chord keep their order, and a largest interval is that between the highest notes of a part.
        """
        part, onset = int(self._part[note]), self._given.onset
        end = onset + self._given.duration
        own = (self._part == part) & (np.arange(len(onset)) != note)
        together = own & (onset == onset[note])
        sounding = own & (onset < end[note]) & (end > onset[note])
        lower = self._value[together & (self._old < self._old[note])].max(initial=-1)
        higher = self._value[together & (self._old > self._old[note])].min(initial=NUM_PITCHES)
        allowed = np.isin(known, self._known[part]) & (known != self._old[note])
        allowed &= ~np.isin(known, self._value[sounding]) & (known > lower) & (known < higher)
        reach = self._plan.wishes_of(part).max_interval
        if reach is not None and higher == NUM_PITCHES:
            for other in self._highest_beside(note, own):
                allowed &= np.abs(known - other) <= reach
        found: Bools = allowed
        return found

    def _highest_beside(self, note: int, own: Bools) -> list[int]:
        """Return the highest pitches at the onsets of a part before and after that of a note."""
        onset, now = self._given.onset, int(self._given.onset[note])
        before, after = onset[own & (onset < now)], onset[own & (onset > now)]
        beside = [*before[-1:].tolist(), *after[:1].tolist()]
        return [int(self._value[own & (onset == step)].max()) for step in beside]


def _chosen(part: IntArray, given: Score, stays: Bools, share: float, numbers: Float64s) -> tuple[IntArray, Bools]:
    """Return for each note the one whose variation it shares, and whether it is drawn; of each part a share is."""
    twin, chosen = np.arange(len(part)), np.zeros(len(part), dtype=bool)
    for number in np.unique(part[~stays]).tolist():
        own = np.flatnonzero(part == number)
        alike = repeated_notes(given[own])
        twin[own] = own[alike]
        chosen[own] = notes_to_draw(alike, stays[own], numbers[own], share)
    return twin, chosen
