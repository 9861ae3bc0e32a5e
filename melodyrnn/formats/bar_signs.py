"""The bars of a piece as they are written: where they start, and the meter, key and tempos that stand there.

Conventions: see `durations`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..errors import SettingError
from ..music.chord_markers import chord_markers
from ..music.keys import Key, guess_key
from ..music.meter import Meter
from ..music.piece import Piece, Tempo
from .durations import SMALLEST, UNITS_PER_QUARTER


@dataclass(frozen=True, slots=True)
class BarSigns:
    """A bar line and what is written after it.

    Attributes:
        start: in units from the start of the piece; of a pick-up, where its first note is.
        length: in units.
        offset: units between the start of the full bar and `start`.
        meter, key: those of the bar; `has_meter` and `has_key` where they are written.
        tempos: (units after `start`, tempo) of each change.
        chords: (units after `start`, chord symbol as text) of each, one at a time.
        is_pickup: whether it is shorter than its meter says, at the beginning.
    """

    start: int
    length: int
    offset: int
    meter: Meter
    key: Key
    has_meter: bool
    has_key: bool
    tempos: tuple[tuple[int, Tempo], ...]
    chords: tuple[tuple[int, str], ...]
    is_pickup: bool = False


def bars_of(piece: Piece, first: int, end: int) -> Iterator[BarSigns]:
    """Yield the bars up to the end of the piece; `first` is the onset of the first note."""
    keys = [(units_of(piece, k.tick), k.key) for k in piece.keys] or [(0, _key(piece))]
    tempos = [(units_of(piece, t.tick), t) for t in piece.tempos]
    chords = {units_of(piece, marker.tick): marker.text for marker in chord_markers(piece)}
    key_before: Key | None = None
    for start, size, full, meter, is_new in _bar_times(piece, end):
        key = next((key for at, key in reversed(keys) if at <= start), keys[0][1])
        offset = _pickup(first) if start == 0 and size == full and full <= 2 * first < 2 * full else 0
        changes = tuple((max(0, at - start - offset), t) for at, t in tempos if start <= at < start + size)
        symbols = {max(0, at - start - offset): text for at, text in chords.items() if start <= at < start + size}
        yield BarSigns(
            start + offset,
            size - offset,
            offset,
            meter,
            key,
            is_new,
            key != key_before,
            changes,
            tuple(symbols.items()),
            offset > 0,
        )
        key_before = key


def _bar_times(piece: Piece, end: int) -> Iterator[tuple[int, int, int, Meter, bool]]:
    """Yield (start, length, length of a full bar, meter, whether the meter begins) of the bars; at least one."""
    meters = {units_of(piece, m.tick): m.meter for m in piece.meters}
    stops = [*list(meters)[1:], end]
    for (section, meter), stop in zip(meters.items(), stops, strict=True):
        full = _bar_units(meter)
        is_last = stop is stops[-1]
        for start in range(section, max(stop, section + (section == 0)), full):
            yield start, full if is_last else min(full, stop - start), full, meter, start == section


def units_of(piece: Piece, tick: int) -> int:
    """Return a tick in units."""
    return round(tick * UNITS_PER_QUARTER / piece.ticks_per_quarter)


def _pickup(first: int) -> int:
    """Return where a pick-up begins: at its first note, or at the beat of that where it is in a triplet."""
    return first if first % SMALLEST == 0 else first - first % UNITS_PER_QUARTER


def _bar_units(meter: Meter) -> int:
    try:
        return meter.bar(UNITS_PER_QUARTER)
    except ValueError as error:
        raise SettingError(f"notation needs a meter whose bars have a length. Received: {meter}") from error


def _key(piece: Piece) -> Key:
    """Return the likeliest key of a piece without a key signature."""
    pitches = [track.notes.pitch for track in piece.tracks if not track.is_drums and len(track.notes)]
    durations = [track.notes.duration for track in piece.tracks if not track.is_drums and len(track.notes)]
    return guess_key(np.concatenate(pitches), np.concatenate(durations)) if pitches else Key(0, "major")
