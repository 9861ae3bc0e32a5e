"""The tokens of a line of music in ABC. Source: ABC standard 2.1, section 4."""

from __future__ import annotations

import re
from fractions import Fraction

LENGTH = r"(\d*)(/*)(\d*)"
NOTE = r"(\^\^|__|\^|_|=)?([A-Ga-g])([,']*)" + LENGTH

# The kinds are tried in this order; what none of them matches is passed over.
_KINDS = {
    "blank": r"[ \t`]+",
    "text": r'"[^"]*(?:"|$)',
    "mark": r"![^!|\[\]:]{1,30}!|\+[A-Za-z.]{2,20}\+",
    "field": r"\[[A-Za-z]:[^\]]*(?:\]|$)",
    "bar": r"\.?(?::*\[\|\]|:*\[?\|+\]?:*|::+|:\])(?:\s*\[?(?=\d)[\d,\-]+)?",
    "ending": r"\[(?=\d)[\d,\-]+",
    "tuplet": r"\((\d)(?::(\d*))?(?::(\d*))?",
    "grace": r"\{[^}]*(?:\}|$)",
    "chord_start": r"\[",
    "chord_end": r"\]" + LENGTH,
    "note": NOTE,
    "rest": r"[zx]" + LENGTH,
    "bars_of_rest": r"[ZX](\d*)",
    "spacer": r"y\d*",
    "broken": r">{1,3}|<{1,3}",
    "tie": r"\.?-",
    "overlay": r"&",
    # slurs, decorations of one letter, the end of a line
    "ignored": r"[()~.*;$\\!?]|[H-Wh-w]",
}
TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()))
PATTERNS = {kind: re.compile(pattern) for kind, pattern in _KINDS.items()}
_MAX_DIGITS = 4


def length_of(whole: str, slashes: str, below: str) -> Fraction:
    """Return the length of a note in units: 3/2, / and // are 3/2, 1/2 and 1/4."""
    above = int(whole[:_MAX_DIGITS] or 1) or 1
    if not slashes:
        return Fraction(above)
    divisor = int(below[:_MAX_DIGITS] or 0) or 2 ** min(len(slashes), 8)
    return Fraction(above, divisor)


def numbers_of(text: str) -> tuple[int, ...]:
    """Return the passages of an ending such as "1,3" or "1-3"."""
    found: list[int] = []
    for first, last in re.findall(r"(\d{1,2})(?:-(\d{1,2}))?", text):
        found += range(int(first), int(last or first) + 1)
    return tuple(found)
