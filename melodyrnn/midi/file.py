"""A complete MIDI file: all its messages in order of time, and a `Piece` that includes the end of its tracks.

`read_piece` is fast but reads notes only. Playing, looping or rendering a file also needs its programs and controllers,
and the bars of rest at its end.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MidiError
from ..music.piece import Piece
from .mido_reader import parse_with_mido
from .read import read_bytes, read_data
from .write import midi_bytes

if TYPE_CHECKING:
    import mido

_BANK, _BANK_FINE = 0, 32  # controllers
_MAX_END = 2  # a file that goes on for longer than its music is damaged: it has no such rest


@dataclass(frozen=True, slots=True)
class MidiFile:
    """A piece and its file.

    Attributes:
        name: of the file, without its folder.
        data: the bytes of the file, without what follows long after its last note.
        piece: its music; `piece.end` is the last end of a track.
    """

    name: str
    data: bytes
    piece: Piece

    def messages(self) -> list[tuple[int, mido.Message]]:
        """Return (tick, message) of all messages except meta messages, in order of time.

        At one tick, programs come before what sounds, whatever the order of the tracks; those that follow a note of
        their own track stay behind it.
        """
        midi = _parsed(self.data) or _parsed(midi_bytes(self.piece))
        if midi is None:
            raise MidiError(f"a written piece must be readable by mido. Received: {self.name}")
        events: list[tuple[int, bool, mido.Message]] = []
        for track in midi.tracks:
            tick, sounded = 0, -1  # the latter is that of the last note
            for message in track:
                tick += message.time
                if message.type == "note_on":
                    sounded = tick
                if not message.is_meta:
                    events.append((tick, sounded == tick or not _selects_program(message), message))
        return [(tick, message) for tick, _, message in sorted(events, key=lambda event: event[:2])]


def _selects_program(message: mido.Message) -> bool:
    """Return whether a message chooses a program or the bank that it is chosen from."""
    is_bank = message.type == "control_change" and message.control in (_BANK, _BANK_FINE)
    return is_bank or message.type == "program_change"


def read_file(path: str | os.PathLike[str]) -> MidiFile:
    """Return the MIDI file at `path`. Raises MidiError with the reason where it cannot be read."""
    return file_of_bytes(read_data(path), os.fspath(path))


def file_of_bytes(data: bytes, name: str) -> MidiFile:
    """Return the MIDI file with these bytes. Raises MidiError with the reason where they cannot be read.

    Args:
        name: path of the file, or of an archive and its member.
    """
    piece = read_bytes(data, name)
    midi = _parsed(data)
    if midi is not None:
        end = max((sum(m.time for m in track) for track in midi.tracks), default=0)
        if end <= _MAX_END * piece.end:
            piece = replace(piece, end=max(piece.end, end))
        elif piece.end:
            data = _cut(midi, piece.end)
    return MidiFile(Path(name).name, data, piece)


def _cut(midi: mido.MidiFile, end: int) -> bytes:
    """Return the bytes of a file with the events up to tick `end`, where every track ends."""
    import mido

    tracks = []
    for track in midi.tracks:
        kept, now = mido.MidiTrack(), 0
        for message in track:
            if now + message.time > end:
                break
            now += message.time
            if message.type != "end_of_track":
                kept.append(message)
        kept.append(mido.MetaMessage("end_of_track", time=end - now))
        tracks.append(kept)
    midi.tracks[:] = tracks
    data = io.BytesIO()
    midi.save(file=data)
    return data.getvalue()


def file_of(piece: Piece, name: str = "melody.mid") -> MidiFile:
    """Return a piece as the file that `write_piece` would write."""
    return MidiFile(name, midi_bytes(piece), piece)


def _parsed(data: bytes) -> mido.MidiFile | None:
    """Return the file as mido reads it; None where mido refuses it or it has no common time."""
    midi = parse_with_mido(data)
    return midi if midi is not None and midi.type in (0, 1) else None
