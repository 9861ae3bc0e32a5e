"""Varies a given melody: its rhythm stays, and a share of its pitches is drawn anew.

A pitch that is drawn anew is another one than before. It is drawn given all pitches before it and, where the pitch
after it stays, that one too. A bar that repeats an earlier bar is varied as that was.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np

from ..arrays import Bools, Columns, Float32s, Float64s, IntArray
from ..conditions.outline import Outline
from ..errors import SettingError
from ..events.past import Past
from ..events.rows import SHIFT
from ..events.vocabulary import Vocabulary
from ..network.network import Network
from ..score.score import Score
from .constraints.clashes import check
from .constraints.ending import ending_pitches
from .constraints.pitches import sounding_pitches
from .drawn_note import OnNote, go_on
from .mixture_temperature import sampling_with
from .plan import Plan
from .sampling import draw, streams
from .view import View
from .wishes import Wishes


def vary(network: Network, vocabulary: Vocabulary, plan: Plan, share: float, on_note: OnNote = go_on) -> list[Score]:
    """Return `plan.num` variations of the primer with its rhythm, in which a share of its pitches is drawn anew.

    Pitches are drawn among those that the wishes allow. Locked notes stay, and so does a last note that closes.

    Raises:
        SettingError: where wishes clash, the plan has no primer, or all its notes are locked.
    """
    if plan.view is None:
        raise SettingError("vary needs a primer to work on. Received: none")
    check(plan.wishes)
    if share and plan.view.is_locked.all():
        raise SettingError(f"locked notes must leave one to vary. Received: all {len(plan.view.score)} notes locked")
    return [_variation(network, vocabulary, plan, plan.view, share, piece, on_note) for piece in range(plan.num)]


def _variation(
    network: Network, vocabulary: Vocabulary, plan: Plan, view: View, share: float, piece: int, on_note: OnNote
) -> Score:
    """Return one variation. A note has two random numbers: when it is chosen to be drawn anew, and the draw itself."""
    primer = view.score
    numbers = streams(plan.seed, [piece], 2 * len(primer)).reshape(len(primer), 2)
    twin = repeated_notes(primer)
    chosen = notes_to_draw(twin, view.is_locked | closing(primer, plan.wishes), numbers[:, 0], share)
    reader = _Reader(network, vocabulary, plan, primer)
    pitch = primer.pitch.copy()
    for n in range(len(primer)):
        on_note()
        allowed = _pitches_allowed(plan, reader.sounding, pitch, n)
        allowed &= reader.sounding != primer.pitch[n]
        if chosen[n] and allowed.any():
            same = int(pitch[twin[n]])
            is_alike = twin[n] != n and allowed[reader.sounding == same].any()
            following = None if n + 1 == len(primer) or chosen[n + 1] else int(primer.pitch[n + 1])
            pitch[n] = same if is_alike else reader.draw(n, allowed, following, numbers[n : n + 1, 1])
        reader.append(n, int(pitch[n]))
    return replace(primer, pitch=pitch, microseconds_per_quarter=plan.microseconds_per_quarter)


def repeated_notes(score: Score) -> IntArray:
    """Return for each note the same note of the first bar with all the same notes, itself where there is none."""
    twin = np.arange(len(score))
    first: dict[tuple[tuple[int, ...], ...], int] = {}
    bar, place = np.divmod(score.onset, score.bar)
    starts = np.flatnonzero(np.diff(bar, prepend=-1)).tolist()
    for start, stop in zip(starts, [*starts[1:], len(score)], strict=True):
        columns = (place[start:stop], score.duration[start:stop], score.pitch[start:stop])
        twin[start:stop] = first.setdefault(tuple(tuple(c.tolist()) for c in columns), start) + np.arange(stop - start)
    return twin


def notes_to_draw(twin: IntArray, stays: Bools, numbers: Float64s, share: float) -> Bools:
    """Return which notes are drawn anew, (num_notes,): together as near as can be to a share of those that may.

    Args:
        twin: see `repeated_notes`; such notes are drawn together.
        stays: which notes may not be drawn.
        numbers: in whose order they are chosen.
    """
    chosen = np.zeros(len(twin), dtype=bool)
    left = share * (~stays).sum()
    leaders = np.flatnonzero(twin == np.arange(len(twin)))
    for leader in leaders[np.argsort(numbers[leaders], kind="stable")].tolist():
        own = (twin == leader) & ~stays
        if own.sum() <= 2 * left:  # else it is nearer without
            chosen |= own
            left -= own.sum()
    return chosen


def closing(primer: Score, wishes: Wishes) -> Bools:
    """Return which notes close the melody as wished, (num_notes,): the last, or none."""
    is_closing = np.zeros(len(primer), dtype=bool)
    is_closing[-1:] = wishes.end == "tonic" and ending_pitches(wishes)[primer.pitch[-1:]]
    return is_closing


def _pitches_allowed(plan: Plan, sounding: IntArray, pitch: IntArray, n: int) -> Bools:
    """Return which of the `sounding` pitches note n may have, (V,), given the pitches of all notes, (num_notes,)."""
    wishes, inside = plan.wishes, np.clip(sounding, 0, 127)
    allowed = sounding_pitches(wishes)[inside] & (sounding == inside)
    if wishes.max_interval is not None:
        for other in (*pitch[max(0, n - 1) : n].tolist(), *pitch[n + 1 : n + 2].tolist()):  # the next one may stay
            allowed &= np.abs(sounding - other) <= wishes.max_interval
    if n == len(pitch) - 1:
        allowed &= ending_pitches(wishes)[inside]
    return allowed


class _Reader:
    """The network on the way through a melody, of which it reads every note as it is varied.

    The past is kept once for each pitch of the vocabulary, all the same, so that a note can be tried with all of them.
    """

    def __init__(self, network: Network, vocabulary: Vocabulary, plan: Plan, primer: Score) -> None:
        self._network, self._vocabulary, self._plan = network, vocabulary, plan
        self._pitches = vocabulary.sorted_values["pitch"]
        self.sounding: IntArray = self._pitches + vocabulary.events.transposition(plan.key)
        self._place = list(vocabulary.values).index("pitch")
        self._memory = network.initial_state(1)
        size = len(self._pitches)
        self._past = Past(vocabulary, [Outline.of(primer)] * size, len(primer))
        self._rows = vocabulary.events.encode(primer)
        self._indices, _ = vocabulary.encode(self._rows)
        self._sampling = sampling_with(plan.sampling, network.ngrams)
        self._ngrams = network.ngrams.begin(1, len(primer))
        self._step()

    def draw(self, n: int, allowed: Bools, following: int | None, uniform: Float64s) -> int:
        """Return a pitch for note n, one of those `allowed`, (V,).

        Args:
            following: the pitch of the next note; None where that is drawn too.
        """
        context = self._context(self._past, self._before, n)
        indices = self._indices[n : n + 1]
        p = self._network.head("pitch", self._output, context[:1], indices).probabilities()
        p = self._ngrams.mix("pitch", p, np.arange(1), indices)
        if following is not None:
            p = p * self._leading_to(n, following)
        return int(self.sounding[draw(self._sampling.shape("pitch", p, allowed[None]), uniform)[0]])

    def append(self, n: int, pitch: int) -> None:
        """Read note n with a pitch."""
        values = self._values(n)
        index = np.argmin(np.abs(self.sounding - pitch))
        values[:, self._place] = self._pitches[index]
        self._past.append(values)
        own = self._indices[n : n + 1].copy()
        own[:, self._place] = index
        self._ngrams.append(own)
        self._step()

    def _leading_to(self, n: int, following: int) -> Float32s:
        """Return how likely the pitch of note n + 1 is after each pitch of note n, (1, V)."""
        values = self._values(n)
        values[:, self._place] = self._pitches
        past = deepcopy(self._past)
        past.append(values)
        before = past.before()
        memory = [tuple(np.repeat(part, len(self._pitches), axis=0) for part in layer) for layer in self._memory]
        output, _ = self._network.step(before, memory)
        context = self._context(past, before, n + 1)
        indices = np.repeat(self._indices[n + 1 : n + 2], len(before), axis=0)
        p = self._network.head("pitch", output, context, indices).probabilities()
        return p[None, :, np.argmin(np.abs(self.sounding - following))]

    def _step(self) -> None:
        self._before = self._past.before()
        self._output, self._memory = self._network.step(self._before[:1], self._memory)

    def _values(self, n: int) -> IntArray:
        """Return the values of note n for each pitch of the vocabulary, (V, F), with its exact shift."""
        values = np.repeat(self._vocabulary.decode(self._indices[n : n + 1]), len(self._pitches), axis=0)
        values[:, SHIFT] = self._rows[n, SHIFT]
        return values

    def _context(self, past: Past, before: Columns, n: int) -> Columns:
        """Return the columns that are known when the pitch of note n is drawn, (V, C)."""
        return np.concatenate([before, past.at(np.full(len(before), self._rows[n, SHIFT]))], axis=1)
