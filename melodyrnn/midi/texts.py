"""Finds and decodes the texts of a MIDI file: the names of its tracks, and the texts at its start.

A text event is FF, its kind (1 text, 3 track name), its length and its bytes, in no declared encoding.
"""

from __future__ import annotations

from .chunks import Chunks

TEXT, TRACK_NAME = 1, 3
_NAME_EVENT = bytes([0xFF, TRACK_NAME])
_DATA_BYTES = (2, 2, 2, 2, 1, 1, 2)  # of statuses 0x8n to 0xEn
MESSAGE_BYTES = {status: _DATA_BYTES[(status >> 4) - 8] for status in range(0x80, 0xF0)}


class TextDecoder:
    """Decodes the texts of one file."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __call__(self, text: bytes) -> str:
        """Return a text of the file, without NULs around it."""
        return text.decode("utf-8", "replace").strip("\0")


def track_names(data: bytes, chunks: Chunks, decode: TextDecoder) -> list[str]:
    """Return the first name in each track, "" where there is none."""
    return [decode(_name(data, start, stop)) for start, stop in chunks.tracks]


def _name(data: bytes, start: int, stop: int) -> bytes:
    """Return the bytes of the first name in the track at data[start:stop]."""
    place = data.find(_NAME_EVENT, start, stop)
    while place >= 0 and not _is_event(data, start, place):  # the bytes of another event
        place = data.find(_NAME_EVENT, place + 1, stop)
    return b"" if place < 0 else text_at(data, place + 2)[0]


def _is_event(data: bytes, start: int, place: int) -> bool:
    """Return whether an event begins with the byte at `place`, in a track that begins at `start`."""
    at, status = start, 0
    while at < place:
        _, at = length_at(data, at)
        if at >= place:
            break
        byte = data[at]
        if byte >= 0xF0:
            size, at = length_at(data, at + (2 if byte == 0xFF else 1))
            at += size
        elif byte >= 0x80:
            status = byte
            at += 1 + MESSAGE_BYTES[status]
        elif status:
            at += MESSAGE_BYTES[status]
        else:
            return False
    return at == place and at > start


def opening_texts(data: bytes, decode: TextDecoder) -> tuple[str, ...]:
    """Return the texts that open the first track, where `write_piece` puts them."""
    texts, at = [], data.find(b"MTrk") + 8
    while data[at : at + 3] == bytes([0, 0xFF, TEXT]):
        text, at = text_at(data, at + 3)
        texts.append(decode(text))
    return tuple(texts)


def text_at(data: bytes, at: int) -> tuple[bytes, int]:
    """Return the bytes of a text whose length stands at `at`, and the place after them."""
    size, at = length_at(data, at)
    return data[at : at + size], at + size


def length_at(data: bytes, at: int) -> tuple[int, int]:
    """Return the variable-length quantity of at most four bytes at `at`, and the place after it."""
    value = 0
    for byte in data[at : at + 4]:
        at += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return value, at
