"""Reads a MIDI file into a `Piece`.

symusic is tried first. What it refuses is read by mido with `clip=True`, which accepts more. Files that both refuse,
or that contradict themselves (a track cut short, a wrong length), are salvaged; `Piece.repairs` lists the repairs.
docs/ingest.md lists how each part of MIDI is treated. The end of a piece is the end of its last note, since symusic
does not keep the end of track. Source: Standard MIDI Files 1.0.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from ..errors import MidiError
from ..music.keys import Key
from ..music.meter import Meter
from ..music.piece import KeySignature, Notes, Piece, Tempo, TimeSignature, Track
from ..music.units import DRUM_CHANNEL
from .builder import OpenNotes, PieceBuilder, key_of_signature, piece_of
from .chunks import scan, unwrap
from .salvage import salvage

if TYPE_CHECKING:
    import mido
    from symusic.core import ScoreTick

# The errors that mido raises on bad files, found by reading a thousand of them.
_MIDO_ERRORS = (OSError, EOFError, IndexError, ValueError, KeyError, TypeError, AttributeError)
_MIN_BYTES_WITH_NOTES = 30  # a shorter file cannot hold notes


def read_piece(path: str | os.PathLike[str]) -> Piece:
    """Return the piece in a MIDI file. Raises MidiError with the reason where it cannot be read."""
    path = Path(path)
    if not path.exists():
        raise MidiError(f"a MIDI file must exist. Received: {path}")
    if path.is_dir():
        raise MidiError(f"a MIDI file must be a file. Received the folder: {path}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MidiError(f"cannot read {path}: {error.strerror}") from error
    return read_bytes(data, str(path))


def read_bytes(data: bytes, name: str) -> Piece:
    """Return the piece in the bytes of a MIDI file. Raises MidiError where they cannot be read.

    Args:
        name: name of the file, for messages.
    """
    data, unwrapped = unwrap(data, name)
    chunks = scan(data, name)
    chunks = replace(chunks, repairs=unwrapped + chunks.repairs) if unwrapped else chunks
    texts = _texts(data)
    piece = None if chunks.is_broken else _read_with_symusic(data, chunks.repairs, texts)
    if piece is None and not chunks.is_broken:
        piece = _read_with_mido(data, chunks.repairs)
    if piece is None or (piece.num_notes == 0 and len(data) > _MIN_BYTES_WITH_NOTES):
        salvaged = salvage(data, chunks)
        piece = salvaged if piece is None or salvaged.num_notes else piece
    if not chunks.tracks:
        raise MidiError(f"a MIDI file must hold a track. Received: {name}, without one")
    return piece if piece.texts == texts else replace(piece, texts=texts)


def _texts(data: bytes) -> tuple[str, ...]:
    """Return the text events (FF 01, length, text) at the start of the first track, where `write_piece` puts them."""
    texts, at = [], data.find(b"MTrk") + 8
    while data[at : at + 3] == b"\x00\xff\x01":
        at += 3
        length = 0
        while at < len(data):
            byte = data[at]
            at += 1
            length = length << 7 | byte & 0x7F
            if byte < 0x80:
                break
        texts.append(data[at : at + length].decode("utf-8", "replace"))
        at += length
    return tuple(texts)


def _read_with_symusic(data: bytes, repairs: tuple[str, ...] = (), texts: tuple[str, ...] = ()) -> Piece | None:
    """Return the piece as symusic reads it; None where symusic refuses it or its ticks overflow."""
    import symusic

    try:
        score = cast("ScoreTick", symusic.Score.from_midi(data))
    except (RuntimeError, ValueError):
        return None
    if score.tpq <= 0:
        return None
    tracks = []
    for track in score.tracks:
        columns = track.notes.numpy()
        notes = Notes.of(columns["time"], columns["duration"], columns["pitch"], columns["velocity"])
        if len(notes) and notes.onset[0] < 0:
            return None  # its tick count overflows past 2**31
        tracks.append(Track(notes, track.name, track.program, DRUM_CHANNEL if track.is_drum else 0))
    return piece_of(
        score.tpq,
        _join_programs(tracks),
        [Tempo(t.time, t.mspq) for t in score.tempos],
        [TimeSignature(m.time, Meter(m.numerator, m.denominator)) for m in score.time_signatures],
        [
            KeySignature(k.time, key_of_signature(k.key, bool(k.tonality)))
            for k in score.key_signatures
            if -7 <= k.key <= 7
        ],
        repairs,
        texts,
    )


def _join_programs(tracks: list[Track]) -> list[Track]:
    """Return the tracks, joining those of one name that never overlap in time: symusic splits at program changes."""
    if len(tracks) < 2 or len({(t.name, t.is_drums) for t in tracks}) == len(tracks):
        return tracks
    joined: list[Track] = []
    for (_, is_drums), group in groupby(tracks, lambda t: (t.name, t.is_drums)):
        parts: list[Track] = []
        for track in group:
            place = next((n for n, p in enumerate(parts) if not is_drums and _take_turns(p, track)), None)
            if place is None:
                parts.append(track)
            else:
                parts[place] = replace(parts[place], notes=_merge((parts[place].notes, track.notes)))
        joined += parts
    return joined


def _take_turns(one: Track, other: Track) -> bool:
    """Return whether two tracks of different programs never overlap in time."""
    if one.program == other.program or not len(one.notes) or not len(other.notes):
        return False
    notes = _merge((one.notes, other.notes))
    own, others = one.notes.end, other.notes.end
    # Chords within a track do not matter: tracks that overlap each other are two voices.
    before = np.searchsorted(one.notes.onset, other.notes.onset, side="right")
    held = np.r_[0, np.maximum.accumulate(own)][before] > other.notes.onset
    after = np.searchsorted(other.notes.onset, one.notes.onset, side="right")
    holding = np.r_[0, np.maximum.accumulate(others)][after] > one.notes.onset
    return len(notes) > 0 and not held.any() and not holding.any()


def _merge(parts: Sequence[Notes]) -> Notes:
    """Return all notes of all parts, in order."""
    return Notes.of(
        np.concatenate([part.onset for part in parts]),
        np.concatenate([part.duration for part in parts]),
        np.concatenate([part.pitch for part in parts]),
        np.concatenate([part.velocity for part in parts]),
    )


def _read_with_mido(data: bytes, repairs: tuple[str, ...] = ()) -> Piece | None:
    """Return the piece as mido reads it; None where mido refuses it."""
    import mido
    from mido.midifiles.meta import KeySignatureError

    try:
        midi = mido.MidiFile(file=io.BytesIO(data), clip=True)
    except (*_MIDO_ERRORS, KeySignatureError):
        return None
    builder = PieceBuilder()
    for track in midi.tracks:
        _add_track(track, builder)
    return builder.piece(midi.ticks_per_beat, (*repairs, "read by mido, which takes data bytes above 127 as 127"))


def _add_track(track: mido.MidiTrack, builder: PieceBuilder) -> None:
    """Add a track that mido has read to a piece."""
    tick = 0
    programs: dict[int, int] = {}
    notes_of: dict[int, OpenNotes] = {}
    for message in track:
        tick += message.time
        if message.type == "set_tempo":
            builder.tempos.append(Tempo(tick, message.tempo))
        elif message.type == "time_signature":
            builder.meters.append(TimeSignature(tick, Meter(message.numerator, message.denominator)))
        elif message.type == "key_signature":
            builder.keys.append(KeySignature(tick, Key.parse(message.key)))
        elif message.type == "program_change":
            programs[message.channel] = message.program
        elif message.type in ("note_on", "note_off"):
            velocity = message.velocity if message.type == "note_on" else 0
            notes_of.setdefault(message.channel, OpenNotes()).add(tick, message.note, velocity)
    builder.add_track(track.name.strip("\0"), tick, notes_of, programs)
