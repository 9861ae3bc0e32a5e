"""Plays notated music out: a `Sheet` → a `Piece`.

Bars keep their written lengths. A first bar that is too short is a pick-up and ends where bar 1 begins, so that the
piece starts with a rest, as in the MIDI files of melodyrnn. A short bar and the next ones that complete it are one bar
(a repeat between them). Any other bar of another length than its meter has a meter of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from ..music.keys import Key
from ..music.meter import COMMON_TIME, Meter
from ..music.piece import KeySignature, Marker, Notes, Piece, Tempo, TimeSignature, Track
from ..music.units import DEFAULT_TEMPO, DRUM_CHANNEL, TICKS_PER_QUARTER
from .playback import played_bars
from .sheet import FREE, Bar, Sheet, SheetNote, SheetVoice

_MAX_TICKS_PER_QUARTER = 0x7FFF  # of a MIDI file
_MAX_DENOMINATOR = 64  # of the meter of an irregular bar
_NUM_CHANNELS = 16
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class _PlayedBar:
    """A bar as it is played: its number in the sheet, its start and length in quarters, its meter."""

    index: int
    start: Fraction
    length: Fraction
    meter: Meter


def to_piece(sheet: Sheet) -> Piece:
    """Return the piece of a sheet. Raises MidiError for too many bars."""
    signs = sheet.voices[0].bars
    bars = _timed(sheet, played_bars(signs, sheet.order))
    if len(sheet.voices) == 1:
        sheet.voices[0].name = sheet.voices[0].name or sheet.title
    voices = [list(_played_notes(voice, bars)) for voice in sheet.voices]
    resolution = _resolution([bar.start for bar in bars], voices)
    meters = _without_repeats((start, meter if meter != FREE else COMMON_TIME) for start, meter in _meters(bars))
    keys = _without_repeats(_keys(signs, bars))
    tempos = _without_repeats(_tempos(signs, bars))
    pairs = zip(sheet.voices, voices, strict=True)
    return Piece(
        resolution,
        tuple(_track(voice, notes, n, resolution) for n, (voice, notes) in enumerate(pairs)),
        tuple(Tempo(_tick(at, resolution), tempo) for at, tempo in tempos),
        tuple(TimeSignature(_tick(at, resolution), meter) for at, meter in meters),
        tuple(KeySignature(_tick(at, resolution), key) for at, key in keys),
        _tick(_end(bars), resolution),
        sheet.texts,
        sheet.repairs,
        tuple(Marker(_tick(at, resolution), text) for at, text in _chords(signs, bars)),
    )


def _tick(time: Fraction, resolution: int) -> int:
    return round(time * resolution)


def _timed(sheet: Sheet, order: Sequence[int]) -> list[_PlayedBar]:
    """Return the bars as they are played, the first of them after the rest before a pick-up."""
    signs = sheet.voices[0].bars
    meter_of, meter = [], COMMON_TIME
    for bar in signs:
        meter = bar.meter or meter
        meter_of.append(meter)
    found: list[_PlayedBar] = []
    time = Fraction(0)
    for index in order:
        length = max((v.bars[index].length for v in sheet.voices if index < len(v.bars)), default=Fraction(0))
        if not found and 0 < length < _quarters(meter_of[index]):
            time = _quarters(meter_of[index]) - length
        found.append(_PlayedBar(index, time, length, meter_of[index]))
        time += length
    return found


def _quarters(meter: Meter) -> Fraction:
    return Fraction(4 * meter.numerator, meter.denominator)


def _end(bars: Sequence[_PlayedBar]) -> Fraction:
    """Return the end of the last bar, which is full."""
    if not bars:
        return Fraction(0)
    start, meter = _meters(bars)[-1]
    end = bars[-1].start + bars[-1].length
    bar = _quarters(meter)
    return end if not bar else start + math.ceil((end - start) / bar) * bar


def _meters(bars: Sequence[_PlayedBar]) -> list[tuple[Fraction, Meter]]:
    """Return (start, meter) wherever bars of another meter or another length begin."""
    found: list[tuple[Fraction, Meter]] = [(Fraction(0), bars[0].meter if bars else COMMON_TIME)]
    begun = Fraction(0)  # where the bar that is being filled begins
    meter = found[0][1]
    for bar in bars:
        end, full = bar.start + bar.length, _quarters(bar.meter)
        filled = bar.start - begun
        if filled and (bar.meter != meter or (full and filled + bar.length > full)):
            found.append((begun, _irregular(filled, meter)))
            found.append((bar.start, bar.meter))
            begun = bar.start
        elif bar.meter != meter:
            found.append((bar.start, bar.meter))
            begun = bar.start
        meter = bar.meter
        if full and end - begun > full:
            found.append((begun, _irregular(end - begun, meter)))
            found.append((end, meter))
        if not full or end - begun >= full:
            begun = end
    return [one for n, one in enumerate(found) if n == 0 or one[1] != found[n - 1][1] or one[0] != found[n - 1][0]]


def _irregular(length: Fraction, meter: Meter) -> Meter:
    """Return the meter of a bar of another length; the meter itself where no meter has that length."""
    denominator = meter.denominator
    while denominator <= _MAX_DENOMINATOR:
        numerator = length * denominator / 4
        if numerator.denominator == 1 and 0 < numerator < 100:
            return Meter(int(numerator), denominator)
        denominator *= 2
    return meter


def _keys(signs: Sequence[Bar], bars: Sequence[_PlayedBar]) -> Iterator[tuple[Fraction, Key]]:
    """Yield (start, key) of every bar that has a key."""
    key_of, key = [], None
    for sign in signs:
        key = sign.key or key
        key_of.append(key)
    for n, bar in enumerate(bars):
        if (key := key_of[bar.index]) is not None:
            yield bar.start if n else Fraction(0), key


def _tempos(signs: Sequence[Bar], bars: Sequence[_PlayedBar]) -> Iterator[tuple[Fraction, int]]:
    """Yield (time, µs per quarter) of the tempo of every bar and of its changes."""
    before, tempo = [], DEFAULT_TEMPO
    for sign in signs:
        before.append(tempo)
        tempo = sign.tempos[-1][1] if sign.tempos else tempo
    yield Fraction(0), before[bars[0].index] if bars else tempo
    for n, bar in enumerate(bars):
        yield bar.start if n else Fraction(0), before[bar.index]
        for at, tempo in signs[bar.index].tempos:
            yield (bar.start if n or at else Fraction(0)) + at, tempo


def _chords(signs: Sequence[Bar], bars: Sequence[_PlayedBar]) -> Iterator[tuple[Fraction, str]]:
    """Yield (time, text) of every chord symbol."""
    for bar in bars:
        for at, text in sorted(signs[bar.index].chords):
            yield bar.start + at, text


def _without_repeats(changes: Iterator[tuple[Fraction, _Value]]) -> list[tuple[Fraction, _Value]]:
    """Return changes without those to what holds anyway, and of several at one time the last."""
    found: list[tuple[Fraction, _Value]] = []
    for time, value in changes:
        while found and found[-1][0] >= time:
            found.pop()
        if not found or found[-1][1] != value:
            found.append((time, value))
    return found


def _played_notes(voice: SheetVoice, bars: Sequence[_PlayedBar]) -> Iterator[SheetNote]:
    """Yield the notes of a voice in order of onset, from the start of the piece; tied notes are one note."""
    held: dict[int, SheetNote] = {}
    for bar in bars:
        if bar.index >= len(voice.bars):
            continue
        for note in sorted(voice.bars[bar.index].notes, key=lambda note: (note.onset, note.pitch)):
            onset, before = bar.start + note.onset, held.pop(note.pitch, None)
            if before is not None and before.onset + before.duration == onset:
                whole = SheetNote(before.onset, before.duration + note.duration, note.pitch, False, before.velocity)
            else:
                if before is not None:
                    yield before
                whole = SheetNote(onset, note.duration, note.pitch, False, note.velocity)
            if note.is_tied:
                held[note.pitch] = whole
            else:
                yield whole
    yield from held.values()


def _resolution(starts: Sequence[Fraction], voices: Sequence[Sequence[SheetNote]]) -> int:
    """Return the ticks per quarter in which every time is a whole number; 480 where that would be too many."""
    times = [*starts, *(time for notes in voices for note in notes for time in (note.onset, note.duration))]
    exact = math.lcm(TICKS_PER_QUARTER, *{time.denominator for time in times})
    return exact if exact <= _MAX_TICKS_PER_QUARTER else TICKS_PER_QUARTER


def _track(voice: SheetVoice, notes: Sequence[SheetNote], number: int, resolution: int) -> Track:
    onset = [_tick(note.onset, resolution) for note in notes]
    end = [_tick(note.onset + note.duration, resolution) for note in notes]
    duration = [max(1, stop - start) for start, stop in zip(onset, end, strict=True)]
    columns = Notes.of(onset, duration, [note.pitch for note in notes], [note.velocity for note in notes])
    melodic = [channel for channel in range(_NUM_CHANNELS) if channel != DRUM_CHANNEL]
    channel = DRUM_CHANNEL if voice.is_drums else melodic[number % len(melodic)]
    return Track(columns, voice.name, voice.program, channel)
