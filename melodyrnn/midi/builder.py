"""Builds a `Piece` from the events of a file; all readers share it but symusic's, which shares its rules."""

from __future__ import annotations

from operator import attrgetter

import numpy as np

from ..music.keys import Key
from ..music.meter import Meter
from ..music.piece import KeySignature, Piece, Tempo, TimeSignature, Track
from ..music.units import DEFAULT_TEMPO
from .channels import ChannelPart, join_channels
from .pairing import OpenNotes, struck_again

_DENOMINATORS = tuple(2**power for power in range(8))
_TICK = attrgetter("tick")
_PARAMETER_HIGH, _PARAMETER_LOW, _DATA_ENTRY = 101, 100, 6  # controllers
_NO_PARAMETER, _MPE_ZONE = (127, 127), (0, 6)


class TrackNotes:
    """Collects the notes of one track of a file, channel by channel; its events come in order of time."""

    def __init__(self) -> None:
        self._notes: dict[int, OpenNotes] = {}
        self._programs: dict[int, int] = {}  # by channel, the current one
        self._first_programs: dict[int, int | None] = {}  # that of the first note
        self._parameter = _NO_PARAMETER
        self.declares_zone = False

    def add(self, tick: int, channel: int, pitch: int, velocity: int) -> None:
        """Add a note-on, or with velocity 0 a note-off."""
        notes = self._notes.get(channel)
        if notes is None:
            notes = self._notes[channel] = OpenNotes()
        if velocity > 0 and channel not in self._first_programs:
            self._first_programs[channel] = self._programs.get(channel)
        notes.add(tick, pitch, velocity)

    def set_program(self, channel: int, program: int) -> None:
        """Add a program change."""
        self._programs[channel] = program

    def control(self, number: int, value: int) -> None:
        """Add a control change: some declare an MPE zone."""
        if number in (_PARAMETER_HIGH, _PARAMETER_LOW):
            high, low = self._parameter
            self._parameter = (value, low) if number == _PARAMETER_HIGH else (high, value)
        elif number == _DATA_ENTRY and value and self._parameter == _MPE_ZONE:
            self.declares_zone = True

    def parts(self, end: int) -> tuple[list[ChannelPart], int]:
        """Return the channels with notes of a track that ends at tick `end`, and how many notes had no note-off."""
        found, num_unclosed = [], 0
        for channel, channel_notes in sorted(self._notes.items()):
            notes, count = channel_notes.closed(end)
            num_unclosed += count
            if len(notes):
                found.append(ChannelPart(channel, self._first_programs.get(channel), notes))
        return found, num_unclosed


class PieceBuilder:
    """Collects the contents of a file, track by track; ticks count from the start of the file."""

    def __init__(self, is_type_0: bool = False) -> None:
        self.tempos: list[Tempo] = []
        self.meters: list[TimeSignature] = []
        self.keys: list[KeySignature] = []
        self.tracks: list[Track] = []
        self._is_type_0 = is_type_0
        self._num_unclosed = 0
        self._num_joined = 0

    def add_key(self, tick: int, sharps: int, mode: int) -> None:
        """Add a key signature; an invalid one is ignored."""
        if is_signature(sharps, mode):
            self.keys.append(KeySignature(tick, key_of_signature(sharps, mode == 1)))

    def add_track(self, name: str, end: int, notes: TrackNotes) -> None:
        """Add the notes of a track that ends at tick `end`, as one track for each instrument (see `channels`)."""
        channels, num_unclosed = notes.parts(end)
        self._num_unclosed += num_unclosed
        parts = join_channels(channels, notes.declares_zone or not self._is_type_0)
        if len(parts) < len(channels):
            self._num_joined += len(channels) - len(parts) + 1
        for part in parts:
            played = part.notes if part in channels else struck_again(part.notes)
            self.tracks.append(Track(played, name, part.program or 0, part.channel))

    def piece(self, ticks_per_quarter: int, repairs: tuple[str, ...] = ()) -> Piece:
        """Return the piece; `repairs` are the repairs of the reader, in words."""
        if self._num_unclosed:
            repairs += (f"notes never closed, ended where the next begins: {self._num_unclosed}",)
        if self._num_joined:
            repairs += (f"channels of one instrument read as one track: {self._num_joined}",)
        return piece_of(ticks_per_quarter, self.tracks, self.tempos, self.meters, self.keys, repairs)


def is_signature(sharps: int, mode: int) -> bool:
    """Return whether a key signature is valid: at most seven sharps or flats, and mode 0 (major) or 1 (minor)."""
    return -7 <= sharps <= 7 and mode in (0, 1)


def key_of_signature(sharps: int, is_minor: bool) -> Key:
    """Return the key of a key signature; `sharps` is negative for flats."""
    return Key.of_signature(sharps, "minor" if is_minor else "major")


def has_bar(meter: Meter) -> bool:
    """Return whether a time signature is valid: at least one beat, of a whole note to a 128th note."""
    return meter.numerator >= 1 and meter.denominator in _DENOMINATORS


def piece_of(
    ticks_per_quarter: int,
    tracks: list[Track],
    tempos: list[Tempo],
    meters: list[TimeSignature],
    keys: list[KeySignature],
    repairs: tuple[str, ...] = (),
    texts: tuple[str, ...] = (),
) -> Piece:
    """Return a piece with a tempo and a meter from tick 0 on: the defaults of MIDI where a file has none."""
    tempos = sorted([t for t in tempos if t.microseconds_per_quarter > 0], key=_TICK)
    sound = sorted([change for change in meters if has_bar(change.meter)], key=_TICK)
    if len(sound) < len(meters):
        repairs += (f"{len(meters) - len(sound)} time signatures without a bar ignored",)
    meters = sound
    keys = sorted(keys, key=_TICK)
    if not tempos or tempos[0].tick > 0:
        tempos.insert(0, Tempo(0, DEFAULT_TEMPO))
    if not meters or meters[0].tick > 0:
        meters.insert(0, TimeSignature(0, Meter(4, 4)))
    end = max((int(np.maximum.reduce(t.notes.end)) for t in tracks if len(t.notes)), default=0)
    return Piece(
        ticks_per_quarter, tuple(tracks), tuple(tempos), tuple(meters), tuple(keys), end, tuple(texts), tuple(repairs)
    )
