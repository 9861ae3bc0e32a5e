"""One voice of an ABC tune while it is read: its notes become bars."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from ...music.keys import LETTERS
from ...music.meter import Meter
from ...music.units import NUM_PITCH_CLASSES, NUM_PITCHES
from ..playback import check_num_bars
from ..sheet import Bar, SheetNote, SheetVoice
from .fields import ACCIDENTALS, KeyField

MIDDLE_C = 60
MAX_BARS_OF_REST = 1000  # of one Z
_ENDS_SECTION = ("||", "|]", "[|")
_USUAL_TUPLETS = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}  # notes -> in the time of; the others depend on the meter


@dataclass(slots=True)
class _Event:
    """Notes that begin together, or a rest."""

    duration: Fraction
    pitches: list[int] = field(default_factory=list)
    is_tied: bool = False


@dataclass(slots=True)
class AbcVoice:
    """A voice, and what holds at the place up to which it has been read.

    Attributes:
        sheet: the bars that have been read.
        unit: the unit length in quarter notes.
        propagates: for which notes an accidental holds up to the end of its bar: "pitch" for those of its letter in
            all octaves, "octave" for those in its own, "not" for none (ABC standard 2.1, 11.3).
        transposition: semitones by which notes sound higher than written.
        lines: further lines of bars that are written with "&"; each has the bars of `sheet` up to its last note.
        ending: the passages for which the bars are played.
    """

    sheet: SheetVoice
    meter: Meter
    unit: Fraction
    propagates: str
    transposition: int = 0
    lines: list[SheetVoice] = field(default_factory=list)
    bar: Bar = field(default_factory=Bar)
    ending: tuple[int, ...] = ()
    _alterations: dict[str, int] = field(default_factory=dict)  # by letter, of the key
    _accidentals: dict[str, int] = field(default_factory=dict)  # of this bar
    _names: dict[str, int] = field(default_factory=dict)  # alterations of the notes of the last event
    _tied: dict[str, int] = field(default_factory=dict)  # those of the notes that are tied to the next event
    _events: list[_Event] = field(default_factory=list)
    _overlaid: list[list[_Event]] = field(default_factory=list)
    _stretch: Fraction = Fraction(1)  # of the next note, in a broken rhythm
    _tuplet: Fraction = Fraction(1)
    _tuplet_left: int = 0

    @property
    def has_music(self) -> bool:
        """Whether anything has been read."""
        return bool(self.sheet.bars or self._events or self._overlaid)

    @property
    def position(self) -> Fraction:
        """The quarter notes that have been read of the bar."""
        return sum((event.duration for event in self._events), Fraction(0))

    def set_key(self, key: KeyField) -> None:
        """Change the key from here on."""
        if key.alterations is not None:
            self._alterations = key.alterations
        if key.transposition is not None:
            self.transposition = key.transposition

    def pitches_of(self, notes: list[tuple[str, str, str]]) -> list[int]:
        """Return the pitches of notes that begin together, each (accidental, letter, octave signs).

        A note out of the range of MIDI has none.
        """
        self._names = {}
        found = [self._pitch(*note) for note in notes]
        self._tied = {}
        return [pitch for pitch in found if 0 <= pitch < NUM_PITCHES]

    def _pitch(self, accidental: str, letter: str, octave_signs: str) -> int:
        octave = letter.islower() + octave_signs.count("'") - octave_signs.count(",")
        letter = letter.upper()
        name = f"{letter}{octave}"
        place = letter if self.propagates == "pitch" else name
        if accidental:
            alteration = ACCIDENTALS[accidental]
            if self.propagates != "not":
                self._accidentals[place] = alteration
        else:
            usual = self._accidentals.get(place, self._alterations.get(letter, 0))
            alteration = self._tied.get(name, usual)
        self._names[name] = alteration
        return MIDDLE_C + LETTERS[letter] + alteration + NUM_PITCH_CLASSES * octave + self.transposition

    def add(self, units: Fraction, pitches: list[int]) -> None:
        """Add notes of a written length, or a rest where there is no pitch."""
        duration = units * self.unit * self._stretch
        self._stretch = Fraction(1)
        if self._tuplet_left:
            self._tuplet_left -= 1
            duration *= self._tuplet
        self._events.append(_Event(duration, pitches))

    def tie(self) -> None:
        """Tie the notes before to the next of their pitches."""
        if self._events:
            self._events[-1].is_tied = True
            self._tied = self._names

    def break_rhythm(self, sign: str) -> None:
        """Lengthen the note before and shorten the next for ">", or the other way round for "<"."""
        if self._events:
            short = Fraction(1, 2 ** len(sign))
            before, self._stretch = (2 - short, short) if sign[0] == ">" else (short, 2 - short)
            self._events[-1].duration *= before

    def begin_tuplet(self, notes: int, time: int | None, count: int | None) -> None:
        """Play the next `count` notes, `notes` of them in the time of `time`; None for the usual number."""
        if notes:
            usual = _USUAL_TUPLETS.get(notes, 3 if self.meter.is_compound else 2)
            self._tuplet, self._tuplet_left = Fraction(time or usual, notes), count or notes

    def overlay(self) -> None:
        """Go back to the start of the bar, for another line in it."""
        self._overlaid.append(self._events)
        self._events = []

    def add_bars_of_rest(self, number: int) -> None:
        """Add whole bars of rest."""
        length = self.meter.numerator * Fraction(4, self.meter.denominator) or Fraction(4)
        for n in range(min(number, MAX_BARS_OF_REST)):
            if n:
                self.end_bar("|", ())
            self._events.append(_Event(length))

    def end_bar(self, line: str, passages: tuple[int, ...]) -> None:
        """End the bar with a bar line such as ":|", and begin an ending where there are passages of one."""
        ended = self._close() if self._events or self._overlaid else self.sheet.bars[-1] if self.sheet.bars else None
        colons_before, colons_after = _colons(line)
        ends_section = any(sign in line for sign in _ENDS_SECTION)
        if ended is not None:
            ended.times_played = max(ended.times_played, colons_before + 1 if colons_before else 0)
            ended.ends_section |= ends_section
        self.bar.starts_repeat |= colons_after > 0
        if passages or colons_before or colons_after or ends_section:
            self.ending = passages

    def _close(self) -> Bar:
        """Add the bar to those that have been read, begin the next one, and return the first."""
        bar, number = self.bar, len(self.sheet.bars)
        bar.endings = self.ending
        first, *others = [*self._overlaid, self._events]
        _fill(bar, first)
        self.sheet.bars.append(bar)
        check_num_bars(number)
        for n, events in enumerate(others):
            if n == len(self.lines):
                self.lines.append(SheetVoice(self.sheet.name, self.sheet.program, self.sheet.is_drums))
            bars = self.lines[n].bars
            bars += [Bar() for _ in range(number + 1 - len(bars))]
            _fill(bars[number], events)
        self.bar, self._events, self._overlaid, self._accidentals = Bar(), [], [], {}
        return bar

    def finish(self) -> list[SheetVoice]:
        """End the last bar, and return the voice and its further lines."""
        self.end_bar("|", ())
        return [self.sheet, *self.lines]


def _fill(bar: Bar, events: list[_Event]) -> None:
    """Write notes into a bar from its start on."""
    for event in events:
        bar.notes += [SheetNote(bar.length, event.duration, pitch, event.is_tied) for pitch in event.pitches]
        bar.length += event.duration


def _colons(line: str) -> tuple[int, int]:
    """Return the colons before and after the strokes of a bar line; "::" is short for ":||:"."""
    if not line.strip(":."):
        return (len(line) + 1) // 2, len(line) // 2
    return len(line) - len(line.lstrip(":.")) - line.startswith("."), len(line) - len(line.rstrip(":"))
