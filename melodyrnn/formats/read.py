"""Reads files of every kind that is known, by what is in them: MIDI, ABC, MusicXML and compressed MusicXML.

The readers of notation are imported where a file needs them, so that MIDI files are read as fast as without them.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from ..errors import MidiError
from ..midi.read import read_bytes, read_data
from ..music.piece import Piece
from ..music.units import NOTATION_SUFFIXES

_MIDI = b"MThd"
_HEAD = 4096  # bytes by which a file is known
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_ABC_FIELDS = re.compile(rb"(?:^|[\r\n])(?:X:[ \t]*\d|K:)")
_XML_MARKS = (b"<?xml", b"<score-partwise", b"<score-timewise")
_ZIP, _SCORE_NAMES = b"PK\x03\x04", (b"META-INF/container.xml", b".musicxml", b".xml")


@dataclass(frozen=True, slots=True)
class Tune:
    """One of the pieces of a file; `number` counts from 1, `title` is empty where the file has none."""

    piece: Piece
    title: str = ""
    number: int = 1

    @property
    def label(self) -> str:
        """Its name in reports, where its file has several."""
        return f"tune {self.number} ({self.title})" if self.title else f"tune {self.number}"


def read_tunes(data: bytes, name: str) -> list[Tune]:
    """Return the pieces of the bytes of a file, at least one; several where it is a book of tunes in ABC.

    Args:
        name: name of the file, for messages.

    Raises:
        MidiError: where it cannot be read.
    """
    if data.startswith(_MIDI):
        return [Tune(read_bytes(data, name))]
    suffix = os.path.splitext(name)[1].lower()
    if is_abc(data) or suffix == ".abc":
        from .abc.read import read_abc

        return [Tune(piece, title, n) for n, (title, piece) in enumerate(read_abc(data, name), 1)]
    if is_musicxml(data) or suffix in NOTATION_SUFFIXES:
        from .musicxml.read import read_musicxml

        title, piece = read_musicxml(data, name)
        return [Tune(piece, title)]
    return [Tune(read_bytes(data, name))]


def is_abc(data: bytes) -> bool:
    """Return whether bytes are ABC: a text with the field that begins a tune, or the key that each has."""
    return b"\0" not in data[:_HEAD] and _ABC_FIELDS.search(data) is not None


def is_musicxml(data: bytes) -> bool:
    """Return whether bytes are meant as MusicXML: XML, or a zip archive with XML in it."""
    if data.startswith(_ZIP):
        return any(mark in data for mark in _SCORE_NAMES)
    head = data[:_HEAD]
    if head.startswith(_BOMS) or b"<\0" in head[:4] or b"\0<" in head[:4]:
        head = head.replace(b"\0", b"")  # UTF-16
    at = head.find(b"<")
    return 0 <= at < 16 and any(mark in head for mark in _XML_MARKS)


def read_tune(data: bytes, name: str) -> Tune:
    """Return the only piece of the bytes of a file. Raises MidiError where they cannot be read or hold several."""
    tunes = read_tunes(data, name)
    if len(tunes) > 1:
        raise MidiError(f"a file that is one piece must hold one tune. Received: {name}, with {len(tunes)} tunes")
    return tunes[0]


def read_piece(path: str | os.PathLike[str]) -> Piece:
    """Return the only piece of a file. Raises MidiError where it cannot be read or holds several."""
    return read_tune(read_data(path), os.fspath(path)).piece


def is_notation(data: bytes, name: str) -> bool:
    """Return whether a file is read as ABC or MusicXML."""
    is_named = os.path.splitext(name)[1].lower() in NOTATION_SUFFIXES
    return not data.startswith(_MIDI) and (is_named or is_abc(data) or is_musicxml(data))
