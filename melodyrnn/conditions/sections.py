"""Forms as a user writes them, with sections that return exactly, varied, or with another ending: "AA2BA'"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import SettingError
from .bar_repeats import BARS_BACK, NEW
from .form import is_free, no_form, parse_form
from .returns import EXACT, NEW_BAR, OTHER_ENDING, UNKNOWN, VARIED

_SECTION = re.compile(r"([A-Za-z])(['’2]?)")
_PLAIN, _ENDING = "", "2"
_LONG = 8  # bars of a section from which the ending that differs is two bars


@dataclass(frozen=True, slots=True)
class Sections:
    """A form that is asked for, bar by bar.

    Attributes:
        labels: as in conditions/form.py, 0 where a bar is free.
        returns, sources: as in conditions/returns.py.
    """

    labels: tuple[int, ...]
    returns: tuple[int, ...]
    sources: tuple[int, ...]

    @property
    def has_kinds(self) -> bool:
        """Whether a section returns varied, or with another ending."""
        return VARIED in self.returns or OTHER_ENDING in self.returns


def parse_sections(text: str, num_bars: int) -> Sections:
    """Return sections of equal length: a letter, alone, with an apostrophe (varied) or with a 2 (another ending).

    Another ending is that of the last bar, which begins as before, and of the last two of a section of eight bars or
    more, of which the very last is new.

    Raises SettingError as `parse_form` does, and where the first section of a letter has more than the letter.
    """
    if is_free(text):
        return Sections(*((UNKNOWN,) * num_bars,) * 3)
    written = "".join(text.split())
    found = _SECTION.findall(written)
    if not found or "".join(letter + mark for letter, mark in found) != written:
        raise no_form(text)
    letters = "".join(letter for letter, _ in found).upper()
    labels = parse_form(letters, num_bars).tolist()
    returns = [NEW_BAR if label == NEW else EXACT for label in labels]
    sources = list(labels)
    section = num_bars // len(letters)
    for n, (letter, mark) in enumerate(found):
        if mark != _PLAIN and letter.upper() not in letters[:n]:
            raise SettingError(f"form must vary a section that came before. Received: {text!r}, where {letter} is new")
        bars = range(n * section, (n + 1) * section)
        if mark == _ENDING:
            _end_differently(bars, labels, returns, sources)
        elif mark != _PLAIN:
            returns[bars.start : bars.stop] = [VARIED] * section
    return Sections(tuple(labels), tuple(returns), tuple(sources))


def _end_differently(bars: range, labels: list[int], returns: list[int], sources: list[int]) -> None:
    """Give a section another ending."""
    differs = bars[-1]
    if len(bars) >= _LONG:
        labels[differs], returns[differs], sources[differs] = NEW, NEW_BAR, NEW
        differs -= 1
    labels[differs], returns[differs] = NEW, OTHER_ENDING


def source_of(sources: tuple[int, ...], bar: int) -> int | None:
    """Return the bar that a bar returns to; None where it does not, or where that is before the first."""
    if sources[bar] <= NEW:
        return None
    earlier = bar - BARS_BACK[sources[bar] - NEW - 1]
    return earlier if earlier >= 0 else None
