"""All look-backs, by name, in the order of their columns. A new one needs a file and an entry here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ...conditions.bar_repeats import BARS_BACK
from ..history import History
from .base import LookBack, LookBackState
from .by_bar import BarLookBack
from .by_content import ContentLookBack
from .by_passage import PassageLookBack
from .by_slot import SlotLookBack

CONTENT, PASSAGE = "content", "passage"
_OF_LINES: tuple[LookBack, ...] = (*(BarLookBack(bars) for bars in BARS_BACK), ContentLookBack(CONTENT))
_OF_PARTS: tuple[LookBack, ...] = (*(SlotLookBack(bars) for bars in BARS_BACK), PassageLookBack(PASSAGE))
LOOKBACKS: dict[str, LookBack] = {lookback.name: lookback for lookback in (*_OF_LINES, *_OF_PARTS)}
# The look-backs of a vocabulary that names none.
DEFAULT_LOOKBACKS = tuple(lookback.name for lookback in _OF_LINES)
PART_LOOKBACKS = tuple(lookback.name for lookback in _OF_PARTS)


def begin(names: Sequence[str], history: History) -> list[LookBackState]:
    """Return the initial states of look-backs by name, one for those of a kind that follow each other."""
    kinds = groupby((LOOKBACKS[name] for name in names), key=type)
    return [first.begin(history, others) for first, *others in (list(group) for _, group in kinds)]
