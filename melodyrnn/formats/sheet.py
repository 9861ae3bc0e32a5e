"""Notated music as the readers of ABC and MusicXML find it: bars with their signs, before repeats are played out.

Conventions: times are exact fractions of a quarter note; an onset counts from the start of its bar. All voices have the
same bars, of which only the first voice holds the signs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from ..music.keys import Key
from ..music.meter import Meter

DEFAULT_VELOCITY = 90  # of forte in MusicXML, in which 100 % of loudness are this
FREE = Meter(0, 4)  # music without a meter: no bar is too long or too short
BEGINNING, SEGNO = "beginning", "segno"  # where a jump leads


@dataclass(frozen=True, slots=True)
class SheetNote:
    """A note as it is written; `is_tied` where it is tied to the next note of its pitch."""

    onset: Fraction
    duration: Fraction
    pitch: int
    is_tied: bool = False
    velocity: int = DEFAULT_VELOCITY


@dataclass(slots=True)
class Bar:
    """A bar of a voice while it is read.

    Attributes:
        notes: in any order.
        length: of what is written in it.
        meter, key: those that begin with the bar; None where they go on.
        tempos: (onset, µs per quarter) of each change.
        chords: (onset, chord symbol as text) of each.
        starts_repeat: whether a repeat leads back to its start.
        times_played: how often the repeat that ends with the bar is played; 0 where none ends.
        endings: for which passages of a repeat the bar is played; empty for all.
        ends_section: whether it ends with a double bar line, to which a repeat without a start leads back.
        is_segno, is_coda, is_fine, leads_to_coda: the marks of the bar.
        jump: where the music goes on after the bar, the first time; None for the next bar.
        part: the name of the part of the tune that begins with the bar.
    """

    notes: list[SheetNote] = field(default_factory=list)
    length: Fraction = Fraction(0)
    meter: Meter | None = None
    key: Key | None = None
    tempos: list[tuple[Fraction, int]] = field(default_factory=list)
    chords: list[tuple[Fraction, str]] = field(default_factory=list)
    starts_repeat: bool = False
    times_played: int = 0
    endings: tuple[int, ...] = ()
    ends_section: bool = False
    is_segno: bool = False
    is_coda: bool = False
    is_fine: bool = False
    leads_to_coda: bool = False
    jump: str | None = None
    part: str | None = None


@dataclass(slots=True)
class SheetVoice:
    """The bars of one voice, and the track that it becomes."""

    name: str = ""
    program: int = 0
    is_drums: bool = False
    bars: list[Bar] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """A notated tune.

    Attributes:
        voices: at least one; the bars of the first have the signs of all.
        title: empty where there is none.
        order: names of the parts in the order in which they are played; empty for the bars as they are.
        texts: remarks.
        repairs: what the reader mended.
    """

    voices: list[SheetVoice]
    title: str = ""
    order: str = ""
    texts: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
