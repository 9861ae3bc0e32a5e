"""Draws bars of a given melody anew: the gaps between the notes that stay are filled, one after another.

For each gap many candidates are drawn. Of those of which no bar is as it was, the one is chosen after which the notes
that follow are likeliest, the interval to them is usual in the tune, and which no other piece of the request has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ..arrays import Bools, Float64s
from ..errors import SettingError
from ..evaluation.bits import bits_of_batch
from ..events.context import context_of
from ..events.vocabulary import Vocabulary
from ..network.network import Network
from ..score.score import Score, concat
from .drawn_note import OnNote, go_on
from .loop import generate_melodies
from .plan import Plan

CANDIDATES = 16  # drawn for each gap
_STRIDE = 2**32  # between the numbers of the random streams of two gaps of one piece
_ATTEMPTS = 4  # to find one that differs from what was there, each
_WARMER = 1.5  # times as warm as the one before
_USUAL = 8.0  # intervals of no tune in particular, with which those of the tune are counted
_DECAY = 0.75  # of these, how many are one semitone larger for one


@dataclass(frozen=True, slots=True)
class Gap:
    """Steps of a melody that are filled.

    Attributes:
        start, stop: the steps between which new notes stand.
        old: the notes that are there, which go.
        following: the notes that stay after it, up to the next gap.
        min_notes: fewest new notes.
    """

    start: int
    stop: int
    old: Score
    following: Score
    min_notes: int


def infill(network: Network, vocabulary: Vocabulary, plan: Plan, on_note: OnNote = go_on) -> list[Score]:
    """Return the primer with new notes between `plan.start` and `plan.stop`, `plan.num` times; every other note stays.

    Locked notes between them stay too: the gaps between those are filled.

    Raises:
        SettingError: where the plan has no primer, or no new note fits.
    """
    if plan.view is None:
        raise SettingError("infill needs a primer to work on. Received: none")
    score = plan.view.score
    before = score[score.onset < plan.start]
    _check_room(before, plan)
    gaps = _gaps(plan, score, plan.view.is_locked, _shortest(vocabulary))
    first = score[(score.onset < gaps[0].start) & ((score.onset < plan.start) | plan.view.is_locked)]
    filler = _Filler(network, vocabulary, plan, score, on_note)
    pieces = [first] * plan.num
    for number, gap in enumerate(gaps):
        every = range(plan.num)
        drawn = filler.fill(gap, number, first, every) if not number else [[] for _ in every]
        chosen: list[Score] = []
        for piece, candidates in zip(every, drawn, strict=True):
            chosen.append(filler.choose(gap, number, pieces[piece], piece, candidates, chosen))
        pieces = chosen
    return pieces


def _check_room(before: Score, plan: Plan) -> None:
    """Raise SettingError where a note before the bars to fill sounds until their end."""
    held = int((before.onset + before.duration).max(initial=0))
    if held >= plan.stop:
        raise SettingError(
            "infill must name bars with room for new notes. Received: bars through which a note before them is held"
        )


def _shortest(vocabulary: Vocabulary) -> int:
    """Return the steps of the shortest note."""
    return int(vocabulary.sorted_values["duration"][0])


def _gaps(plan: Plan, score: Score, is_locked: Bools, shortest: int) -> list[Gap]:
    """Return the gaps between the notes that stay, in order; the longest has a new note.

    Raises SettingError where there is none.
    """
    inside = (score.onset >= plan.start) & (score.onset < plan.stop)
    locked = np.flatnonzero(inside & is_locked)
    if len(locked) and plan.wishes.density is not None:
        raise SettingError("density cannot be met around locked notes. Received: both")
    starts = [plan.start, *(score.onset + score.duration)[locked].tolist()]
    stops = [*score.onset[locked].tolist(), plan.stop]
    spans = [(start, stop) for start, stop in zip(starts, stops, strict=True) if stop - start >= shortest]
    if not spans:
        raise SettingError(
            f"locked notes must leave room for new ones in the bars to fill. Received: {len(locked)} that fill them"
        )
    longest = max(spans, key=lambda span: span[1] - span[0])
    stays = is_locked | ~inside
    gaps = []
    for (start, stop), (following, _) in zip(spans, [*spans[1:], (None, None)], strict=True):
        old = score[(score.onset >= start) & (score.onset < stop) & ~stays]
        until = score.onset < following if following is not None else np.ones(len(score), dtype=bool)
        gaps.append(Gap(start, stop, old, score[(score.onset >= stop) & until & stays], int((start, stop) == longest)))
    return gaps


class Candidate(NamedTuple):
    """A melody with a gap filled, how many bars are as they were, and how unlikely what follows it is, in bits."""

    score: Score
    unchanged: int
    cost: float


class _Filler:
    """Fills gaps of a melody."""

    def __init__(self, network: Network, vocabulary: Vocabulary, plan: Plan, score: Score, on_note: OnNote) -> None:
        self._network, self._vocabulary, self._plan, self._on_note = network, vocabulary, plan, on_note
        self._score = score

    def choose(
        self, gap: Gap, number: int, before: Score, piece: int, candidates: list[Candidate], taken: Sequence[Score]
    ) -> Score:
        """Return the most wanted candidate of a piece: one that differs from what was there and from `taken` ones.

        Where there is none, more are drawn at higher temperatures.

        Args:
            number, before, piece: see `fill`.
            candidates: those that are drawn already.
        """
        for attempt in range(_ATTEMPTS if self._plan.sampling.temperature else 1):
            if attempt or not candidates:
                candidates = [*candidates, *self.fill(gap, number, before, [piece], attempt)[0]]
            ranked = sorted(candidates, key=lambda one: (one.unchanged, one.score in taken, one.cost))
            if not ranked[0].unchanged and ranked[0].score not in taken:
                break
        return ranked[0].score

    def fill(
        self, gap: Gap, number: int, before: Score, pieces: Sequence[int], attempt: int = 0
    ) -> list[list[Candidate]]:
        """Return candidates for each of some pieces, with a gap filled and the notes that follow it.

        Args:
            number: of the gap.
            before: the notes before it, the same of all pieces.
            pieces: their numbers.
            attempt: how often candidates were drawn before.
        """
        plan, sampling = self._plan, self._plan.sampling
        at_the_end = gap.stop >= plan.length and not len(gap.following)
        first = (number * _ATTEMPTS + attempt) * _STRIDE
        streams = [first + piece * CANDIDATES + n for piece in pieces for n in range(CANDIDATES)]
        rhythm = sampling.of_field("shift") * _WARMER**attempt
        own = replace(
            plan,
            num=len(streams),
            primer=before if len(before) else None,
            start=gap.start,
            end=gap.stop,
            wishes=plan.wishes if at_the_end else replace(plan.wishes, keep_key=False, end=None),
            sampling=replace(sampling, temperature=sampling.temperature * _WARMER**attempt, rhythm_temperature=rhythm),
            min_notes=gap.min_notes,
            streams=tuple(streams),
        )
        drawn = self._candidates(gap, generate_melodies(self._network, self._vocabulary, own, self._on_note))
        return [drawn[start : start + CANDIDATES] for start in range(0, len(drawn), CANDIDATES)]

    def _candidates(self, gap: Gap, melodies: list[Score]) -> list[Candidate]:
        """Return melodies up to the end of a gap as candidates."""
        whole = [concat(melody, gap.following) for melody in melodies]
        start = gap.stop if len(gap.following) else gap.start
        cost = _bits_from(self._network, self._vocabulary, whole, start)
        for n, melody in enumerate(melodies):
            if len(gap.following) and len(melody):
                cost[n] += self._bits_of_interval(int(gap.following.pitch[0]) - int(melody.pitch[-1]))
        unchanged = [unchanged_bars(gap.old, melody[melody.onset >= gap.start]) for melody in melodies]
        return [Candidate(*one) for one in zip(whole, unchanged, cost.tolist(), strict=True)]

    def _bits_of_interval(self, semitones: int) -> float:
        """Return how unusual an interval is in the tune, in bits."""
        intervals = np.abs(np.diff(self._score.pitch))
        usual = _USUAL * (1 - _DECAY) * _DECAY ** abs(semitones)
        share = ((intervals == abs(semitones)).sum() + usual) / (len(intervals) + _USUAL)
        return -float(np.log2(share))


def unchanged_bars(old: Score, new: Score) -> int:
    """Return how many bars have the same notes; bars without notes do not count."""
    bars = np.unique(old.onset // old.bar)
    return sum(_notes_of(old, bar) == _notes_of(new, bar) for bar in bars.tolist())


def _notes_of(score: Score, bar: int) -> list[tuple[int, int, int]]:
    own = score[score.onset // score.bar == bar]
    return list(zip(own.onset.tolist(), own.duration.tolist(), own.pitch.tolist(), strict=True))


def _bits_from(network: Network, vocabulary: Vocabulary, melodies: list[Score], step: int) -> Float64s:
    """Return the bits of the notes of each melody from `step` on, (num_melodies,)."""
    contexts, targets = context_of(melodies, vocabulary)
    tables = bits_of_batch(network, contexts, targets)
    bits = [table[:-1][melody.onset >= step].sum() for table, melody in zip(tables, melodies, strict=True)]
    return np.array(bits, dtype=np.float64)
