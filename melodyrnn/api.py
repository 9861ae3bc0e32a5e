"""What `import melodyrnn` offers: the commands as functions, and pieces that write and show themselves."""

from __future__ import annotations

import os
from dataclasses import fields
from typing import Any

from .generation.generator import Generator
from .generation.generator import load as load_generator
from .generation.request import Request
from .midi.read import read_piece as read_midi_piece
from .midi.write import to_pretty_midi, write_piece
from .music import piece as core
from .view.roll import to_html


class Piece(core.Piece):
    """A piece of music: tracks of notes with tempo, meter and key, in ticks."""

    __slots__ = ()

    def write(self, path: str | os.PathLike[str], force: bool = False) -> None:
        """Write a type 1 MIDI file, atomically. Raises OutputError where `path` exists, unless `force`."""
        write_piece(self, path, force)

    def to_pretty_midi(self) -> Any:
        """Return the piece as a `pretty_midi.PrettyMIDI`."""
        return to_pretty_midi(self)

    def _repr_html_(self) -> str:
        """Return the piano roll, as notebooks show it."""
        return to_html(self)


def _public(piece: core.Piece) -> Piece:
    return Piece(**{field.name: getattr(piece, field.name) for field in fields(piece)})


class Model:
    """A trained network that generates."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator

    def generate(self, **wishes: object) -> list[Piece]:
        """Generate pieces; `wishes` are fields of `Request` (num, bars, key, seed ...). Raises SettingError."""
        request = Request(**wishes)  # type: ignore[arg-type]
        return [_public(piece) for piece in self.generator.generate(request)]


def load(path: str | os.PathLike[str] | None = None) -> Model:
    """Load a model file, or a checkpoint that comes with melodyrnn. Raises CheckpointError."""
    return Model(load_generator(path))


def read_piece(path: str | os.PathLike[str]) -> Piece:
    """Read a MIDI file. Raises MidiError with the reason where it cannot be read."""
    return _public(read_midi_piece(path))
