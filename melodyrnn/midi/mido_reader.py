"""Reads a MIDI file with mido, which accepts more than symusic."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from ..music.keys import Key
from ..music.meter import Meter
from ..music.piece import KeySignature, Piece, Tempo, TimeSignature
from .builder import PieceBuilder, TrackNotes
from .texts import TextDecoder

if TYPE_CHECKING:
    import mido

# The errors that mido raises on bad files, found by reading a thousand of them.
_ERRORS = (OSError, EOFError, IndexError, ValueError, KeyError, TypeError, AttributeError)


def parse_with_mido(data: bytes) -> mido.MidiFile | None:
    """Return a file as mido reads it; None where mido refuses it."""
    import mido
    from mido.midifiles.meta import KeySignatureError

    try:
        return mido.MidiFile(file=io.BytesIO(data), clip=True)
    except (*_ERRORS, KeySignatureError):
        return None


def read_with_mido(data: bytes, repairs: tuple[str, ...] = ()) -> Piece | None:
    """Return the piece as mido reads it; None where mido refuses it."""
    midi = parse_with_mido(data)
    if midi is None:
        return None
    builder, decode = PieceBuilder(is_type_0=midi.type == 0), TextDecoder(data)
    for track in midi.tracks:
        _add_track(track, builder, decode)
    return builder.piece(midi.ticks_per_beat, (*repairs, "read by mido, which takes data bytes above 127 as 127"))


def _add_track(track: mido.MidiTrack, builder: PieceBuilder, decode: TextDecoder) -> None:
    """Add a track that mido has read to a piece."""
    tick = 0
    notes = TrackNotes()
    for message in track:
        tick += message.time
        if message.type == "set_tempo":
            builder.tempos.append(Tempo(tick, message.tempo))
        elif message.type == "time_signature":
            builder.meters.append(TimeSignature(tick, Meter(message.numerator, message.denominator)))
        elif message.type == "key_signature":
            builder.keys.append(KeySignature(tick, Key.parse(message.key)))
        elif message.type == "program_change":
            notes.set_program(message.channel, message.program)
        elif message.type == "control_change":
            notes.control(message.control, message.value)
        elif message.type in ("note_on", "note_off"):
            velocity = message.velocity if message.type == "note_on" else 0
            notes.add(tick, message.channel, message.note, velocity)
    builder.add_track(decode(track.name.encode("latin-1")), tick, notes)
