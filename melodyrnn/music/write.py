"""A `Piece` out as a MIDI file that a DAW takes as it is.

Type 1. The first track carries tempo, meter, key and texts; each further track its name, program and notes; every
end-of-track stands at `piece.end`. At one tick note-offs come before note-ons, so repeated notes stay apart.
"""

from __future__ import annotations

import io
import os
from typing import Any

from ..files import atomic_file
from .piece import Piece, Track


def write_piece(piece: Piece, path: str | os.PathLike[str], force: bool = False) -> None:
    """Write a MIDI file, atomically. Raises OutputError where it cannot be written."""
    data = midi_bytes(piece)
    with atomic_file(path, force) as temporary:
        temporary.write_bytes(data)


def midi_bytes(piece: Piece) -> bytes:
    """The piece as the bytes of a type 1 MIDI file."""
    import mido

    midi = mido.MidiFile(type=1, ticks_per_beat=piece.ticks_per_quarter, charset="utf-8")
    midi.tracks.append(_conductor(piece))
    midi.tracks.extend(_track(track, piece.end) for track in piece.tracks)
    buffer = io.BytesIO()
    midi.save(file=buffer)
    return buffer.getvalue()


def to_pretty_midi(piece: Piece) -> Any:
    """The piece as a `pretty_midi.PrettyMIDI`."""
    import pretty_midi

    return pretty_midi.PrettyMIDI(io.BytesIO(midi_bytes(piece)))


def _conductor(piece: Piece) -> Any:
    from mido import MetaMessage

    timed: list[tuple[int, Any]] = [(0, MetaMessage("text", text=text)) for text in piece.texts]
    timed += [
        (m.tick, MetaMessage("time_signature", numerator=m.numerator, denominator=m.denominator)) for m in piece.meters
    ]
    timed += [(k.tick, MetaMessage("key_signature", key=k.key.midi_name)) for k in piece.keys]
    timed += [(t.tick, MetaMessage("set_tempo", tempo=t.microseconds_per_quarter)) for t in piece.tempos]
    return _with_deltas(timed, piece.end)


def _track(track: Track, end: int) -> Any:
    from mido import Message, MetaMessage

    head = [
        (0, MetaMessage("track_name", name=track.name)),
        (0, Message("program_change", channel=track.channel, program=track.program)),
    ]
    notes = track.notes
    events = []
    for onset, stop, pitch, velocity in zip(
        notes.onset.tolist(), notes.end.tolist(), notes.pitch.tolist(), notes.velocity.tolist(), strict=True
    ):
        events.append((onset, 1, pitch, velocity))
        events.append((stop, 0, pitch, 0))
    timed = [
        (
            tick,
            Message("note_on" if is_on else "note_off", channel=track.channel, note=pitch, velocity=velocity),
        )
        for tick, is_on, pitch, velocity in sorted(events)
    ]
    return _with_deltas(head + timed, end)


def _with_deltas(timed: list[tuple[int, Any]], end: int) -> Any:
    from mido import MetaMessage, MidiTrack

    track, now = MidiTrack(), 0
    for tick, message in sorted(timed, key=lambda pair: pair[0]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(MetaMessage("end_of_track", time=max(0, end - now)))
    return track
