"""Which melodies of a corpus are shown."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_NUM = 12  # melodies of a corpus


@dataclass(frozen=True, slots=True)
class Choice:
    """Which melodies of a corpus are shown.

    Attributes:
        num: how many, evenly spread over the corpus; None for DEFAULT_NUM.
        match: a part of the name, or of the path of the source file, of those that may be shown; None for all.
    """

    num: int | None = None
    match: str | None = None
