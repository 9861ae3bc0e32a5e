"""Files of every kind as the MIDI files that would hold their music: for playing, rendering and primers."""

from __future__ import annotations

import os

from ..midi.file import MidiFile, file_of, file_of_bytes
from ..midi.read import read_data
from ..midi.write import midi_bytes
from .read import is_notation, read_tune, read_tunes


def as_midi(data: bytes, name: str) -> bytes:
    """Return the bytes of a MIDI file as they are, and those of the only piece of another file as MIDI.

    Raises MidiError where they are not MIDI and cannot be read, or hold several pieces.
    """
    return midi_bytes(read_tune(data, name).piece) if is_notation(data, name) else data


def files_of_bytes(data: bytes, name: str) -> list[MidiFile]:
    """Return the pieces of the bytes of a file as MIDI files. Raises MidiError where they cannot be read."""
    if not is_notation(data, name):
        return [file_of_bytes(data, name)]
    tunes = read_tunes(data, name)
    own = os.path.basename(name)
    return [file_of(tune.piece, own if len(tunes) == 1 else f"{own}, {tune.label}") for tune in tunes]


def read_file(path: str | os.PathLike[str]) -> MidiFile:
    """Return the only piece of a file as a MIDI file. Raises MidiError where it cannot be read or holds several."""
    name = os.fspath(path)
    data = read_data(path)
    if is_notation(data, name):
        return file_of(read_tune(data, name).piece, os.path.basename(name))
    return file_of_bytes(data, name)
