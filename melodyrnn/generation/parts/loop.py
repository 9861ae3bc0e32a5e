"""Draws pieces of several parts, in batches; those that a batch could not finish are drawn again."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import SettingError
from ...events.parts.names import part_name
from ...events.vocabulary import Vocabulary
from ...network.network import Network
from ...score.score import Score
from ..drawn_note import OnNew, OnNote
from .batch import Batch
from .drawn import OnNewNotes
from .plan import PartsPlan
from .rules import Rules

_CHUNK = 32  # pieces per batch
_MAX_TRIES = 12  # to draw a piece: one, but where more notes are wished for than a bar has steps for one by one


def generate_parts(
    network: Network, vocabulary: Vocabulary, plan: PartsPlan, on_note: OnNote, on_new: OnNew | None = None
) -> list[Score]:
    """Return the new notes of the planned number of pieces, each a score with the drawn parts.

    Args:
        on_note: called before each event; an exception that it raises ends the generation.
        on_new: called with new notes whose end is known; it costs nothing where it is None.

    Raises:
        SettingError: where wishes clash, or no piece with a note in every drawn part was found.
    """
    rules = Rules(vocabulary, plan)
    pieces: list[Score | None] = [None] * plan.num
    for attempt in range(_MAX_TRIES):
        left = [number for number, piece in enumerate(pieces) if piece is None]
        for start in range(0, len(left), _CHUNK):
            numbers = left[start : start + _CHUNK]
            batch = Batch(network, vocabulary, plan, rules, numbers, attempt)
            tell = None if on_new is None else _of_batch(on_new, numbers, attempt)
            for number, piece in zip(numbers, batch.run(on_note, tell), strict=True):
                pieces[number] = piece
    found = [piece for piece in pieces if piece is not None]
    if len(found) < plan.num:
        names = ", ".join(part_name(vocabulary, part) for part in plan.drawn)
        raise SettingError(
            f"the wishes must leave room for a note in every part that is drawn, and for the end. "
            f"Received: none fits in {_MAX_TRIES} tries; drawn were {names}"
        )
    return found


def _of_batch(on_new: OnNew, numbers: Sequence[int], attempt: int) -> OnNewNotes:
    """Return `on_new` for the pieces of a batch, by their index in it."""
    return lambda i, notes: on_new(numbers[i], attempt, notes)
