"""Pieces without long passages of the training corpus: drawn again until they have none, or refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..errors import SettingError
from ..evaluation.novelty import Index
from ..evaluation.passages import Passage
from ..score.score import Score
from .plan import Plan

MAX_DRAWS = 24  # of a piece; where one draw of two has too long a passage, one piece in 17 million keeps one
_STRIDE = 2**32  # from the stream of a piece's random numbers to that of its next draw


def draw_novel(draw: Callable[[Plan], list[Score]], plan: Plan, index: Index, max_copy: float) -> list[Score]:
    """Melodies of which no passage of more than `max_copy` bars is in the index.

    A piece that has such a passage is drawn again, from a stream of random numbers of its own; so it is the same
    whatever other pieces are asked for. The primer's notes do not count.

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
            f"max_copy must leave melodies to be found: after {MAX_DRAWS} draws the least copied of those left "
            f"has {nearest.bars:.1f} bars of {nearest.tune!r} (a higher temperature strays further). "
            f"Received: {max_copy:g}"
        )
    return [found[piece] for piece in range(plan.num)]


def copied(index: Index, melody: Score, plan: Plan) -> Passage:
    """The longest passage of the melody's notes, those of the primer left out, that is in the index."""
    return index.longest(melody[0 if plan.primer is None else len(plan.primer) :])


def words(passage: Passage) -> str:
    """The passage as a text of a MIDI file."""
    if not passage.notes:
        return "longest passage in the training corpus: none"
    return f"longest passage in the training corpus: {passage.notes} notes ({passage.bars:.2f} bars) of {passage.tune}"
