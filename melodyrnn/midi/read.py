"""Reads a MIDI file into a `Piece`.

symusic is tried first. What it refuses is read by mido with `clip=True`, which accepts more. Files that both refuse,
or that contradict themselves (a track cut short, a wrong length), are salvaged; `Piece.repairs` lists the repairs. The
rules of `pairing` (where notes end) and `channels` (which channels are one instrument) hold for all three; texts and
markers are read from the bytes, whoever reads the notes.
docs/ingest.md lists how each part of MIDI is treated. The end of a piece is the end of its last note, since symusic
does not keep the end of track. Source: Standard MIDI Files 1.0.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from ..errors import MidiError
from ..files import special_kind
from ..music.piece import Piece
from .chunks import scan, unwrap
from .markers import markers_of
from .mido_reader import read_with_mido
from .salvage import salvage
from .symusic_reader import read_with_symusic
from .texts import TextDecoder, opening_texts

_MIN_BYTES_WITH_NOTES = 30  # a shorter file cannot hold notes


def read_piece(path: str | os.PathLike[str]) -> Piece:
    """Return the piece in a MIDI file. Raises MidiError with the reason where it cannot be read."""
    return read_bytes(read_data(path), str(path))


def read_data(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a file. Raises MidiError where it cannot be read, or reading it might never end."""
    path = Path(path)
    if not path.exists():
        raise MidiError(f"a MIDI file must exist. Received: {path}")
    if path.is_dir():
        raise MidiError(f"a MIDI file must be a file. Received the folder: {path}")
    if kind := special_kind(path):
        raise MidiError(f"a MIDI file must be a regular file. Received {kind}: {path}")
    try:
        return path.read_bytes()
    except OSError as error:
        raise MidiError(f"cannot read {path}: {error.strerror}") from error


def read_bytes(data: bytes, name: str) -> Piece:
    """Return the piece in the bytes of a MIDI file. Raises MidiError where they cannot be read.

    Args:
        name: name of the file, for messages.
    """
    data, unwrapped = unwrap(data, name)
    chunks = scan(data, name)
    chunks = replace(chunks, repairs=unwrapped + chunks.repairs) if unwrapped else chunks
    decode = TextDecoder(data)
    texts, markers = opening_texts(data, decode), markers_of(data, chunks, decode)
    piece = None if chunks.is_broken else read_with_symusic(data, chunks)
    if piece is None and not chunks.is_broken:
        piece = read_with_mido(data, chunks.repairs)
    if piece is None or (piece.num_notes == 0 and len(data) > _MIN_BYTES_WITH_NOTES):
        salvaged = salvage(data, chunks)
        piece = salvaged if piece is None or salvaged.num_notes else piece
    if not chunks.tracks:
        raise MidiError(f"a MIDI file must hold a track. Received: {name}, without one")
    return replace(piece, texts=texts, markers=markers) if texts or markers else piece


def with_channels(piece: Piece, data: bytes) -> Piece:
    """Return the piece with the channels of its tracks, which symusic does not tell, read from the file's events.

    A track whose notes are not found among the events keeps the channel it has.

    Args:
        data: the bytes of the file that `piece` was read from.
    """
    try:
        data, _ = unwrap(data, "this file")
        tracks = salvage(data, scan(data, "this file")).tracks
    except MidiError:  # bytes of another kind of file
        return piece
    if [len(track.notes) for track in tracks] != [len(track.notes) for track in piece.tracks]:
        return piece
    found = (replace(track, channel=one.channel) for track, one in zip(piece.tracks, tracks, strict=True))
    return replace(piece, tracks=tuple(found))
