"""Tells a listener the new notes of melodies: while they are drawn, or when the piece is chosen among candidates."""

from __future__ import annotations

from ..music.piece import Notes, Piece
from ..score.convert import to_piece
from ..score.score import Score
from .drawn_note import OnDrawn, OnNew, drawn_notes, new_notes
from .plan import Plan
from .request import Request


def is_told_live(request: Request, plan: Plan) -> bool:
    """Return whether notes are told while they are drawn: where there are no candidates to choose among.

    Of the drafts that are drawn where no number is requested the first is told live, in any case.
    """
    return (plan.rank == 1 or request.rank is None) and request.max_copy is None and not request.rewriting


def told_live(request: Request, plan: Plan, on_drawn: OnDrawn) -> OnNew:
    """Return what tells a listener each new note of the melodies of a plan."""
    given = plan.source.given if plan.source is not None and request.include_primer else None
    view = plan.view
    if given is not None and view is not None:
        from .insertion import after_the_end

        def tell_of_file(index: int, attempt: int, new: Score) -> None:
            notes = after_the_end(given, view, _notes(new), given.num_bars + request.bars)
            for note in drawn_notes(notes, index + 1, given.part, attempt):
                on_drawn(note)

        return tell_of_file

    moved = _moved(request, plan)

    def tell(index: int, attempt: int, new: Score) -> None:
        for note in drawn_notes(_notes(new.shifted(moved)), index + 1, 0, attempt):
            on_drawn(note)

    return tell


def told_when_chosen(
    request: Request, plan: Plan, melodies: list[Score], pieces: list[Piece], on_drawn: OnDrawn
) -> None:
    """Tell a listener the notes of chosen pieces that their primer does not have, those of a piece one after another.

    Args:
        melodies: those of `pieces`, from the view of the primer on where it is included.
    """
    given = plan.source.given if plan.source is not None and request.include_primer else None
    for number, (melody, piece) in enumerate(zip(melodies, pieces, strict=True), start=1):
        if given is not None:
            own, old = piece.tracks[given.part].notes, given.track.notes
        else:
            moved = _moved(request, plan)
            own = _notes(melody.shifted(moved if request.include_primer else 0))
            has_old = plan.view is not None and request.include_primer
            old = _notes(plan.view.score.shifted(moved)) if plan.view is not None and has_old else own[:0]
        for note in new_notes(own, old, number, 0 if given is None else given.part):
            on_drawn(note)


def _moved(request: Request, plan: Plan) -> int:
    """Return by how many steps a piece begins before the melodies of its plan."""
    if plan.view is None:
        return 0
    return (plan.view.bars_before if request.include_primer else -plan.view.num_bars) * plan.bar


def _notes(melody: Score) -> Notes:
    return to_piece(melody).tracks[0].notes
