"""All look-backs, by name, in the order of their columns. A new one needs a file and an entry here."""

from __future__ import annotations

from ...conditions.bar_repeats import BARS_BACK
from .base import LookBack
from .by_bar import BarLookBack
from .by_content import ContentLookBack

CONTENT = "content"
_ALL: tuple[LookBack, ...] = (*(BarLookBack(bars) for bars in BARS_BACK), ContentLookBack(CONTENT))
LOOKBACKS: dict[str, LookBack] = {lookback.name: lookback for lookback in _ALL}
# The look-backs of a vocabulary that names none.
DEFAULT_LOOKBACKS = tuple(LOOKBACKS)
