"""Pieces of several parts: from a request to pieces of MIDI."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from ...checkpoint import Metadata
from ...errors import SettingError
from ...events.vocabulary import Vocabulary
from ...music.piece import Piece
from ...network.network import Network
from ...score.score import Score
from ...score.voicing import ACCOMPANIMENT
from ..drawn_note import OnDrawn, OnNew, OnNote, drawn_notes, new_notes
from ..performance import perform
from ..request import Request
from .loop import generate_parts
from .placing import drawn_parts, heading_of, new_piece, piece_in_file, placed
from .plan import PartsPlan
from .planning import continued, filled, plan_in_parts, varied

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
    if request.fills:
        given = given.with_span(request.infill or given.last_bars(request.new_ending or 0)).with_locked(request.locked)
        plan = filled(request, metadata, given)
    elif request.vary is not None:
        given = given.with_locked(request.locked)
        plan = varied(request, metadata, given)
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
    drawn = zip(sorted(plan.drawn), drawn_parts(vocabulary, plan), strict=True)
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
    network: Network,
    metadata: Metadata,
    request: Request,
    model: str,
    path: str | None,
    on_note: OnNote,
    on_drawn: OnDrawn | None = None,
) -> list[Piece]:
    """Return new pieces of several parts.

    Args:
        model: name of the model, for the names of the pieces; recipes name it by `path`, None for the default one.
        on_note: called before each event; an exception that it raises ends the generation.
        on_drawn: called with each new note, see `Generator.generate`.

    Raises:
        SettingError: where a wish is outside its rule, or two cannot be met together.
        MidiError, NotationError: where the given file or chords cannot be read, or it has no channel for a new part.
    """
    planned = plan_of_pieces(request, metadata)
    vocabulary = metadata.vocabulary
    if request.vary is not None and planned.given is not None:
        return _variations(network, vocabulary, request, planned.given, planned.plan, path, on_note, on_drawn)
    tell = None if on_drawn is None else _told(request, planned, vocabulary, on_drawn)
    scores = generate_parts(network, vocabulary, planned.plan, on_note, tell)
    pieces = []
    for number, score in enumerate(scores, start=1):
        texts = (request.recipe(path, number),)
        score = replace(score, parts=drawn_parts(vocabulary, planned.plan))
        play = partial(perform, swing=request.swing, humanize=request.humanize, seed=(request.seed or 0, number))
        if planned.given is None:
            pieces.append(new_piece(score, request, planned.plan, f"{model} {number}", texts, play))
        else:
            pieces.append(piece_in_file(score, request, planned.given, planned.plan, vocabulary, texts, play))
    return pieces


def _told(request: Request, planned: PlannedPieces, vocabulary: Vocabulary, on_drawn: OnDrawn) -> OnNew:
    """Return what tells a listener the new notes of pieces; chord symbols are no notes."""
    parts = drawn_parts(vocabulary, planned.plan)

    def tell(index: int, attempt: int, new: Score) -> None:
        score = replace(new, parts=parts)
        for track, notes in placed(score, request, planned.given, planned.plan, vocabulary):
            for note in drawn_notes(notes, index + 1, track, attempt):
                on_drawn(note)

    return tell


def _variations(
    network: Network,
    vocabulary: Vocabulary,
    request: Request,
    given: GivenEnsemble,
    plan: PartsPlan,
    path: str | None,
    on_note: OnNote,
    on_drawn: OnDrawn | None,
) -> list[Piece]:
    """Return variations of a file; a listener is told the notes of each when it is complete."""
    from ..ensemble_insertion import piece_varied
    from .variation import vary_parts

    scores = vary_parts(network, vocabulary, plan, given.is_locked, request.vary or 0, on_note)
    pieces = []
    for number, score in enumerate(scores, start=1):
        pieces.append(piece_varied(given, score.pitch, heading_of(request, plan, (request.recipe(path, number),))))
        if on_drawn is not None:
            tracks = zip(pieces[-1].tracks, given.file.piece.tracks, strict=True)
            for track, (new, old) in enumerate(tracks):
                for note in new_notes(new.notes, old.notes, number, track):
                    on_drawn(note)
    return pieces
