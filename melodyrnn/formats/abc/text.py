"""The text of ABC: the tunes of a book, and the escapes of titles."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence

_ACCENTS = {"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "c": "\u0327"}


def plain_text(text: str) -> str:
    """Return a text of ABC without its escapes: "\\'e" and "&eacute;" are é (ABC standard 2.1, 8.2)."""
    accented = re.sub(r"\\([`'^~\"c])([A-Za-z])", lambda m: m[2] + _ACCENTS[m[1]], text)
    coded = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda m: chr(int(m[1], 16)), accented)
    plain = unicodedata.normalize("NFC", html.unescape(coded.replace("\\%", "%")))
    return "".join(c for c in plain if c.isprintable()).strip()


def tunes(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines of each tune of a book, after those of the header of the file, which hold for all of them.

    A tune begins with X: and ends with an empty line. Text between tunes is passed over. A file without X: is one tune.
    """
    starts = [n for n, line in enumerate(lines) if re.match(r"X:", line)]
    if not starts:
        yield list(lines)
        return
    header = [line for line in lines[: starts[0]] if re.match(r"%%|[A-Za-z]:", line) and line[:2] not in ("T:", "K:")]
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        end = next((n for n in range(start, stop) if not lines[n].strip()), stop)
        yield [*header, *lines[start:end]]
