"""Reads ABC: the text of a tune or of a book of tunes → pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...errors import MidiError
from ...music.piece import Piece
from ..sheet import Sheet
from ..unfold import to_piece
from .text import tunes
from .tune import TuneReader

_BOM = b"\xef\xbb\xbf"


def read_abc(data: bytes, name: str) -> list[tuple[str, Piece]]:
    """Return the (title, piece) of every tune of the bytes of an ABC file; one without notes is a piece without notes.

    Args:
        name: name of the file, for messages.

    Raises:
        MidiError: where there is no tune in it.
    """
    sheets = list(_sheets(_decoded(data)))
    if not sheets:
        raise MidiError(f"an ABC file must hold a tune, with a K: field. Received: {name}, without one")
    return [(sheet.title, to_piece(sheet)) for sheet in sheets]


def _decoded(data: bytes) -> str:
    """Return the text of a file, in UTF-8 or, as most older files are, in Latin-1."""
    try:
        return data.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _sheets(text: str) -> Iterator[Sheet]:
    for lines in tunes(re.split(r"\r\n|\n|\r", text)):
        if any(line.startswith("K:") for line in lines):
            reader = TuneReader()
            reader.read(lines)
            yield reader.sheet()
