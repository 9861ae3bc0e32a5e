"""Finds and decodes the texts of a MIDI file: the names of its tracks, and the texts at its start.

A text event is FF, its kind (1 text, 3 track name, 5 lyric ...), its length and its bytes. Few files say in which
encoding: by a byte order mark, an escape of ISO 2022, or {@LATIN} or {@JP}. Otherwise text is UTF-8 where it is valid
UTF-8; the encoding of all others in a file is guessed from them together.
Source: Standard MIDI Files 1.0; RP-026 for the marks in braces.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import accumulate

from .chunks import Chunks
from .encodings import guess_encoding

TEXT, TRACK_NAME, MARKER = 1, 3, 6
_NAME_EVENT = bytes([0xFF, TRACK_NAME])
_TEXT_EVENT = re.compile(rb"\xff[\x01-\x0f](?=[\x00-\x7f]|[\x80-\xff][\x00-\x7f])")
_EVENT = re.compile(rb"[\x80-\xff]{0,3}[\x00-\x7f][\x80-\xff]")  # a time and a status
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"\{@(LATIN|JP)\}")
_ENCODINGS_DECLARED = {b"LATIN": "cp1252", b"JP": "cp932"}
_MAX_GUESSED = 2000  # bytes; more texts make no guess better
_ISO_2022 = b"\x1b$"
_DATA_BYTES = (2, 2, 2, 2, 1, 1, 2)  # of statuses 0x8n to 0xEn
MESSAGE_BYTES = {status: _DATA_BYTES[(status >> 4) - 8] for status in range(0x80, 0xF0)}


class TextDecoder:
    """Decodes the texts of one file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._encoding: str | None = None

    def __call__(self, text: bytes) -> str:
        """Return a text of the file, without NULs around it."""
        return (text.decode() if text.isascii() and _ISO_2022 not in text else self._decode(text)).strip("\0")

    def _decode(self, text: bytes) -> str:
        for mark, encoding in _MARKS:
            if text.startswith(mark):
                return text[len(mark) :].decode(encoding, "replace")
        if _ISO_2022 in text:
            return text.decode("iso2022_jp", "replace")
        if is_utf_8(text):
            return text.decode()
        if self._encoding is None:
            self._encoding = _encoding_of([text, *all_texts(self._data)])
        return text.decode(self._encoding, "replace")


def is_utf_8(text: bytes) -> bool:
    """Return whether bytes are valid UTF-8."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _encoding_of(texts: list[bytes]) -> str:
    """Return the encoding of the texts of a file that are not UTF-8, as Python calls it."""
    declared = next((match[1] for match in map(_DECLARED.match, texts) if match), None)
    if declared is not None:
        return _ENCODINGS_DECLARED[declared]
    unknown = [text[:_MAX_GUESSED] for text in dict.fromkeys(texts) if not is_utf_8(text)]
    num_used = sum(size <= _MAX_GUESSED for size in accumulate(map(len, unknown)))
    return guess_encoding(unknown[:num_used])


def all_texts(data: bytes) -> list[bytes]:
    """Return the texts of a file: what looks like a text event and has an event after it."""
    texts, at = [], 0
    while match := _TEXT_EVENT.search(data, at):
        text, stop = text_at(data, match.end())
        is_text = _EVENT.match(data, stop) is not None
        texts += [text] if is_text else []
        at = stop if is_text else match.start() + 1
    return texts


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
    """Return whether a meta event begins with the byte at `place`, in a track that begins at `start`."""
    return any(at == place for _, at in meta_events(data, start, place + 1))


def meta_events(data: bytes, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield (tick, place of its first byte) of the meta events that begin in data[start:stop], up to invalid bytes.

    A track begins at `start`.
    """
    at, status, tick = start, 0, 0
    while at < stop:
        wait, at = length_at(data, at)
        tick += wait
        if at >= stop:
            return
        byte = data[at]
        if byte >= 0xF0:
            if byte == 0xFF:
                yield tick, at
            size, at = length_at(data, at + (2 if byte == 0xFF else 1))
            at += size
        elif byte >= 0x80:
            status = byte
            at += 1 + MESSAGE_BYTES[status]
        elif status:
            at += MESSAGE_BYTES[status]
        else:
            return


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
