"""Places new notes of several parts in the pieces that result: new ones, or changes of a given file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...events.vocabulary import Vocabulary
from ...music.piece import Notes, Piece
from ...score.chords import has_chords
from ...score.convert import to_piece
from ...score.score import Part, Score, in_parts
from ...score.slots import in_file_order, slots_of
from ...score.voicing import voiced
from ..request import Request
from .plan import PartsPlan

if TYPE_CHECKING:  # imported where a file is given: most requests have none
    from ..file_edits import Heading
    from ..given_ensemble import GivenEnsemble

Perform = Callable[[Piece], Piece]


def new_piece(
    score: Score, request: Request, plan: PartsPlan, name: str, texts: tuple[str, ...], play: Perform
) -> Piece:
    """Return new notes, beside those of a given score, as a piece of their own."""
    whole = replace(_beside(plan.given, score, request), name=name)
    return play(to_piece(whole, plan.num_bars, None, texts))


def _beside(given: Score | None, new: Score, request: Request) -> Score:
    """Return new notes and those of a given score as one score, its parts in the order of files."""
    return _in_file_order(new if given is None else in_parts(given, new), request.render_chords)


def piece_in_file(
    score: Score,
    request: Request,
    given: GivenEnsemble,
    plan: PartsPlan,
    vocabulary: Vocabulary,
    texts: tuple[str, ...],
    play: Perform,
) -> Piece:
    """Return new notes within the given file."""
    from ..ensemble_insertion import piece_continued, piece_with_bars, piece_with_parts

    heading = heading_of(request, plan, texts)
    if not request.fills and request.primer is None:
        if request.render_chords and has_chords(in_parts(given.score, score)):
            score = in_parts(score, voiced(in_parts(given.score, score)))
        return piece_with_parts(given, score, heading, play)
    whole, drawn = _with_own_parts(score, given, _slots(vocabulary, plan))
    as_loud = "velocity" not in vocabulary.values
    if request.fills:
        return piece_with_bars(given, whole, heading, drawn, play, as_loud)
    return piece_continued(given, whole, request.bars, heading, play, as_loud)


def heading_of(request: Request, plan: PartsPlan, texts: tuple[str, ...]) -> Heading:
    """Return what a request sets for the whole file."""
    from ..file_edits import Heading

    tempo = None if request.tempo is None else plan.microseconds_per_quarter
    return Heading(texts, tempo, request.meter, None if request.key is None else plan.key)


def placed(
    score: Score, request: Request, given: GivenEnsemble | None, plan: PartsPlan, vocabulary: Vocabulary
) -> Iterator[tuple[int, Notes]]:
    """Yield the tracks of the piece that results, and those of some new notes that they get, in its ticks."""
    if given is None:
        piece = to_piece(_beside(None if plan.given is None else plan.given[:0], score, request))
        yield from enumerate(track.notes for track in piece.tracks)
        return
    from ..ensemble_insertion import placed_in_file

    num_own = 0
    if request.given is None:
        score, _ = _with_own_parts(score, given, _slots(vocabulary, plan))
        num_own = len(given.parts)
    end = None if request.given is not None or request.fills else given.tick_of(plan.stop)
    yield from placed_in_file(given, score, num_own, given.tick_of(plan.start), end)


def _slots(vocabulary: Vocabulary, plan: PartsPlan) -> list[int]:
    """Return the slots of the parts that are drawn."""
    return [vocabulary.values["part"][number] for number in sorted(plan.drawn)]


def _with_own_parts(score: Score, given: GivenEnsemble, slots: Sequence[int]) -> tuple[Score, list[int]]:
    """Return drawn notes in the parts of the file, then in new ones, and the numbers of the file's parts among them.

    Args:
        slots: of the parts of the score.
    """
    own = {slot: number for number, slot in enumerate(given.slots)}
    new = [number for number, slot in enumerate(slots) if slot not in own]
    place = np.array([own.get(slot, -1) for slot in slots])
    place[new] = len(own) + np.arange(len(new))
    parts = (*given.score.parts, *(score.parts[number] for number in new))
    return replace(score, part=place[score.part], parts=parts), sorted(own[slot] for slot in slots if slot in own)


def drawn_parts(vocabulary: Vocabulary, plan: PartsPlan) -> tuple[Part, ...]:
    """Return the drawn parts with the programs that are wished for them."""
    parts = []
    for number in sorted(plan.drawn):
        part, program = vocabulary.parts[number], plan.wishes_of(number).program
        parts.append(part if program is None or part.kind != "melodic" else part._replace(program=program))
    return tuple(parts)


def _in_file_order(score: Score, render_chords: bool) -> Score:
    """Return the score with its parts in the order of files, and chord symbols as a sounding part where asked for."""
    if render_chords and has_chords(score):
        score = in_parts(score, voiced(score))
    order = in_file_order(slots_of(score.parts))
    place = np.argsort(order)
    return replace(score, part=place[score.part], parts=tuple(score.parts[number] for number in order))
