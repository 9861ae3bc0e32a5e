"""Pieces of several parts: from a request to pieces of MIDI."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ...checkpoint import Metadata
from ...errors import SettingError
from ...events.vocabulary import Vocabulary
from ...music.piece import Piece
from ...network.network import Network
from ...score.chords import has_chords
from ...score.convert import to_piece
from ...score.score import Part, Score, in_parts
from ...score.slots import in_file_order, slots_of
from ...score.voicing import ACCOMPANIMENT, voiced
from ..performance import perform
from ..request import Request
from .batch import OnNote
from .loop import generate_parts
from .plan import PartsPlan
from .planning import continued, filled, plan_in_parts

if TYPE_CHECKING:  # imported where a file is given: most requests have none
    from ..given_ensemble import GivenEnsemble


@dataclass(frozen=True, slots=True)
class PlannedPieces:
    """A plan, and the given music.

    Attributes:
        plan: the plan.
        given: the given file, read; None where a score or nothing is given.
    """

    plan: PartsPlan
    given: GivenEnsemble | None = None

    @property
    def notices(self) -> tuple[str, ...]:
        """What was guessed about the given file, one line each."""
        return () if self.given is None else self.given.notices


def plan_of_pieces(request: Request, metadata: Metadata) -> PlannedPieces:
    """Return the plan that `generate_pieces` follows for a request. Raises as `generate_pieces` does."""
    given = _given_file(request, metadata)
    if given is None:
        score = request.given if isinstance(request.given, Score) else None
        return PlannedPieces(plan_in_parts(request, metadata, score))
    if request.infill is not None:
        given = given.with_span(request.infill)
        plan = filled(request, metadata, given)
    elif request.primer is not None:
        given = given.at_the_end()
        plan = continued(request, metadata, given)
    else:
        plan = replace(plan_in_parts(request, metadata, given.score, given.num_bars), start=given.start)
    _check_channels(request, metadata.vocabulary, plan, given)
    return PlannedPieces(plan, given)


def _check_channels(request: Request, vocabulary: Vocabulary, plan: PartsPlan, given: GivenEnsemble) -> None:
    """Raise MidiError where the given file has no channel for a new part."""
    from ..ensemble_insertion import check_channels

    slots = vocabulary.values["part"]
    own = () if request.given is not None else given.slots  # whose parts have tracks already
    drawn = zip(sorted(plan.drawn), _drawn_parts(vocabulary, plan), strict=True)
    parts = [part for number, part in drawn if slots[number] not in own]
    if request.render_chords and request.given is not None:
        parts.append(ACCOMPANIMENT)
    check_channels(given, parts)


def _given_file(request: Request, metadata: Metadata) -> GivenEnsemble | None:
    """Return the given file, read; None where none is given."""
    if request.given is not None and request.primer is not None:
        raise SettingError(
            "a file is either given or a primer: --given draws other parts, --primer more bars. Received: both"
        )
    music = request.primer if request.primer is not None else request.given
    if music is None or (isinstance(music, Score) and request.primer is None):
        return None
    if not isinstance(music, str | Piece):
        raise SettingError(f"a primer of several parts must be a file or a piece. Received: {music!r}")
    if isinstance(music, str) and not os.path.exists(music) and not os.path.splitext(music)[1]:
        raise SettingError(
            f"what is given to a model of several parts must be a file; notes are none. Received: {music}"
        )
    from ..given_ensemble import read_given_ensemble

    slots = metadata.vocabulary.values["part"]
    return read_given_ensemble(music, metadata.reading, slots, request.meter, request.roles)


def generate_pieces(
    network: Network, metadata: Metadata, request: Request, model: str, path: str | None, on_note: OnNote
) -> list[Piece]:
    """Return new pieces of several parts.

    Args:
        model: name of the model, for the names of the pieces; recipes name it by `path`, None for the default one.
        on_note: called before each event; an exception that it raises ends the generation.

    Raises:
        SettingError: where a wish is outside its rule, or two cannot be met together.
        MidiError, NotationError: where the given file or chords cannot be read, or it has no channel for a new part.
    """
    planned = plan_of_pieces(request, metadata)
    vocabulary = metadata.vocabulary
    scores = generate_parts(network, vocabulary, planned.plan, on_note)
    pieces = []
    for number, score in enumerate(scores, start=1):
        texts = (request.recipe(path, number),)
        score = replace(score, parts=_drawn_parts(vocabulary, planned.plan))
        play = partial(perform, swing=request.swing, humanize=request.humanize, seed=(request.seed or 0, number))
        if planned.given is None:
            pieces.append(_new_piece(score, request, planned.plan, f"{model} {number}", texts, play))
        else:
            pieces.append(_piece_in_file(score, request, planned.given, planned.plan, vocabulary, texts, play))
    return pieces


_Perform = Callable[[Piece], Piece]


def _new_piece(
    score: Score, request: Request, plan: PartsPlan, name: str, texts: tuple[str, ...], play: _Perform
) -> Piece:
    """Return new notes, beside those of a given score, as a piece of their own."""
    whole = score if plan.given is None else in_parts(plan.given, score)
    whole = replace(_in_file_order(whole, request.render_chords), name=name)
    return play(to_piece(whole, plan.num_bars, None, texts))


def _piece_in_file(
    score: Score,
    request: Request,
    given: GivenEnsemble,
    plan: PartsPlan,
    vocabulary: Vocabulary,
    texts: tuple[str, ...],
    play: _Perform,
) -> Piece:
    """Return new notes within the given file."""
    from ..ensemble_insertion import piece_continued, piece_with_bars, piece_with_parts
    from ..file_edits import Heading

    tempo = None if request.tempo is None else plan.microseconds_per_quarter
    heading = Heading(texts, tempo, request.meter, None if request.key is None else plan.key)
    if request.infill is None and request.primer is None:
        if request.render_chords and has_chords(in_parts(given.score, score)):
            score = in_parts(score, voiced(in_parts(given.score, score)))
        return piece_with_parts(given, score, heading, play)
    slots = [vocabulary.values["part"][number] for number in sorted(plan.drawn)]
    whole, drawn = _with_own_parts(score, given, slots)
    as_loud = "velocity" not in vocabulary.values
    if request.infill is not None:
        return piece_with_bars(given, whole, heading, drawn, play, as_loud)
    return piece_continued(given, whole, request.bars, heading, play, as_loud)


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


def _drawn_parts(vocabulary: Vocabulary, plan: PartsPlan) -> tuple[Part, ...]:
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
