"""Finds the chunks of a MIDI file: where its tracks are, and where the file contradicts itself.

A file is a header chunk `MThd` (format, number of tracks, division) and track chunks `MTrk`, each a name of four
letters, a length of four bytes and that many bytes. An .rmi file holds one inside a RIFF chunk `data`; old Macintosh
files carry 128 bytes before it. Source: Standard MIDI Files 1.0; RP-029 for RIFF.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import MidiError

_END_OF_TRACK = b"\xff\x2f\x00"
_ASSUMED_DIVISION = 480  # ticks per quarter where the header is lost
_MAX_HEADER = 1024  # bytes; a longer header chunk is invalid
_NAMED = 4  # at most so many repairs of one kind are listed


@dataclass(frozen=True, slots=True)
class Chunks:
    """The header and the tracks of a file.

    Attributes:
        format: 0, 1 or 2 as the header says.
        ticks_per_quarter: the division of the header.
        tracks: the bytes of each track (first, one past the last), without name and length.
        repairs: the repairs, in words.
        is_broken: whether the tracks are not where the lengths in the file place them, so that a reader that trusts
            the lengths would read other bytes.
    """

    format: int
    ticks_per_quarter: int
    tracks: tuple[tuple[int, int], ...]
    repairs: tuple[str, ...]
    is_broken: bool


def unwrap(data: bytes, name: str) -> tuple[bytes, tuple[str, ...]]:
    """Return the bytes from `MThd` on, and the repairs in words. Raises MidiError where there is no MIDI."""
    if data[:4] == b"MThd":
        return data, ()
    at = data.find(b"MThd")
    if data[:4] == b"RIFF" and at >= 0:
        return data[at:], ()
    if at >= 0 and b"MTrk" in data[at:]:
        return data[at:], (f"{at} bytes before the header",)
    track = data.find(b"MTrk")
    if track == 14 and data[4:8] == b"\0\0\0\6":
        return b"MThd" + data[4:], ("the header has another name",)
    if track >= 0:
        head = b"MThd\0\0\0\6\0\1" + data.count(b"MTrk").to_bytes(2, "big") + _ASSUMED_DIVISION.to_bytes(2, "big")
        return head + data[track:], (f"no header: {_ASSUMED_DIVISION} ticks per quarter assumed",)
    raise MidiError(f"a MIDI file must begin with MThd. Received: {name}, beginning with {data[:4]!r}")


def scan(data: bytes, name: str) -> Chunks:
    """Return the chunks of `data`, which begins with `MThd`.

    Args:
        name: name of the file, for messages.

    Raises:
        MidiError: for a damaged header, and for files without a common musical time: SMPTE time, which has no beats,
            and type 2 with several tracks, which are independent patterns.
    """
    length = int.from_bytes(data[4:8], "big")
    if len(data) < 14 or not 6 <= length <= _MAX_HEADER:
        raise MidiError(f"cannot read {name} as MIDI: its header is damaged or cut short ({len(data)} bytes)")
    kind, count, division = (int.from_bytes(data[at : at + 2], "big") for at in (8, 10, 12))
    if division >= 0x8000:
        raise MidiError(f"a MIDI file must count ticks per quarter note, not SMPTE frames. Received: {name}")
    if division == 0:
        raise MidiError(f"a MIDI file must count at least one tick per quarter note. Received: {name}, with 0")
    spans, broken = _spans(data, 8 + length, count)
    if kind == 2 and len(spans) > 1:
        raise MidiError(f"a MIDI file must be of type 0 or 1; type 2 holds patterns without a common time: {name}")
    repairs = [] if length == 6 else [f"a header of {length} bytes instead of 6"]
    repairs += broken
    if kind > 2:
        repairs.append(f"type {kind} read as type 1")
    if len(spans) != count:
        repairs.append(f"{len(spans)} tracks where the header names {count}")
    endless = [n for n, (_, stop) in enumerate(spans) if data[stop - 3 : stop] != _END_OF_TRACK]
    if not broken:
        repairs += [f"track chunk {n} has no end-of-track" for n in endless[:_NAMED]]
    return Chunks(kind, division, tuple(spans), tuple(repairs), bool(broken) or len(spans) != count)


def _spans(data: bytes, at: int, count: int) -> tuple[list[tuple[int, int]], list[str]]:
    """Return the span of bytes of each track, and the repairs of wrong lengths.

    Args:
        at: first byte after the header.
        count: number of tracks that the header names; bytes after the last track are ignored.
    """
    spans: list[tuple[int, int]] = []
    repairs: list[str] = []
    while at + 8 <= len(data):
        stop = at + 8 + int.from_bytes(data[at + 4 : at + 8], "big")
        if data[at : at + 4] == b"MTrk":
            if stop > len(data) or not _chunk_at(data, stop, len(spans) + 1 >= count):
                following = data.find(b"MTrk", at + 8)
                cut = "is cut short" if stop > len(data) and following < 0 else "has a wrong length"
                repairs.append(f"track chunk {len(spans)} {cut}")
                stop = following if following >= 0 else len(data)
            spans.append((at + 8, stop))
        elif len(spans) >= count:
            break
        elif stop > len(data) or not _is_name(data[at : at + 4]):
            repairs.append(f"bytes that are no chunk after track chunk {len(spans) - 1}")
            stop = data.find(b"MTrk", at)
            if stop < 0:
                break
        elif _looks_like_track(data, at, stop):
            repairs.append(f"track chunk {len(spans)} has another name")
            spans.append((at + 8, stop))
        at = stop
    return spans, repairs[: 2 * _NAMED]


def _chunk_at(data: bytes, at: int, is_last: bool) -> bool:
    """Return whether a chunk or the end of the file is at `at`; after the last track any bytes may follow."""
    if is_last and data[at - 3 : at] == _END_OF_TRACK:
        return True
    return at >= len(data) - 7 or _is_name(data[at : at + 4])


def _is_name(name: bytes) -> bool:
    """Return whether these four bytes may name a chunk."""
    return name.isalnum() and name.isascii()


def _looks_like_track(data: bytes, at: int, stop: int) -> bool:
    """Return whether a chunk of an unknown name begins (with a delta time and a status) and ends like a track."""
    return stop - at > 12 and data[stop - 3 : stop] == _END_OF_TRACK and data[at + 8] < 0x80 <= data[at + 9]
