"""Makes text from files safe to display on a screen, a page or a picture."""

from __future__ import annotations

import re

# Control characters except tab and line feed, and lone surrogates, which stand for bytes that are not UTF-8.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def displayable(text: str) -> str:
    """Return the text with U+FFFD in place of control characters and characters that cannot be encoded."""
    return _UNFIT.sub("\ufffd", text)


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun, such as "1 file" or "1,200 files"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def shortened(text: str, length: int) -> str:
    """Return the text with `…` for what is beyond `length` characters at its start, where paths have the least."""
    return text if len(text) <= length else "…" + text[len(text) - length + 1 :]
