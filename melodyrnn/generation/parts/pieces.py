"""Pieces of several parts: from a request to pieces of MIDI."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...checkpoint import Metadata
from ...music.piece import Piece
from ...network.network import Network
from ...score.chords import has_chords
from ...score.convert import to_piece
from ...score.score import Score, in_parts
from ...score.slots import in_file_order, slots_of
from ...score.voicing import voiced
from ..performance import perform
from ..request import Request
from .loop import OnNote, generate_parts
from .plan import PartsPlan
from .planning import plan_in_parts


@dataclass(frozen=True, slots=True)
class PlannedPieces:
    """A plan, and what was guessed about the given file, a line each."""

    plan: PartsPlan
    notices: tuple[str, ...] = ()


def with_given_read(request: Request, metadata: Metadata) -> Request:
    """Return the request with its given file read. Raises MidiError or SettingError where it cannot be."""
    return request


def plan_of_pieces(request: Request, metadata: Metadata) -> PlannedPieces:
    """Return the plan that `generate_pieces` follows for a request. Raises as `generate_pieces` does."""
    given = request.given if isinstance(request.given, Score) else None
    return PlannedPieces(plan_in_parts(request, metadata, given))


def generate_pieces(
    network: Network, metadata: Metadata, request: Request, model: str, path: str | None, on_note: OnNote
) -> list[Piece]:
    """Return new pieces of several parts.

    Args:
        model: name of the model, for the names of the pieces; recipes name it by `path`, None for the default one.
        on_note: called before each event; an exception that it raises ends the generation.

    Raises:
        SettingError: where a wish is outside its rule, or two cannot be met together.
        NotationError: where chords cannot be read.
    """
    planned = plan_of_pieces(request, metadata)
    scores = generate_parts(network, metadata.vocabulary, planned.plan, on_note)
    pieces = []
    for number, score in enumerate(scores, start=1):
        texts = (request.recipe(path, number),)
        whole = score if planned.plan.given is None else in_parts(planned.plan.given, score)
        whole = replace(_with_programs(whole, planned.plan), name=f"{model} {number}")
        piece = to_piece(_in_file_order(whole, request.render_chords), planned.plan.num_bars, None, texts)
        pieces.append(perform(piece, request.swing, request.humanize, (request.seed or 0, number)))
    return pieces


def _with_programs(score: Score, plan: PartsPlan) -> Score:
    """Return the score with the programs that are wished for its drawn parts, which are its last ones."""
    first = len(score.parts) - len(plan.drawn)
    programs = [None] * first + [plan.wishes_of(part).program for part in sorted(plan.drawn)]
    parts = [
        part if program is None or part.kind != "melodic" else part._replace(program=program)
        for part, program in zip(score.parts, programs, strict=True)
    ]
    return replace(score, parts=tuple(parts))


def _in_file_order(score: Score, render_chords: bool) -> Score:
    """Return the score with its parts in the order of files, and chord symbols as a sounding part where asked for."""
    if render_chords and has_chords(score):
        score = in_parts(score, voiced(score))
    order = in_file_order(slots_of(score.parts))
    place = np.argsort(order)
    return replace(score, part=place[score.part], parts=tuple(score.parts[number] for number in order))
