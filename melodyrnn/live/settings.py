"""The settings of `melodyrnn jam`."""

from __future__ import annotations

from dataclasses import dataclass

from ..generation.request import DEFAULT_TEMPERATURE
from ..music.keys import Key
from ..music.meter import COMMON_TIME, Meter


@dataclass(frozen=True, slots=True)
class JamSettings:
    """The settings that do not change while playing.

    Attributes:
        meter: of calls and answers.
        key: of the answers; None to guess it from each call.
        seed: of the first exchange.
        channel: of the answers, 0..15.
        exchanges: number of exchanges; None for no limit.
    """

    meter: Meter = COMMON_TIME
    key: Key | None = None
    seed: int = 0
    channel: int = 0
    exchanges: int | None = None


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """The settings of a session.

    Attributes:
        input, output: names of ports, or parts of them; None for a new virtual port.
        clock: name of the input port whose MIDI clock is followed; None to keep `tempo`.
        tempo: quarters per minute.
        count_in: bars of clicks before the first call.
        metronome: whether the clicks go on after the count-in.
        bars, temperature, bound, learn: see `Controls`.
        meter, key, channel, seed, exchanges: see `JamSettings`.
        program: General MIDI program of the answers, 0..127; None to send none.
        checkpoint: as for `load`.
    """

    input: str | None = None
    output: str | None = None
    clock: str | None = None
    tempo: float = 120.0
    count_in: int = 1
    metronome: bool = False
    bars: int = 4
    meter: Meter = COMMON_TIME
    key: Key | None = None
    temperature: float = DEFAULT_TEMPERATURE
    bound: tuple[tuple[str, int], ...] = ()
    learn: tuple[str, ...] = ()
    channel: int = 0
    program: int | None = None
    seed: int = 0
    exchanges: int | None = None
    checkpoint: str | None = None
