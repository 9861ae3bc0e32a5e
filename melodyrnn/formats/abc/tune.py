"""Reads one tune of ABC: its header and its music → a `Sheet`.

Grace notes, ornaments and words are passed over: a melody is what is written in notes of normal size.
Source: ABC standard 2.1; for %%MIDI the manual of abc2midi.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from ...errors import NotationError
from ...music.chords import ChordSymbol
from ...music.meter import COMMON_TIME, Meter
from ...music.units import DRUM_CHANNEL
from ..sheet import BEGINNING, SEGNO, Sheet, SheetVoice
from .fields import (
    KeyField,
    default_unit,
    parse_key,
    parse_meter,
    parse_order,
    parse_tempo,
    parse_transposition,
    parse_unit,
)
from .text import plain_text
from .tokens import NOTE, PATTERNS, TOKEN, length_of, numbers_of
from .voice import AbcVoice

_FIELD = re.compile(r"([A-Za-z]):(.*)")
_CHORD_NOTE = re.compile(NOTE)
_JUMPS = {"d.c.": BEGINNING, "dacapo": BEGINNING, "d.s.": SEGNO, "dalsegno": SEGNO}  # how the names of jumps begin


class TuneReader:
    """Reads the lines of a tune, one after another."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.texts: list[str] = []
        self.repaired: Counter[str] = Counter()
        self._order = ""
        self._is_body = False
        self._meter: Meter = COMMON_TIME
        self._unit: Fraction | None = None
        self._tempo_text: str | None = None
        self._key = KeyField(None, {}, None)
        self._propagates = "pitch"
        self._program, self._is_drums = 0, False
        self._voices: dict[str, AbcVoice] = {}
        self._voice: AbcVoice | None = None

    def read(self, lines: Sequence[str]) -> None:
        """Read lines of a header or a tune."""
        for line in lines:
            if line.startswith("%%"):
                self._directive(line[2:])
                continue
            line = re.sub(r"(?<!\\)%.*", "", line).rstrip()
            match = _FIELD.fullmatch(line)
            if match is not None:
                self._field(match[1], match[2].strip())
            elif self._is_body:
                self._music(line)

    def sheet(self) -> Sheet:
        """Return what has been read."""
        voices = [v for v in self._voices.values() if v.has_music] or [self._current()]
        found = [sheet for voice in voices for sheet in voice.finish()]
        repairs = tuple(f"{what} ({n} times)" if n > 1 else what for what, n in self.repaired.items())
        return Sheet(found, self.titles[0] if self.titles else "", self._order, tuple(self.texts), repairs)

    def _current(self) -> AbcVoice:
        """Return the voice that is being written, by default the only one."""
        if self._voice is None:
            self._voice = self._voice_of("1")
        return self._voice

    def _voice_of(self, name: str) -> AbcVoice:
        """Return the voice of a name, which begins with what the header says."""
        if name not in self._voices:
            sheet = SheetVoice(program=self._program, is_drums=self._is_drums)
            voice = AbcVoice(sheet, self._meter, self._unit or default_unit(self._meter), self._propagates)
            voice.set_key(self._key)
            voice.bar.meter, voice.bar.key = self._meter, self._key.key
            tempo = None if self._tempo_text is None else parse_tempo(self._tempo_text, voice.unit)
            if tempo is not None:
                voice.bar.tempos.append((Fraction(0), tempo))
            self._voices[name] = voice
        return self._voices[name]

    def _field(self, name: str, value: str) -> None:
        """Follow a field, in the header, in a line of its own, or in the music."""
        reader = _READERS.get(name)
        if reader is not None:
            reader(self, value)

    def _title(self, value: str) -> None:
        if not self._is_body and value:
            self.titles.append(plain_text(value))

    def _note(self, value: str) -> None:
        if value:
            self.texts.append(plain_text(value))

    def _set_meter(self, value: str) -> None:
        meter = parse_meter(value)
        if meter is None:
            self.repaired["a meter that cannot be read left out"] += 1
        elif self._is_body:
            voice = self._current()
            voice.meter = voice.bar.meter = meter
        else:
            self._meter = meter

    def _set_unit(self, value: str) -> None:
        unit = parse_unit(value)
        if unit is None:
            self.repaired["a unit length that cannot be read left out"] += 1
        elif self._is_body:
            self._current().unit = unit
        else:
            self._unit = unit

    def _set_tempo(self, value: str) -> None:
        if not self._is_body:
            self._tempo_text = value
            return
        voice = self._current()
        tempo = parse_tempo(value, voice.unit)
        if tempo is not None:
            self._first_voice().bar.tempos.append((voice.position, tempo))

    def _first_voice(self) -> AbcVoice:
        return next(iter(self._voices.values()))

    def _set_key(self, value: str) -> None:
        key = parse_key(value)
        if not self._is_body:
            self._key, self._is_body = key, True  # K: ends the header
            return
        voice = self._current()
        voice.set_key(key)
        voice.bar.key = key.key or voice.bar.key

    def _set_voice(self, value: str) -> None:
        name, _, rest = value.partition(" ")
        if not self._is_body and not rest:
            return
        before = self._voice
        voice = self._voices.get(name) or self._voice_of(name)
        title = re.search(r'\b(?:name|nm)\s*=\s*(?:"([^"]*)"|(\S+))', rest)
        if title is not None:
            voice.sheet.name = plain_text(title[1] or title[2] or "")
        transposition = parse_transposition(rest)
        if transposition is not None:
            voice.transposition = transposition
        self._voice = voice if self._is_body else before

    def _part(self, value: str) -> None:
        if self._is_body:
            self._current().bar.part = value[:1] or None
        else:
            self._order = parse_order(value)

    def _directive(self, text: str) -> None:
        """Follow a line that begins with %%, or an I: field."""
        words = text.split()
        if len(words) > 1 and words[0] == "propagate-accidentals":
            self._propagates = words[1]
            for voice in self._voices.values():
                voice.propagates = words[1]
        elif len(words) > 2 and words[0] == "MIDI" and words[-1].isdecimal():
            number = int(words[-1][:4])
            if words[1] == "program" and number < 128:
                self._program = number
            elif words[1] == "channel":
                self._is_drums = number == DRUM_CHANNEL + 1
            if self._is_body and words[1] in ("program", "channel"):
                sheet = self._current().sheet
                sheet.program, sheet.is_drums = self._program, self._is_drums

    def _music(self, line: str) -> None:
        """Read a line of music."""
        at = 0
        while at < len(line):
            match = TOKEN.match(line, at)
            if match is None or (match.lastgroup is None and match.end() == at):
                self.repaired["a character that ABC does not define passed over"] += 1
                at += 1
                continue
            kind = next(kind for kind in PATTERNS if match.group(kind) is not None)
            at = self._chord(line, match.end()) if kind == "chord_start" else match.end()
            own = PATTERNS[kind].fullmatch(match[0])
            if own is not None and kind in _TOKENS:
                _TOKENS[kind](self, own)

    def _chord(self, line: str, at: int) -> int:
        """Read a chord from after its bracket, and return the end of it."""
        stop = line.find("]", at)
        end = PATTERNS["chord_end"].match(line, stop) if stop >= 0 and "|" not in line[at:stop] else None
        if end is None:
            self.repaired["a chord without an end passed over"] += 1
            return at
        notes = list(_CHORD_NOTE.finditer(line, at, stop))
        if notes:
            voice = self._current()
            pitches = voice.pitches_of([(n[1] or "", n[2], n[3]) for n in notes])
            voice.add(length_of(*notes[0].group(4, 5, 6)) * length_of(*end.group(1, 2, 3)), pitches)
            if "-" in line[at:stop]:
                voice.tie()
        return end.end()

    def _read_note(self, match: re.Match[str]) -> None:
        voice = self._current()
        pitches = voice.pitches_of([(match[1] or "", match[2], match[3])])
        voice.add(length_of(*match.group(4, 5, 6)), pitches)

    def _read_bar_line(self, match: re.Match[str]) -> None:
        line = re.match(r"[.:|\[\]]*[:|\]]", match[0])
        self._current().end_bar(line[0] if line else "|", numbers_of(match[0]))

    def _read_mark(self, match: re.Match[str]) -> None:
        name = match[0][1:-1].lower()
        bar = self._current().bar
        if name == "segno":
            bar.is_segno = True
        elif name == "fine":
            bar.is_fine = True
        elif name in ("coda", "dacoda"):
            is_first = not any(b.leads_to_coda for b in self._current().sheet.bars)
            bar.leads_to_coda, bar.is_coda = is_first, not is_first
        jump = next((to for prefix, to in _JUMPS.items() if name.startswith(prefix)), None)
        bar.jump = jump or bar.jump

    def _read_text(self, match: re.Match[str]) -> None:
        """Read a chord symbol; an annotation, or another text, is passed over."""
        text = plain_text(match[0].strip('"')).strip()
        voice = self._current()
        try:
            symbol = ChordSymbol.parse(text)
        except NotationError:
            return
        moved = symbol.transposed(voice.transposition)
        voice.bar.chords.append((voice.position, text if moved == symbol else str(moved)))

    def _read_field(self, match: re.Match[str]) -> None:
        name, _, value = match[0].strip("[]").partition(":")
        self._field(name, value.strip())

    def _read_ending(self, match: re.Match[str]) -> None:
        self._current().ending = numbers_of(match[0])

    def _read_tuplet(self, match: re.Match[str]) -> None:
        notes, time, count = (int(text) if text else None for text in (match[1], match[2], match[3]))
        self._current().begin_tuplet(notes or 0, time, count)


_READERS = {
    "T": TuneReader._title,
    "N": TuneReader._note,
    "M": TuneReader._set_meter,
    "L": TuneReader._set_unit,
    "Q": TuneReader._set_tempo,
    "K": TuneReader._set_key,
    "V": TuneReader._set_voice,
    "P": TuneReader._part,
    "I": TuneReader._directive,
}
_TOKENS = {
    "note": TuneReader._read_note,
    "rest": lambda reader, match: reader._current().add(length_of(*match.group(1, 2, 3)), []),
    "bars_of_rest": lambda reader, match: reader._current().add_bars_of_rest(int(match[1][:4] or 1)),
    "bar": TuneReader._read_bar_line,
    "ending": TuneReader._read_ending,
    "tuplet": TuneReader._read_tuplet,
    "broken": lambda reader, match: reader._current().break_rhythm(match[0]),
    "tie": lambda reader, match: reader._current().tie(),
    "overlay": lambda reader, match: reader._current().overlay(),
    "mark": TuneReader._read_mark,
    "text": TuneReader._read_text,
    "field": TuneReader._read_field,
}
