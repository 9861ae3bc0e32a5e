"""The metronome mark of a tempo: a beat and its number per minute."""

from __future__ import annotations

from fractions import Fraction

from ..music.meter import Meter
from ..music.piece import Tempo

_MICROSECONDS = 60_000_000  # of a minute
_OTHER_BEATS = (Fraction(1, 4), Fraction(1, 8), Fraction(1, 16), Fraction(1, 32))


def quarters_per_minute(tempo: Tempo) -> Fraction:
    """Return the quarter notes per minute: a whole number where one has this tempo in whole microseconds."""
    exact = Fraction(_MICROSECONDS, tempo.microseconds_per_quarter)
    whole = round(exact)
    return (
        Fraction(whole) if whole and round(Fraction(_MICROSECONDS, whole)) == tempo.microseconds_per_quarter else exact
    )


def metronome(tempo: Tempo, meter: Meter) -> tuple[Fraction, Fraction]:
    """Return a beat, as a share of a whole note, and its number per minute, a whole number where one can be found.

    The beat is that of the meter where its number is whole, else a quarter note or less.
    """
    quarters = quarters_per_minute(tempo)
    exact = Fraction(_MICROSECONDS, tempo.microseconds_per_quarter)
    for beat in (Fraction(*meter.beat), *_OTHER_BEATS):
        number = round(exact / (4 * beat))
        if number and round(Fraction(_MICROSECONDS, number) / (4 * beat)) == tempo.microseconds_per_quarter:
            return beat, Fraction(number)
    return Fraction(1, 4), quarters


def decimal(number: Fraction) -> str:
    """Return a number with at most six decimals, and none where it is whole."""
    return str(int(number)) if number.denominator == 1 else f"{float(number):.6f}".rstrip("0").rstrip(".")
