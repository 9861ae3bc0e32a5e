"""Text that comes from files and goes to a screen, a page or a picture."""

from __future__ import annotations

import re

# Control characters but tab and line feed, and lone surrogates, by which Python keeps bytes that are not UTF-8.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def displayable(text: str) -> str:
    """Return the text with U+FFFD in place of what could move a cursor, set a title, or not be shown at all."""
    return _UNFIT.sub("\ufffd", text)
