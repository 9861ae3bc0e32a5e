"""Writes a piece as a file of the kind that its suffix names: the table of formats."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import OutputError
from ..files import write_bytes
from ..midi.write import midi_bytes
from ..music.piece import Piece

_UNNAMED = ("", "melody")  # names of tracks that are no titles


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file.

    Attributes:
        suffixes: in lower case; the first is that of new files.
        to_bytes: a piece and its title → the bytes of a file.
        is_notation: whether it holds notes as they are written, not as they are played.
    """

    suffixes: tuple[str, ...]
    to_bytes: Callable[[Piece, str], bytes]
    is_notation: bool = True


def _abc(piece: Piece, title: str) -> bytes:
    from .abc.write import abc_bytes

    return abc_bytes(piece, title)


def _musicxml(piece: Piece, title: str) -> bytes:
    from .musicxml.write import musicxml_bytes

    return musicxml_bytes(piece, title)


def _mxl(piece: Piece, title: str) -> bytes:
    from .musicxml.write import mxl_bytes

    return mxl_bytes(piece, title)


FORMATS: Mapping[str, Format] = {  # by the name that --format takes
    "mid": Format((".mid", ".midi"), lambda piece, title: midi_bytes(piece), is_notation=False),
    "musicxml": Format((".musicxml", ".xml"), _musicxml),
    "mxl": Format((".mxl",), _mxl),
    "abc": Format((".abc",), _abc),
}
DEFAULT_FORMAT = "mid"
WRITTEN_SUFFIXES = tuple(suffix for kind in FORMATS.values() for suffix in kind.suffixes)


def format_of(path: str | os.PathLike[str]) -> Format | None:
    """Return the format that the suffix of a path names; None where none does."""
    suffix = Path(path).suffix.lower()
    return next((kind for kind in FORMATS.values() if suffix in kind.suffixes), None)


def piece_bytes(piece: Piece, path: str | os.PathLike[str]) -> bytes:
    """Return a piece as the bytes of the file that a path names; its title is the name of its track, or of the file.

    Raises:
        OutputError: where the suffix names no format.
        SettingError: where the piece is to be notation and does not fit the grid.
    """
    kind = format_of(path)
    if kind is None:
        raise OutputError(f"the name of a written piece must end in {', '.join(WRITTEN_SUFFIXES)}. Received: {path}")
    names = {track.name for track in piece.tracks}
    title = names.pop() if len(names) == 1 else ""
    return kind.to_bytes(piece, Path(path).stem if title in _UNNAMED else title)


def write_piece(piece: Piece, path: str | os.PathLike[str], force: bool = False) -> None:
    """Write a piece as the file that a path names, atomically.

    Raises OutputError where it cannot be written, and otherwise as `piece_bytes` does.
    """
    write_bytes(path, piece_bytes(piece, path), force)
