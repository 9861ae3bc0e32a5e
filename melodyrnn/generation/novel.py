"""Generates pieces without long passages of the training corpus, by drawing each again until it has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..errors import SettingError
from ..evaluation.novelty import Index
from ..evaluation.passages import Passage
from ..score.score import Score
from .plan import Plan
from .request import COPIED

MAX_DRAWS = 24  # per piece; if half of all draws are refused, one piece in 17 million exceeds this number
_STRIDE = 2**32  # between the numbers of the random streams of two draws of one piece


def draw_novel(draw: Callable[[Plan], list[Score]], plan: Plan, index: Index, max_copy: float) -> list[Score]:
    """Return melodies of which no passage of more than `max_copy` bars is in the index.

    A piece that has such a passage is drawn again, from a separate stream of random numbers, so it does not depend on
    the other pieces of the request. The notes of the primer do not count.

    Args:
        draw: returns the melodies of a plan, such as `generate_melodies` with its network.

    Raises:
        SettingError: where a piece still has such a passage after `MAX_DRAWS` draws.
    """
    found: dict[int, Score] = {}
    nearest: Passage | None = None
    for attempt in range(MAX_DRAWS):
        open_pieces = [piece for piece in range(plan.num) if piece not in found]
        if not open_pieces:
            break
        streams = tuple(piece + attempt * _STRIDE for piece in open_pieces)
        for piece, melody in zip(open_pieces, draw(replace(plan, num=len(streams), streams=streams)), strict=True):
            passage = copied(index, melody, plan)
            if passage.bars <= max_copy:
                found[piece] = melody
            elif nearest is None or passage.bars < nearest.bars:
                nearest = passage
    if len(found) < plan.num and nearest is not None:
        raise SettingError(
            f"max_copy must allow some melodies: after {MAX_DRAWS} draws the shortest passage of a refused melody "
            f"is {nearest.bars:.1f} bars of {nearest.tune!r} (a higher temperature copies less). "
            f"Received: {max_copy:g}"
        )
    return [found[piece] for piece in range(plan.num)]


def copied(index: Index, melody: Score, plan: Plan) -> Passage:
    """Return the longest passage of a melody, without its primer, that is in the index."""
    return index.longest(melody[0 if plan.primer is None else len(plan.primer) :])


def words(passage: Passage) -> str:
    """Return the passage as text for a MIDI file."""
    if not passage.notes:
        return f"{COPIED}: none"
    return f"{COPIED}: {passage.notes} notes ({passage.bars:.2f} bars) of {passage.tune}"
