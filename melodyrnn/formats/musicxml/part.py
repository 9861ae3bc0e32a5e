"""Reads the measures of a part of MusicXML: its voices, and the signs that hold for all parts."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree.ElementTree import Element

from ...music.keys import LETTERS, MAX_SHARPS, Key
from ...music.meter import COMMON_TIME, Meter
from ...music.modes import MODE, MODES
from ...music.units import DRUM_CHANNEL, NUM_PITCH_CLASSES, NUM_PITCHES
from ..sheet import BEGINNING, DEFAULT_VELOCITY, FREE, SEGNO, Bar, SheetNote, SheetVoice
from .elements import tempo_of, text_of
from .harmony import chord_text

_MODES = {**{mode: mode for mode in MODES}, "ionian": "major", "aeolian": "minor", "locrian": "minor"}
_LOCRIAN_FIFTHS = 5  # as those of `Mode`
_DYNAMICS = {"ppp": 16, "pp": 33, "p": 49, "mp": 64, "mf": 80, "f": 96, "ff": 112, "fff": 126}  # as velocities
_MAX_QUARTERS = 10_000  # of a measure


class PartReader:
    """Reads the measures of a part, one after another."""

    def __init__(self, description: Element | None, is_first: bool) -> None:
        """Begin a part.

        Args:
            description: its score-part; None where the score has none.
            is_first: whether its signs are those of the score.
        """
        self._name = text_of(description, "part-name")
        self._program = int(text_of(description, "midi-instrument/midi-program") or 1) - 1
        self._is_drums = text_of(description, "midi-instrument/midi-channel") == str(DRUM_CHANNEL + 1)
        self._drums = {} if description is None else _drum_pitches(description)
        self._is_first = is_first
        self._voices: dict[str, SheetVoice] = {}
        self._signs: list[Bar] = []
        self._divisions = Fraction(1)
        self._transposition = 0
        self._velocity = DEFAULT_VELOCITY
        self._endings: tuple[int, ...] = ()
        self._has_coda = False
        self._at = self._last = Fraction(0)  # the place in the measure, and the onset of the note before

    def voices(self) -> list[SheetVoice]:
        """Return the voices that have notes, the first of them with the signs; one without notes where none has."""
        found = [voice for voice in self._voices.values() if any(bar.notes for bar in voice.bars)]
        if not found:
            return [SheetVoice(self._name, self._program, self._is_drums, self._signs)] if self._is_first else []
        for voice in found:
            voice.bars += [Bar() for _ in range(len(self._signs) - len(voice.bars))]
        for sign, bar in zip(self._signs, found[0].bars, strict=True):
            sign.notes = bar.notes
        found[0].bars = self._signs
        return found

    def read(self, measure: Element) -> None:
        """Read a measure."""
        sign = Bar()
        self._signs.append(sign)
        self._at = Fraction(0)
        length = Fraction(0)
        for element in measure:
            reader = _READERS.get(element.tag)
            if reader is not None:
                reader(self, element, sign)
            if not 0 <= self._at <= _MAX_QUARTERS:
                raise ValueError(f"a measure of more than {_MAX_QUARTERS} quarter notes, or less than 0")
            length = max(length, self._at)
        sign.length = length
        sign.endings = sign.endings or self._endings

    def _attributes(self, element: Element, sign: Bar) -> None:
        self._divisions = Fraction(text_of(element, "divisions") or self._divisions)
        if self._divisions <= 0:
            raise ValueError("divisions of 0 or less")
        transpose = element.find("transpose")
        if transpose is not None:
            octaves = int(text_of(transpose, "octave-change") or 0)
            self._transposition = round(float(text_of(transpose, "chromatic") or 0)) + NUM_PITCH_CLASSES * octaves
        key, time = element.find("key"), element.find("time")
        if key is not None and key.find("fifths") is not None:
            sign.key = self._key(key)
        if time is not None:
            sign.meter = _meter(time)

    def _key(self, element: Element) -> Key:
        """Return the key in which a part sounds."""
        written, sharps = text_of(element, "mode").lower(), int(text_of(element, "fifths"))
        mode = _MODES.get(written, "major")
        above = _LOCRIAN_FIFTHS if written == "locrian" else MODE[mode].fifths
        tonic = ((sharps + above) * 7 + self._transposition) % NUM_PITCH_CLASSES
        is_spelled = written != "locrian" and not self._transposition and abs(sharps) <= MAX_SHARPS
        return Key(tonic, mode, sharps if is_spelled else None)

    def _note(self, element: Element, sign: Bar) -> None:
        duration = Fraction(text_of(element, "duration") or 0) / self._divisions
        if element.find("grace") is not None or element.find("cue") is not None:
            self._at += 0 if element.find("grace") is not None else duration
            return
        onset = self._last if element.find("chord") is not None else self._at
        self._last = onset
        if element.find("chord") is None:
            self._at += duration
        pitch = self._pitch(element)
        if pitch is None or duration <= 0:
            return
        tied = any(tie.get("type") == "start" for tie in element.findall("tie"))
        loudness = element.get("dynamics")
        velocity = self._velocity if loudness is None else round(float(loudness) * DEFAULT_VELOCITY / 100)
        voice = self._voice(text_of(element, "voice") or "1")
        note = SheetNote(onset, duration, pitch, tied, min(127, max(1, velocity)))
        voice.bars[-1].notes.append(note)

    def _voice(self, name: str) -> SheetVoice:
        """Return a voice by its name, with bars up to this measure."""
        if name not in self._voices:
            title = self._name if not self._voices else f"{self._name} {name}".strip()
            self._voices[name] = SheetVoice(title, self._program, self._is_drums)
        voice = self._voices[name]
        voice.bars += [Bar() for _ in range(len(self._signs) - len(voice.bars))]
        return voice

    def _pitch(self, element: Element) -> int | None:
        """Return the pitch as it sounds; None for a rest, and out of the range of MIDI."""
        written = element.find("pitch")
        if written is None:
            instrument = element.find("instrument")
            return None if instrument is None else self._drums.get(instrument.get("id", ""))
        octave = int(text_of(written, "octave") or 4)
        alter = round(float(text_of(written, "alter") or 0))
        letter = text_of(written, "step")
        if letter not in LETTERS:
            raise ValueError(f"a step {letter[:20]!r}")
        pitch = NUM_PITCH_CLASSES * (octave + 1) + LETTERS[letter] + alter + self._transposition
        return pitch if 0 <= pitch < NUM_PITCHES else None

    def _backup(self, element: Element, sign: Bar) -> None:
        self._at -= Fraction(text_of(element, "duration") or 0) / self._divisions
        self._at = max(self._at, Fraction(0))

    def _forward(self, element: Element, sign: Bar) -> None:
        self._at += Fraction(text_of(element, "duration") or 0) / self._divisions

    def _direction(self, element: Element, sign: Bar) -> None:
        sounds = list(element.iter("sound"))
        for dynamics in element.iter("dynamics"):
            self._velocity = next((_DYNAMICS[mark.tag] for mark in dynamics if mark.tag in _DYNAMICS), self._velocity)
        for sound in sounds:
            self._sound(sound, sign)
        if not any(sound.get("tempo") for sound in sounds):
            for metronome in element.iter("metronome"):
                self._tempo(tempo_of(metronome), sign)

    def _harmony(self, element: Element, sign: Bar) -> None:
        text = chord_text(element, self._transposition)
        offset = Fraction(text_of(element, "offset") or 0) / self._divisions
        if text is not None:
            sign.chords.append((max(self._at + offset, Fraction(0)), text))

    def _sound(self, element: Element, sign: Bar) -> None:
        tempo, loudness = element.get("tempo"), element.get("dynamics")
        if tempo is not None:
            self._tempo(Fraction(tempo), sign)
        if loudness is not None:
            self._velocity = round(float(loudness) * DEFAULT_VELOCITY / 100)
        sign.is_segno |= element.get("segno") is not None
        sign.is_coda |= element.get("coda") is not None
        sign.leads_to_coda |= element.get("tocoda") is not None
        sign.is_fine |= element.get("fine") is not None
        if element.get("dacapo") == "yes":
            sign.jump = BEGINNING
        elif element.get("dalsegno") is not None:
            sign.jump = SEGNO

    def _tempo(self, quarters_per_minute: Fraction | None, sign: Bar) -> None:
        if quarters_per_minute is not None and 4 <= quarters_per_minute <= 1000 * 4:
            sign.tempos.append((self._at, round(60_000_000 / quarters_per_minute)))

    def _barline(self, element: Element, sign: Bar) -> None:
        repeat, ending = element.find("repeat"), element.find("ending")
        if ending is not None and ending.get("type") == "start":
            self._endings = tuple(int(n) for n in re.findall(r"\d{1,2}", ending.get("number", "")))
            sign.endings = self._endings
        if repeat is not None and repeat.get("direction") == "forward":
            sign.starts_repeat = True
        elif repeat is not None:
            sign.times_played = min(100, int(repeat.get("times", 2)))
        if ending is not None and ending.get("type") in ("stop", "discontinue"):
            sign.endings = sign.endings or self._endings
            self._endings = ()
        for tag in ("segno", "coda"):
            if element.find(tag) is not None and element.get("location") == "left":
                setattr(sign, f"is_{tag}", True)


_READERS = {
    "attributes": PartReader._attributes,
    "note": PartReader._note,
    "backup": PartReader._backup,
    "forward": PartReader._forward,
    "direction": PartReader._direction,
    "harmony": PartReader._harmony,
    "sound": PartReader._sound,
    "barline": PartReader._barline,
}


def _meter(element: Element) -> Meter:
    """Return the meter of a time signature; parts such as 2/4 + 3/8 are added up."""
    if element.find("senza-misura") is not None:
        return FREE
    total, denominator = Fraction(0), 1
    for beats, unit in zip(element.findall("beats"), element.findall("beat-type"), strict=True):
        numerator = sum(int(n) for n in re.findall(r"\d{1,3}", beats.text or ""))
        if int(unit.text or 0) not in (1, 2, 4, 8, 16, 32, 64):
            raise ValueError(f"a beat type {(unit.text or '')[:20]!r}")
        total += Fraction(numerator, int(unit.text or 4))
        denominator = max(denominator, int(unit.text or 4))
    return Meter(int(total * denominator), denominator) if total else COMMON_TIME


def _drum_pitches(description: Element) -> dict[str, int]:
    """Return the pitch of each instrument of a part that has one."""
    found = {}
    for instrument in description.findall("midi-instrument"):
        pitch = text_of(instrument, "midi-unpitched")
        if pitch:
            found[instrument.get("id", "")] = int(pitch) - 1
    return found
