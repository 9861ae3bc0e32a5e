"""A piece of music that can be written, converted for other packages and shown in a notebook."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from ..midi.read import read_piece as read_midi_piece
from ..midi.write import to_pretty_midi, write_piece
from ..music import piece as music
from ..tasks.paths import StrPath
from ..view.roll import to_html

if TYPE_CHECKING:
    from pretty_midi import PrettyMIDI


class Piece(music.Piece):
    """A piece of music: tracks of notes with tempi, meters and keys; times in ticks, see `ticks_per_quarter`."""

    __slots__ = ()

    def write(self, path: StrPath, force: bool = False) -> None:
        """Write a type 1 MIDI file.

        Args:
            path: file to write; its folder is made where it does not exist.
            force: whether to overwrite a file that exists.

        Raises:
            OutputError: where the file exists and is not to be overwritten, or cannot be written.
        """
        write_piece(self, path, force)

    def to_pretty_midi(self) -> PrettyMIDI:
        """Return the piece as a `pretty_midi.PrettyMIDI`."""
        return to_pretty_midi(self)

    def _repr_html_(self) -> str:
        """Return the piano roll as HTML, which notebooks show."""
        return to_html(self)

    @classmethod
    def of(cls, piece: music.Piece) -> Piece:
        """Return a piece with the same content as `piece`."""
        return cls(**{field.name: getattr(piece, field.name) for field in fields(piece)})


def read_piece(path: StrPath) -> Piece:
    """Return the piece of a MIDI file.

    Args:
        path: the file. Damaged files are repaired as far as possible; `repairs` of the piece lists the repairs.

    Raises:
        MidiError: where it does not exist or cannot be read.
    """
    return Piece.of(read_midi_piece(path))
