"""A piece as it is written in notation: bars of notes and rests with their values, ties, triplets and beams.

Conventions: see `durations`. Times of the piece that are no whole units are moved to the grid of 12 steps per quarter;
music that is far from it is refused. A track whose notes sound together with different lengths becomes several voices.
A rest of half a bar or more before the first note is not written: the notes after it are a pick-up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ..arrays import Float64s
from ..errors import SettingError
from ..music.chord_markers import chord_markers
from ..music.piece import Notes, Piece, Track
from ..music.units import STEPS_PER_QUARTER
from .bar_signs import BarSigns, bars_of, units_of
from .durations import UNITS_PER_QUARTER, Slot, division_of, split_in_window

_UNITS_PER_STEP = UNITS_PER_QUARTER // STEPS_PER_QUARTER
_MAX_GRID_ERROR = 0.15  # mean distance of an onset from its step, in steps; 0.25 at random


@dataclass(frozen=True, slots=True)
class Symbol:
    """A note, a chord or a rest of one value.

    Attributes:
        slot: its time in the bar, and its value.
        pitches: in order; empty for a rest.
        velocity: of the first of its notes.
        is_tied: whether it is tied to the next symbol.
        continues: whether the symbol before is tied to it.
        beams: for each beam "begin", "continue", "end", "forward hook" or "backward hook".
    """

    slot: Slot
    pitches: tuple[int, ...] = ()
    velocity: int = 0
    is_tied: bool = False
    continues: bool = False
    beams: tuple[str, ...] = ()

    @property
    def joins_next(self) -> bool:
        return bool(self.beams) and self.beams[0] in ("begin", "continue")


@dataclass(frozen=True, slots=True)
class EngravedVoice:
    """A voice: the number of its track in the piece, and its symbols, a tuple for each bar."""

    track: int
    bars: tuple[tuple[Symbol, ...], ...]


@dataclass(frozen=True, slots=True)
class Engraving:
    """A piece in notation: what is written at the bar lines, and the voices, those of one track together."""

    bars: tuple[BarSigns, ...]
    voices: tuple[EngravedVoice, ...]


def engrave(piece: Piece, splits_at_chords: bool = False) -> Engraving:
    """Return a piece in notation. Raises SettingError where its notes or its meters do not fit the grid.

    Args:
        splits_at_chords: whether notes and rests of the first voice over which a chord symbol stands are cut there.
    """
    columns = _on_the_grid(piece)
    lines = [(n, line) for n, notes in enumerate(columns) for line in _lines(notes)] or [(0, [])]
    first = min((line[0].start for _, line in lines if line), default=0)
    stops = [line[-1].stop for _, line in lines if line]
    end = max([units_of(piece, piece.end), *stops, *(units_of(piece, one.tick) + 1 for one in chord_markers(piece))])
    bars = tuple(bars_of(piece, first, end))
    voices = (
        EngravedVoice(n, tuple(_engraved(line, bars, splits_at_chords and number == 0)))
        for number, (n, line) in enumerate(lines)
    )
    return Engraving(bars, tuple(voices))


@dataclass(frozen=True, slots=True)
class _Chord:
    """Notes of one onset and one end, in units from the start of the piece."""

    start: int
    stop: int
    pitches: tuple[int, ...]
    velocity: int


def _on_the_grid(piece: Piece) -> list[Notes]:
    """Return the notes of every track in units."""
    exact = [_scaled(piece, track, UNITS_PER_QUARTER) for track in piece.tracks]
    if all(np.array_equal(np.rint(times), times) for pair in exact for times in pair):
        return [_notes(track, onset, end, 1) for track, (onset, end) in zip(piece.tracks, exact, strict=True)]
    steps = [_scaled(piece, track, STEPS_PER_QUARTER) for track in piece.tracks]
    onsets = np.concatenate([onset for onset, _ in steps])
    error = float(np.abs(onsets - np.rint(onsets)).mean())
    if error > _MAX_GRID_ERROR:
        raise SettingError(
            f"notation needs notes on the grid of {STEPS_PER_QUARTER} steps per quarter, on average within "
            f"{_MAX_GRID_ERROR} steps; freely played music is written as .mid. Received: {error:.2f} steps"
        )
    return [_notes(track, onset, end, _UNITS_PER_STEP) for track, (onset, end) in zip(piece.tracks, steps, strict=True)]


def _scaled(piece: Piece, track: Track, per_quarter: int) -> tuple[Float64s, Float64s]:
    """Return exact onsets and ends in 1/`per_quarter` of a quarter."""
    factor = per_quarter / piece.ticks_per_quarter
    return np.multiply(track.notes.onset, factor, dtype=float), np.multiply(track.notes.end, factor, dtype=float)


def _notes(track: Track, onset: Float64s, end: Float64s, units: int) -> Notes:
    """Return notes in units, each at least one step long."""
    starts, stops = np.rint(onset).astype(np.int64) * units, np.rint(end).astype(np.int64) * units
    return Notes.of(starts, np.maximum(stops - starts, units), track.notes.pitch, track.notes.velocity)


def _lines(notes: Notes) -> list[list[_Chord]]:
    """Return the notes as voices, each a list of chords that do not overlap; higher notes are in earlier voices."""
    chords: dict[tuple[int, int], dict[int, int]] = {}
    for start, stop, pitch, velocity in zip(notes.onset, notes.end, notes.pitch, notes.velocity, strict=True):
        chords.setdefault((int(start), int(stop)), {})[int(pitch)] = int(velocity)
    lines: list[list[_Chord]] = []
    for (start, stop), velocities in sorted(chords.items(), key=lambda item: (item[0][0], -max(item[1]))):
        chord = _Chord(start, stop, tuple(sorted(velocities)), next(iter(velocities.values())))
        line = next((line for line in lines if line[-1].stop <= start), None)
        if line is None:
            lines.append([chord])
        else:
            line.append(chord)
    return lines


def _engraved(line: Sequence[_Chord], bars: Sequence[BarSigns], splits_at_chords: bool) -> Iterator[tuple[Symbol, ...]]:
    """Yield the symbols of a voice, bar by bar."""
    place = 0
    for bar in bars:
        stop = bar.start + bar.length
        inside: list[_Chord] = []
        while place < len(line) and line[place].start < stop:
            inside.append(line[place])
            place += 1
        if inside and inside[-1].stop > stop:
            place -= 1  # it goes on in the next bar
        cuts = [bar.offset + at for at, _ in bar.chords] if splits_at_chords else []
        yield tuple(_symbols(inside, bar, cuts))


def _symbols(chords: Sequence[_Chord], bar: BarSigns, cuts: Sequence[int]) -> list[Symbol]:
    """Return the symbols of a bar; `chords` are those that sound in it, `cuts` where they are cut, in order."""
    division = division_of(bar.meter, bar.offset + bar.length)
    spans = [
        (low, high, chord)
        for start, stop, chord in _spans(chords, bar)
        for low, high in pairwise([start, *(at for at in cuts if start < at < stop), stop])
    ]
    windows = division.windows([stop for _, stop, _ in spans[:-1]])
    found: list[Symbol] = []
    for start, stop, chord in spans:
        if chord is None and stop - start == division.bar:
            found.append(Symbol(Slot(start, stop, 0)))  # a rest of a whole bar, of whatever length
            continue
        edges = sorted({start, stop, *(e for w in windows for e in (w.start, w.stop) if start < e < stop)})
        for low, high in pairwise(edges):
            window = next((w for w in windows if w.start <= low < w.stop), None)
            slots = division.split(low, high, chord is None) if window is None else split_in_window(window, low, high)
            found += [_symbol(slot, chord, bar.start - bar.offset) for slot in slots]
    return _beamed(found, [division.group(symbol.slot) for symbol in found])


def _spans(chords: Sequence[_Chord], bar: BarSigns) -> Iterator[tuple[int, int, _Chord | None]]:
    """Yield (start, stop, chord) of what sounds in a bar, in units from its start; None is a rest."""
    origin, full = bar.start - bar.offset, bar.offset + bar.length
    at = bar.offset
    for chord in chords:
        start, stop = max(chord.start - origin, bar.offset), min(chord.stop - origin, full)
        if start > at:
            yield at, start, None
        yield start, stop, chord
        at = stop
    if at < full:
        yield at, full, None


def _symbol(slot: Slot, chord: _Chord | None, origin: int) -> Symbol:
    """Return a part of a chord, or of a rest, in a bar that starts at `origin`."""
    if chord is None:
        return Symbol(slot)
    is_tied, continues = slot.stop + origin < chord.stop, slot.start + origin > chord.start
    return Symbol(slot, chord.pitches, chord.velocity, is_tied, continues)


def _beamed(symbols: Sequence[Symbol], groups: Sequence[tuple[int, int]]) -> list[Symbol]:
    """Return symbols with beams between those of one group that follow each other without a rest."""
    flags = [symbol.slot.flags if symbol.pitches else 0 for symbol in symbols]
    found = []
    for n, symbol in enumerate(symbols):
        before = flags[n - 1] if n and groups[n - 1] == groups[n] else 0
        after = flags[n + 1] if n + 1 < len(symbols) and groups[n + 1] == groups[n] else 0
        beams = tuple(_beam(level, before, after) for level in range(1, flags[n] + 1)) if before or after else ()
        found.append(replace(symbol, beams=beams))
    return found


def _beam(level: int, before: int, after: int) -> str:
    if before >= level:
        return "continue" if after >= level else "end"
    if after >= level:
        return "begin"
    return "backward hook" if before else "forward hook"
