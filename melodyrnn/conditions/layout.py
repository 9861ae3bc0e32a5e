"""The layout of a melody: facts about the whole piece and about each full bar that say how it is built, without notes.

In part of the training sequences the network reads the layout of the piece. For generation it is drawn, as a whole,
from the layouts of the training pieces (conditions/layouts.py): pick-up, ending, cadences, the number of notes in each
bar, returns and register then fit each other as they do in one real tune.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from ..music.keys import Key
from ..music.meter import Meter

UNKNOWN = -1  # the value of a bar of which nothing is known
TONIC = 0  # as a pitch class from the tonic
MAX_APPROACH = 12  # semitones


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a melody of B full bars; the bar of a pick-up is not one of them.

    Attributes:
        meter, key: of the piece.
        pickup: steps from the first note to the first bar line; 0 without a pick-up.
        form: the label of each bar as a digit (conditions/form.py), "0" where it is unknown.
        returns, sources: how each bar returns and from where (conditions/returns.py), 0 where it is unknown.
        notes: notes that begin in each bar.
        last: steps from the bar line to the last onset of each bar; 0 in a bar without notes.
        cadences: pitch class from the tonic, 0..11, of the last note that begins up to the end of each bar.
        final: length of the last note in steps.
        compass: the lowest, the median and the highest pitch, sounding.
        character: traits of the whole piece (conditions/character.py).
        approach: the interval into the last note, in semitones, within ±12.
    """

    meter: Meter
    key: Key
    pickup: int
    form: str
    returns: tuple[int, ...]
    sources: tuple[int, ...]
    notes: tuple[int, ...]
    last: tuple[int, ...]
    cadences: tuple[int, ...]
    final: int
    compass: tuple[int, int, int]
    character: tuple[int, ...]
    approach: int = 0

    @property
    def num_bars(self) -> int:
        """The number of full bars."""
        return len(self.form)

    def fitted(self, num_bars: int) -> Self:
        """Return the layout with another number of bars: its first ones, or followed by bars of which nothing is known.

        The last bars, from that of the last note on, are always those of the piece, so that it ends as the piece does;
        where they move, they do not return.
        """
        if num_bars == self.num_bars:
            return self
        ending = self._ending_bars[:num_bars]
        inner = min(num_bars, self.num_bars) - len(ending)
        gap = num_bars - inner - len(ending)

        def of_bars(values: tuple[int, ...]) -> tuple[int, ...]:
            return values[:inner] + (UNKNOWN,) * gap + tuple(values[bar] for bar in ending)

        return replace(
            self,
            form=self.form[:inner] + "0" * gap + "1" * len(ending),
            returns=self.returns[:inner] + (0,) * (gap + len(ending)),
            sources=self.sources[:inner] + (0,) * (gap + len(ending)),
            notes=of_bars(self.notes),
            last=of_bars(self.last),
            cadences=of_bars(self.cadences),
        )

    @property
    def _ending_bars(self) -> range:
        """The bars from that in which the last note begins."""
        last = max(
            (bar for bar, notes in enumerate(self.notes) if notes not in (0, UNKNOWN)), default=self.num_bars - 1
        )
        return range(last, self.num_bars)

    def in_key(self, key: Key) -> Self:
        """Return the layout in another key. The compass keeps its place above the tonic where the keys are near.

        It moves with the tonic by up to two semitones, and less the farther the tonics are apart, so that the register
        is about the same in all keys and changes little from one to the next.
        """
        distance = (key.tonic - self.key.tonic + 6) % 12 - 6
        shift = min(abs(distance), (6 - abs(distance)) // 2)
        return replace(self.moved(shift if distance > 0 else -shift), key=key)

    def moved(self, semitones: int) -> Self:
        """Return the layout with a compass that is higher by some semitones, within 0..127."""
        low, median, high = self.compass
        semitones = max(-low, min(127 - high, semitones))
        return replace(self, compass=(low + semitones, median + semitones, high + semitones))
