"""Events in, a `Piece` out: what every reader of MIDI but symusic needs, so that all decide alike.

Notes are paired first in, first out per channel and pitch. A note-on of velocity 0 is a note-off. A note that is
never closed has no length and is left out, as symusic leaves it out, unless most notes of the channel are such:
then each ends where the next begins.
"""

from __future__ import annotations

from itertools import pairwise
from operator import attrgetter

import numpy as np

from ..music.keys import Key
from ..music.meter import Meter
from ..music.piece import KeySignature, Notes, Piece, Tempo, TimeSignature, Track
from ..music.units import DEFAULT_TEMPO

_TICK = attrgetter("tick")


class OpenNotes:
    """Pairs the note-ons and note-offs of one channel."""

    def __init__(self) -> None:
        self._open: dict[int, list[tuple[int, int]]] = {}
        self._rows: list[tuple[int, int, int, int]] = []

    def take(self, tick: int, pitch: int, velocity: int) -> None:
        """A note-on, or with velocity 0 a note-off."""
        if velocity > 0:
            self._open.setdefault(pitch, []).append((tick, velocity))
        elif self._open.get(pitch):
            onset, loud = self._open[pitch].pop(0)
            self._rows.append((onset, tick - onset, pitch, loud))

    def closed(self, end: int) -> tuple[Notes, int]:
        """All notes of a track that ends at tick `end`, and how many were never closed."""
        hanging = sorted((on, pitch, loud) for pitch, started in self._open.items() for on, loud in started)
        rows = list(self._rows)
        if len(hanging) > len(rows):
            onsets = sorted({row[0] for row in hanging} | {row[0] for row in rows} | {end})
            following = dict(pairwise(onsets))
            rows += [(on, following.get(on, on) - on, pitch, loud) for on, pitch, loud in hanging]
        columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
        return Notes.of(*columns), len(hanging)


class PieceBuilder:
    """What a file holds, gathered track by track; `tick` is absolute throughout."""

    def __init__(self) -> None:
        self.tempos: list[Tempo] = []
        self.meters: list[TimeSignature] = []
        self.keys: list[KeySignature] = []
        self.tracks: list[Track] = []
        self.unclosed = 0

    def key(self, tick: int, sharps: int, is_minor: bool) -> None:
        """A key signature; one of more than seven sharps or flats is none."""
        if -7 <= sharps <= 7:
            self.keys.append(KeySignature(tick, key_of_signature(sharps, is_minor)))

    def track(self, name: str, end: int, voices: dict[int, OpenNotes], programs: dict[int, int]) -> None:
        """Close a track: one voice for each channel that holds notes."""
        for channel, voice in sorted(voices.items()):
            notes, unclosed = voice.closed(end)
            self.unclosed += unclosed
            if len(notes):
                self.tracks.append(Track(notes, name, programs.get(channel, 0), channel))

    def piece(self, ticks_per_quarter: int, repairs: tuple[str, ...] = ()) -> Piece:
        if self.unclosed:
            repairs += (f"{self.unclosed} notes never closed",)
        return assemble(ticks_per_quarter, self.tracks, self.tempos, self.meters, self.keys, repairs)


def key_of_signature(sharps: int, is_minor: bool) -> Key:
    major_tonic = sharps * 7 % 12
    return Key((major_tonic + 9) % 12, "minor") if is_minor else Key(major_tonic, "major")


def assemble(
    ticks_per_quarter: int,
    tracks: list[Track],
    tempos: list[Tempo],
    meters: list[TimeSignature],
    keys: list[KeySignature],
    repairs: tuple[str, ...] = (),
    texts: tuple[str, ...] = (),
) -> Piece:
    """A piece in which a tempo and a meter stand from the first tick, whatever the file names."""
    tempos = sorted([t for t in tempos if t.microseconds_per_quarter > 0], key=_TICK)
    meters = sorted(meters, key=_TICK)
    if not tempos or tempos[0].tick > 0:
        tempos.insert(0, Tempo(0, DEFAULT_TEMPO))
    if not meters or meters[0].tick > 0:
        meters.insert(0, TimeSignature(0, Meter(4, 4)))
    end = max((int(np.maximum.reduce(t.notes.onset + t.notes.duration)) for t in tracks if len(t.notes)), default=0)
    return Piece(
        ticks_per_quarter, tuple(tracks), tuple(tempos), tuple(meters), tuple(keys), end, tuple(texts), tuple(repairs)
    )
