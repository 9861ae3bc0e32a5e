"""Chord symbols among the markers and texts of a piece.

A file has chord symbols where most of its markers, or else most of its texts, are some. Other texts among them (names
of sections) are passed over, and so are letters in alphabetical order, which are names of sections themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..errors import NotationError
from .chords import ChordSymbol
from .piece import Marker, Piece

_MIN_SHARE = 0.6  # of the markers of a file with chord symbols
_MIN_SYMBOLS = 2


def chord_markers(piece: Piece) -> list[Marker]:
    """Return the markers of a piece that are chord symbols, without spaces around them; empty where it has none.

    `ChordSymbol.parse` reads the text of each.
    """
    markers, texts = ([one for one in piece.markers if one.is_text == is_text] for is_text in (False, True))
    return _chords(markers) or _chords(texts)


def _chords(markers: Sequence[Marker]) -> list[Marker]:
    """Return the markers that are chord symbols; none where most are something else."""
    found = list(_readable(markers))
    if len(found) < max(_MIN_SYMBOLS, _MIN_SHARE * len(markers)) or _are_sections(found):
        return []
    return found


def _readable(markers: Sequence[Marker]) -> Iterator[Marker]:
    for marker in markers:
        text = marker.text.strip()
        try:
            ChordSymbol.parse(text)
        except NotationError:
            continue
        yield replace(marker, text=text)


def _are_sections(markers: Sequence[Marker]) -> bool:
    """Return whether the texts are single letters that first appear in alphabetical order, from A on."""
    names = list(dict.fromkeys(marker.text for marker in markers))
    return all(re.fullmatch("[A-Z]", name) and ord(name) == ord("A") + n for n, name in enumerate(names))
