"""Reads and writes chord progressions as text: `C:2 G:2 | Am F | % | Dm:3 G7`.

Conventions: chords are separated by spaces, bars by "|", which may also stand at both ends. The number after ":" is the
duration in beats of the meter (integer, fraction or decimal): quarter notes in 4/4, dotted quarter notes in 6/8. Chords
of a bar without a number share the rest of the bar evenly. "%" alone repeats the bar before. A text without bar lines
whose chords all have durations may fill several bars. A chord that follows itself goes on. Durations are exact
fractions of a quarter note; "N.C." is no chord.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..errors import NotationError
from .chords import ChordSymbol
from .keys import Key
from .meter import Meter
from .notation import BAR_LINE, parse_length

REPEAT = "%"


@dataclass(frozen=True, slots=True)
class TypedChord:
    """A chord symbol and its duration, above 0, in quarter notes."""

    symbol: ChordSymbol
    duration: Fraction


def parse_progression(text: str, meter: Meter, max_bars: int | None = None) -> list[TypedChord]:
    """Return the chords of a text, whose durations add up to whole bars.

    Args:
        text: see the module's conventions.
        meter: of all bars.
        max_bars: bars of the piece that the chords are for; None for any number.

    Raises:
        NotationError: where a chord or a duration cannot be read, or a bar does not add up (the message has the bar,
            counted from 1, and the word), where there is no chord, and where there are more than `max_bars` bars.
    """
    bars = _bars(text)
    found: list[TypedChord] = []
    one_bar: list[TypedChord] = []
    for number, words in enumerate(bars, 1):
        one_bar = _parse_bar(words, number, meter, one_bar, is_only=len(bars) == 1)
        found += one_bar
    num_bars = sum(chord.duration for chord in found) / _bar_quarters(meter)
    if max_bars is not None and num_bars > max_bars:
        raise NotationError(f"chords must fill at most the {max_bars} bars of the piece. Received: {num_bars} bars")
    return _merged(found)


def format_progression(chords: Iterable[TypedChord], meter: Meter, key: Key) -> str:
    """Return chords as text, spelled for a key, which `parse_progression` reads.

    A duration is written where the chords of a bar are not equally long. A last bar that is not full ends with its last
    chord, so it can be read only where the durations add up to bars.
    """
    bars = [" ".join(_words(bar, meter, key)) for bar in _cut(chords, _bar_quarters(meter))]
    return f" {BAR_LINE} ".join(REPEAT if n and bar == bars[n - 1] else bar for n, bar in enumerate(bars))


def _bar_quarters(meter: Meter) -> Fraction:
    return Fraction(4 * meter.numerator, meter.denominator)


def _bars(text: str) -> list[list[str]]:
    """Return the words of each bar. Raises NotationError where there is none, or a bar between others is empty."""
    bars = [bar.split() for bar in text.split(BAR_LINE)]
    first, last = not bars[0], len(bars) > 1 and not bars[-1]  # a bar line stands at the start, at the end
    bars = bars[first : len(bars) - last]
    if not bars:
        raise NotationError(f"a chord progression must hold a chord. Received: {text!r}")
    for number, words in enumerate(bars, 1):
        if not words:
            raise NotationError(f'a bar must hold a chord, "{REPEAT}" or "N.C.". Received: nothing in bar {number}')
    return bars


def _parse_bar(
    words: Sequence[str], number: int, meter: Meter, before: list[TypedChord], is_only: bool
) -> list[TypedChord]:
    """Return the chords of a bar; `before` are those of the bar before, `is_only` where there is no other bar."""
    if REPEAT in words:
        if list(words) != [REPEAT] or not before:
            raise NotationError(f'"{REPEAT}" must stand alone in a bar after another. Received: bar {number}')
        return before
    symbols, beats = zip(*(_parse_word(word, number) for word in words), strict=True)
    bar = Fraction(meter.beats)
    given = sum((length for length in beats if length is not None), Fraction(0))
    num_open = beats.count(None)
    fits = given < bar if num_open else given == bar or (is_only and given % bar == 0)
    if not fits:
        rule = f"fewer than {bar}, as other chords share the rest" if num_open else f"{bar}"
        raise NotationError(
            f"the beats of a bar of {meter} must add up to {rule}. Received: {given} in bar {number}, "
            f"{' '.join(words)!r}"
        )
    quarters = _bar_quarters(meter) / bar
    share = (bar - given) / num_open if num_open else Fraction(0)
    return [
        TypedChord(symbol, (share if length is None else length) * quarters)
        for symbol, length in zip(symbols, beats, strict=True)
    ]


def _parse_word(word: str, number: int) -> tuple[ChordSymbol, Fraction | None]:
    """Return the chord of a word in bar `number`, and its length in beats; None where the word has none."""
    chord, colon, length = word.partition(":")
    try:
        symbol = ChordSymbol.parse(chord)
    except NotationError as error:
        raise NotationError(f"{error}, in bar {number}") from error
    return symbol, parse_length(length, f"Received: {word!r} in bar {number}") if colon else None


def _merged(chords: Iterable[TypedChord]) -> list[TypedChord]:
    """Return chords with neighbours of one symbol as one."""
    found: list[TypedChord] = []
    for chord in chords:
        if found and found[-1].symbol == chord.symbol:
            chord = TypedChord(chord.symbol, found.pop().duration + chord.duration)
        found.append(chord)
    return found


def _cut(chords: Iterable[TypedChord], bar: Fraction) -> list[list[TypedChord]]:
    """Return the chords of each bar; one that lasts over a bar line is in both bars."""
    bars: list[list[TypedChord]] = []
    room = Fraction(0)
    for chord in chords:
        left = chord.duration
        while left > 0:
            if not room:
                bars.append([])
                room = bar
            part = min(left, room)
            bars[-1].append(TypedChord(chord.symbol, part))
            left, room = left - part, room - part
    return bars


def _words(bar: Sequence[TypedChord], meter: Meter, key: Key) -> list[str]:
    """Return the chords of a bar as words, with durations where they differ or do not fill the bar."""
    is_even = all(chord.duration * len(bar) == _bar_quarters(meter) for chord in bar)
    beat = _bar_quarters(meter) / meter.beats
    return [chord.symbol.text(key) + ("" if is_even else f":{chord.duration / beat}") for chord in bar]
