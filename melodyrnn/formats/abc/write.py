"""Writes a piece as a tune of ABC, which any program for ABC reads. Source: ABC standard 2.1; %%MIDI as in abc2midi.

Loudness is not written. Tracks have a voice each, more where their notes overlap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ...music.keys import Key
from ...music.meter import Meter
from ...music.modes import MODES
from ...music.piece import Piece, Tempo, Track
from ...music.units import DRUM_CHANNEL
from ..bar_signs import BarSigns
from ..durations import Slot
from ..engrave import EngravedVoice, Engraving, Symbol, engrave
from ..spelling import Accidentals, Name, spelled
from ..tempo import decimal, metronome

_UNIT = Fraction(1, 8)  # L:
_HALF_UNITS = 48  # of a written length, in an eighth
_BARS_PER_LINE = 4
_MODE_NAMES = {**{mode: mode[:3] for mode in MODES}, "major": "", "minor": "m"}
_SIGNS = {2: "^^", 1: "^", 0: "=", -1: "_", -2: "__"}


def abc_bytes(piece: Piece, title: str) -> bytes:
    """Return a piece as a tune of ABC in UTF-8.

    Raises SettingError where it does not fit the grid of notation.
    """
    engraving = engrave(piece, splits_at_chords=True)
    lines = [*_header(piece, engraving, title), *_body(piece, engraving)]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _header(piece: Piece, engraving: Engraving, title: str) -> Iterator[str]:
    first = engraving.bars[0]
    yield "X:1"
    yield f"T:{_line(title)}"
    yield from (f"N:{_line(text)}" for text in piece.texts)
    yield f"M:{first.meter}"
    yield f"L:{_UNIT}"
    yield f"Q:{_tempo(first.tempos[0][1] if first.tempos else piece.tempos[0], first.meter)}"
    yield f"K:{_key(first.key)}"


def _line(text: str) -> str:
    """Return text in one line, without what ABC would take for a comment or an escape."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain.replace("\\", "/").replace("%", "\\%").replace("&", "&amp;")


def _key(key: Key) -> str:
    name, mode = str(key).split()
    return name + _MODE_NAMES[mode]


def _tempo(tempo: Tempo, meter: Meter) -> str:
    """Return a tempo as a beat and its number per minute."""
    beat, number = metronome(tempo, meter)
    return f"{beat}={decimal(number)}"


def _body(piece: Piece, engraving: Engraving) -> Iterator[str]:
    is_single = len(engraving.voices) == 1
    for number, voice in enumerate(engraving.voices):
        track = piece.tracks[voice.track] if piece.tracks else None
        if not is_single:
            yield f'V:{number + 1} name="{_line(track.name).replace(chr(34), "") if track else ""}"'
        yield from _directives(track)
        yield from _lines(engraving.bars, voice, with_signs=number == 0)


def _directives(track: Track | None) -> Iterator[str]:
    if track is not None and track.is_drums:
        yield f"%%MIDI channel {DRUM_CHANNEL + 1}"
    elif track is not None:
        yield f"%%MIDI program {track.program}"


def _lines(bars: Sequence[BarSigns], voice: EngravedVoice, with_signs: bool) -> Iterator[str]:
    """Yield the lines of a voice; tempos and chord symbols stand in the first one only."""
    texts = []
    accidentals = Accidentals(bars[0].key)
    for number, (bar, symbols) in enumerate(zip(bars, voice.bars, strict=True)):
        signs = ""
        if number and bar.has_meter:
            signs += f"[M:{bar.meter}]"
        if number and bar.has_key:
            signs += f"[K:{_key(bar.key)}]"
            accidentals = Accidentals(bar.key)
        accidentals.begin_bar()
        texts.append(signs + _bar(symbols, bar, accidentals, _signs(bar, is_first=not number) if with_signs else []))
    for start in range(0, len(texts), _BARS_PER_LINE):
        is_last = start + _BARS_PER_LINE >= len(texts)
        yield " | ".join(texts[start : start + _BARS_PER_LINE]) + (" |]" if is_last else " |")


def _signs(bar: BarSigns, is_first: bool) -> list[tuple[int, str]]:
    """Return (units after the start of the bar, text) of the tempos and chord symbols of a bar, in order.

    The first tempo of the first bar stands in the header.
    """
    tempos = [(at, f"[Q:{_tempo(tempo, bar.meter)}]") for at, tempo in bar.tempos[is_first:]]
    return sorted(tempos + [(at, f'"{text}"') for at, text in bar.chords], key=lambda sign: sign[0])


def _bar(symbols: Sequence[Symbol], bar: BarSigns, accidentals: Accidentals, signs: Sequence[tuple[int, str]]) -> str:
    text, left = "", list(signs)
    for number, symbol in enumerate(symbols):
        while left and left[0][0] + bar.offset <= symbol.slot.start:
            text += left.pop(0)[1]
        text += _tuplet(symbols, number) + _symbol(symbol, bar, accidentals)
        text += "" if symbol.joins_next else " "
    return text.strip()


def _tuplet(symbols: Sequence[Symbol], number: int) -> str:
    """Return the sign of a triplet where one begins."""
    window = symbols[number].slot.window
    if window is None or (number and symbols[number - 1].slot.window == window):
        return ""
    count = sum(symbol.slot.window == window for symbol in symbols)
    return "(3" if count == 3 else f"(3:2:{count}"


def _symbol(symbol: Symbol, bar: BarSigns, accidentals: Accidentals) -> str:
    length = _length(symbol.slot)
    if not symbol.pitches:
        return f"z{length}"
    notes = [_note(spelled(pitch, bar.key), accidentals) for pitch in symbol.pitches]
    text = notes[0] if len(notes) == 1 else f"[{''.join(notes)}]"
    return text + length + ("-" if symbol.is_tied else "")


def _length(slot: Slot) -> str:
    """Return a written length in eighths: nothing for 1, "/" for a half."""
    length = Fraction(slot.written or 2 * (slot.stop - slot.start), _HALF_UNITS)
    above = "" if length.numerator == 1 else str(length.numerator)
    below = "" if length.denominator == 1 else "/" if length.denominator == 2 else f"/{length.denominator}"
    return above + below


def _note(name: Name, accidentals: Accidentals) -> str:
    """Return a note without its length: C is middle C, c the octave above, then c' and so on."""
    sign = _SIGNS[name.alteration] if accidentals.needs_sign(name) else ""
    letter = name.letter.lower() if name.octave >= 5 else name.letter
    return sign + letter + ("'" * (name.octave - 5) if name.octave >= 5 else "," * (4 - name.octave))
