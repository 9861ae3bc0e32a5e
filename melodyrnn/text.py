"""Makes text from files safe to display on a screen, a page or a picture."""

from __future__ import annotations

import re

# Control characters except tab and line feed, and lone surrogates, which stand for bytes that are not UTF-8.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def displayable(text: str) -> str:
    """Return the text with U+FFFD in place of control characters and characters that cannot be encoded."""
    return _UNFIT.sub("\ufffd", text)
