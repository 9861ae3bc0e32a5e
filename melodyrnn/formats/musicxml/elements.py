"""What single elements of MusicXML hold."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree.ElementTree import Element

_BEATS = {"whole": 4, "half": 2, "quarter": 1, "eighth": 0.5, "16th": 0.25}  # in quarters


def text_of(element: Element | None, path: str) -> str:
    """Return the text at a path below an element, without spaces around it; empty where there is none."""
    return "" if element is None else (element.findtext(path) or "").strip()


def tempo_of(element: Element) -> Fraction | None:
    """Return the quarter notes per minute of a metronome mark; None where it has no number."""
    number = re.search(r"\d+(\.\d+)?", text_of(element, "per-minute"))
    beat = Fraction(_BEATS.get(text_of(element, "beat-unit"), 1))
    if number is None:
        return None
    dotted = beat * (2 - Fraction(1, 2 ** len(element.findall("beat-unit-dot"))))
    return Fraction(number[0]) * dotted
