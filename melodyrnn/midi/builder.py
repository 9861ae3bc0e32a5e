"""Builds a `Piece` from events; shared by all readers of MIDI except symusic, so that they agree.

Note-ons and note-offs of one channel and pitch are paired first in, first out. A note-on of velocity 0 is a note-off.
A note without a note-off has no duration and is dropped, as symusic drops it, unless most notes of the channel have
none: then each ends where the next begins.
"""

from __future__ import annotations

from itertools import pairwise
from operator import attrgetter

import numpy as np

from ..music.keys import Key
from ..music.meter import Meter
from ..music.piece import KeySignature, Notes, Piece, Tempo, TimeSignature, Track
from ..music.units import DEFAULT_TEMPO

_DENOMINATORS = tuple(2**power for power in range(8))
_TICK = attrgetter("tick")


class OpenNotes:
    """Pairs the note-ons and note-offs of one channel of a track."""

    def __init__(self) -> None:
        self._open: dict[int, list[tuple[int, int]]] = {}  # pitch -> onset and velocity of the notes that sound
        self._rows: list[tuple[int, int, int, int]] = []  # onset, duration, pitch, velocity of closed notes

    def add(self, tick: int, pitch: int, velocity: int) -> None:
        """Add a note-on, or with velocity 0 a note-off; a note-off without a note is ignored."""
        if velocity > 0:
            self._open.setdefault(pitch, []).append((tick, velocity))
        elif self._open.get(pitch):
            onset, own_velocity = self._open[pitch].pop(0)
            self._rows.append((onset, tick - onset, pitch, own_velocity))

    def closed(self, end: int) -> tuple[Notes, int]:
        """Return all notes of a track that ends at tick `end`, and how many were never closed."""
        unclosed = sorted((on, pitch, velocity) for pitch, notes in self._open.items() for on, velocity in notes)
        rows = list(self._rows)
        if len(unclosed) > len(rows):
            onsets = sorted({row[0] for row in unclosed} | {row[0] for row in rows} | {end})
            following = dict(pairwise(onsets))
            rows += [(on, following.get(on, on) - on, pitch, velocity) for on, pitch, velocity in unclosed]
        columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
        return Notes.of(*columns), len(unclosed)


class PieceBuilder:
    """Collects the contents of a file, track by track; ticks count from the start of the file."""

    def __init__(self) -> None:
        self.tempos: list[Tempo] = []
        self.meters: list[TimeSignature] = []
        self.keys: list[KeySignature] = []
        self.tracks: list[Track] = []
        self.num_unclosed = 0

    def add_key(self, tick: int, sharps: int, is_minor: bool) -> None:
        """Add a key signature; one of more than seven sharps or flats is ignored."""
        if -7 <= sharps <= 7:
            self.keys.append(KeySignature(tick, key_of_signature(sharps, is_minor)))

    def add_track(self, name: str, end: int, notes_of: dict[int, OpenNotes], programs: dict[int, int]) -> None:
        """Add the notes of a track that ends at tick `end`, as one track for each channel that holds notes.

        Args:
            notes_of: notes by channel.
            programs: programs by channel.
        """
        for channel, channel_notes in sorted(notes_of.items()):
            notes, num_unclosed = channel_notes.closed(end)
            self.num_unclosed += num_unclosed
            if len(notes):
                self.tracks.append(Track(notes, name, programs.get(channel, 0), channel))

    def piece(self, ticks_per_quarter: int, repairs: tuple[str, ...] = ()) -> Piece:
        """Return the piece; `repairs` are the repairs of the reader, in words."""
        if self.num_unclosed:
            repairs += (f"{self.num_unclosed} notes never closed",)
        return piece_of(ticks_per_quarter, self.tracks, self.tempos, self.meters, self.keys, repairs)


def key_of_signature(sharps: int, is_minor: bool) -> Key:
    """Return the key of a key signature; `sharps` is negative for flats."""
    major_tonic = sharps * 7 % 12
    return Key((major_tonic + 9) % 12, "minor") if is_minor else Key(major_tonic, "major")


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
    if not tempos or tempos[0].tick > 0:
        tempos.insert(0, Tempo(0, DEFAULT_TEMPO))
    if not meters or meters[0].tick > 0:
        meters.insert(0, TimeSignature(0, Meter(4, 4)))
    end = max((int(np.maximum.reduce(t.notes.onset + t.notes.duration)) for t in tracks if len(t.notes)), default=0)
    return Piece(
        ticks_per_quarter, tuple(tracks), tuple(tempos), tuple(meters), tuple(keys), end, tuple(texts), tuple(repairs)
    )
