"""Reads a MIDI file with symusic, which is fast, and finds out what it does not tell.

symusic names its tracks by the last name in a track of the file, drops notes without a note-off, and does not tell
channels. So each track is given, before its end, a name that is its number and then, long after its last event,
note-offs of all pitches of its channels. They end every note that lacks a note-off, which shows by its duration. Such a
file, and one in which one instrument may have several channels or programs, has to be read by all its events.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..arrays import IntArray
from ..music.meter import Meter
from ..music.piece import KeySignature, Notes, Piece, Tempo, TimeSignature, Track
from ..music.units import DRUM_CHANNEL, NUM_PITCHES
from .builder import is_signature, key_of_signature, piece_of
from .chunks import Chunks
from .pairing import durations_until_struck
from .salvage import salvage
from .texts import TextDecoder, track_names

if TYPE_CHECKING:
    from symusic.core import TrackTick

_END_OF_TRACK = b"\xff\x2f\x00"
_LONG_AFTER = b"\xff\xff\xff\x7f"  # the longest time between two events, in ticks
_MIN_UNCLOSED = 1 << 27  # ticks; a note of this duration or longer has no note-off
_MARK = "\x7fmelodyrnn "  # begins the name that a track is given
_UNMARKED = -1
_NONE = np.zeros(0, dtype=np.int64)
_PROGRAM_CHANGE = re.compile(rb"[\xc0-\xcf][\x00-\x7f]")
_OFFS = b"\0".join(bytes([pitch, 0]) for pitch in range(128))
_NOTE_OFFS = tuple((status, bytes([status]) + _OFFS) for status in range(0x90, 0xA0))


def read_with_symusic(data: bytes, chunks: Chunks) -> Piece | None:
    """Return the piece; None where symusic refuses the file or its ticks overflow.

    Args:
        chunks: the chunks of `data`, with right lengths.
    """
    from symusic.core import ScoreTick

    try:
        score = ScoreTick.from_midi(_marked(data, chunks))
    except (RuntimeError, ValueError):
        return None
    if score.tpq <= 0:
        return None
    tracks = [track for track in score.tracks if track.note_num()]
    notes = _all_notes(tracks)
    if np.minimum.reduce(notes.onset, initial=0) < 0:
        return None  # its tick count overflows past 2**31
    parts = [_part_of(track) for track in tracks]
    if notes.are_unclosed or any(part.number == _UNMARKED for part in parts) or _need_channels(parts, data, chunks):
        return salvage(data, chunks)
    names = track_names(data, chunks, TextDecoder(data))
    return piece_of(
        score.tpq,
        [Track(own, names[p.number], p.program, p.channel) for p, own in zip(parts, notes.by_track(), strict=True)],
        [Tempo(t.time, t.mspq) for t in score.tempos],
        [TimeSignature(m.time, Meter(m.numerator, m.denominator)) for m in score.time_signatures],
        [
            KeySignature(k.time, key_of_signature(k.key, bool(k.tonality)))
            for k in score.key_signatures
            if is_signature(k.key, k.tonality)
        ],
        chunks.repairs,
    )


def _marked(data: bytes, chunks: Chunks) -> bytes:
    """Return the file with its marks: see above."""
    pieces, copied = [], 0
    for number, (start, stop) in enumerate(chunks.tracks):
        end = stop - len(_END_OF_TRACK)
        has_end = data.startswith(_END_OF_TRACK, end)
        body = data[start:end] if has_end else data[start:stop] + b"\0"  # up to the time of the next event
        name = (_MARK + str(number)).encode()
        marks = [b"\xff\x03", bytes([len(name)]), name]
        offs = [off for status, off in _NOTE_OFFS if status in body]
        if offs:
            marks += [_LONG_AFTER, b"\0".join(offs)]
        marks += [b"\0", _END_OF_TRACK]
        size = len(body) + sum(map(len, marks))
        pieces += [data[copied : start - 4], size.to_bytes(4, "big"), body, *marks]
        copied = stop
    return b"".join((*pieces, data[copied:]))


class _AllNotes(NamedTuple):
    """The notes of all tracks of symusic, one track after another: columns (num_notes,), and notes of each track.

    A file may have fifty tracks of a few notes, so whatever can be done for all of them at once is.
    """

    onset: IntArray
    duration: IntArray
    pitch: IntArray
    velocity: IntArray
    sizes: list[int]

    @property
    def are_unclosed(self) -> bool:
        """Whether a note has no note-off but one of the marks."""
        return bool(np.count_nonzero((self.duration < 0) | (self.duration >= _MIN_UNCLOSED)))

    def by_track(self) -> list[Notes]:
        """Return the notes of each track in order, ended where their pitch is struck again."""
        columns = [self.onset, self.duration, self.pitch, self.velocity]
        track = np.repeat(np.arange(len(self.sizes)), self.sizes)
        place = (track << 32 | self.onset) * NUM_PITCHES + self.pitch
        if np.count_nonzero(place[1:] < place[:-1]):
            order = np.argsort(place, kind="stable")
            columns = [column[order] for column in columns]
        onset, duration, pitch, velocity = columns
        duration = durations_until_struck(onset, duration, track * NUM_PITCHES + pitch)
        for column in (onset, duration, pitch, velocity):
            column.setflags(write=False)
        stops = np.add.accumulate(self.sizes).tolist()
        return [
            Notes(onset[start:stop], duration[start:stop], pitch[start:stop], velocity[start:stop])
            for start, stop in zip([0, *stops], stops, strict=False)
        ]


def _all_notes(tracks: Sequence[TrackTick]) -> _AllNotes:
    """Return the notes of tracks as symusic orders them."""
    arrays = [track.notes.numpy() for track in tracks]
    onset, duration, pitch, velocity = (
        np.concatenate([_NONE, *(columns[name] for columns in arrays)], dtype=np.int64)
        for name in ("time", "duration", "pitch", "velocity")
    )
    return _AllNotes(onset, duration, pitch, velocity, [len(columns["time"]) for columns in arrays])


class _Part(NamedTuple):
    """A track of symusic; the number of its track in the file is `_UNMARKED` where the mark was not read."""

    number: int
    program: int
    channel: int


def _part_of(track: TrackTick) -> _Part:
    """Return the number in the mark of a track, its program and its channel."""
    _, mark, number = track.name.rpartition(_MARK)
    return _Part(int(number) if mark else _UNMARKED, track.program, DRUM_CHANNEL if track.is_drum else 0)


def _need_channels(parts: Sequence[_Part], data: bytes, chunks: Chunks) -> bool:
    """Return whether channels must be known: an instrument may have several of them, or several programs."""
    for number, group in groupby(parts, key=lambda part: part.number):
        in_track = list(group)
        programs = [part.program for part in in_track if part.channel != DRUM_CHANNEL]
        if len(in_track) - len(programs) > 1:
            return True
        if len(programs) > 1 and (len({*programs, 0}) <= 2 or _changes_program(data, *chunks.tracks[number])):
            return True
    return False


def _changes_program(data: bytes, start: int, stop: int) -> bool:
    """Return whether two programs of one channel may be set in the track at data[start:stop]."""
    changes = set(_PROGRAM_CHANGE.findall(data, start, stop))
    return len({change[0] for change in changes}) < len(changes)
