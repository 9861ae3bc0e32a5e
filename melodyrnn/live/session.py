"""A jam from its settings: opens what it needs in order, and closes all of it whatever happens."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from ..generation.request import DEFAULT_TEMPERATURE
from ..music.keys import Key
from ..music.meter import Meter
from .answer import Answerer
from .controls import Controls
from .jam import Jam, Wishes
from .metronome import Metronome
from .ports import Input, Output
from .timing import Stop
from .transport import FollowedClock, OwnTempo

_READY = 0.3  # seconds between the word that it begins and the first click


@dataclass(frozen=True, slots=True)
class Session:
    """What `melodyrnn jam` can be asked. A port that is None is one of its own; `count_in` is in bars.

    `channel` is 0..15, `clock` the input port whose MIDI clock is followed instead of `tempo` (quarters per minute);
    see `Controls` for `bound` and `learn`, `Wishes` for the rest.
    """

    input: str | None = None
    output: str | None = None
    clock: str | None = None
    tempo: float = 120.0
    count_in: int = 1
    metronome: bool = False
    bars: int = 4
    meter: Meter = Meter(4, 4)
    key: Key | None = None
    temperature: float = DEFAULT_TEMPERATURE
    bound: tuple[tuple[str, int], ...] = ()
    learn: tuple[str, ...] = ()
    channel: int = 0
    program: int | None = None
    seed: int = 0
    exchanges: int | None = None
    checkpoint: str | None = None


def run_session(session: Session, stop: Stop, tell: Callable[[str], None]) -> None:
    """Play until `stop` is set or the exchanges are over.

    Raises:
        PortError: where a port is not there, or goes.
        SettingError, CheckpointError: where a setting or the model cannot be used.
    """
    followed = FollowedClock() if session.clock is not None else None
    own = OwnTempo(session.tempo)
    wishes = Wishes(session.meter, session.key, session.seed, session.channel, session.exchanges)
    with ExitStack() as stack:
        output = Output(session.output or "out", virtual=session.output is None)
        stack.callback(output.close)
        answerer = Answerer(session.checkpoint)
        stack.callback(answerer.close)
        checks = [output.check]
        panics: list[Callable[[], None]] = []
        controls = Controls(
            session.temperature, session.bars, session.bound, session.learn, lambda: _call(panics), tell
        )
        jam = Jam(
            output, followed or own, answerer, controls, wishes, stop, lambda: _call(checks), lambda e: tell(str(e))
        )
        panics.append(jam.panic)
        jam.prepare()
        for port in _inputs(session, jam, followed):
            stack.callback(port.close)
            checks.append(port.check)
            tell(f"listening to {port.name} ({port.driver})")
        tell(f"answering to {output.name} ({output.driver})")
        if session.program is not None:
            output.send(bytes([0xC0 | session.channel, session.program]))
        if followed is None:
            quarters = session.count_in * session.meter.quarters
            own.start(time.monotonic() + _READY + quarters * own.seconds_per_quarter)
            clicks = Metronome(output, own, session.meter, quarters, stop, session.metronome)
            clicks.start()
            stack.callback(clicks.join)
            stack.callback(stop.set)  # which ends the clicks, and is called before they are waited for
        jam.run()


def _inputs(session: Session, jam: Jam, followed: FollowedClock | None) -> list[Input]:
    """The player's port and that of the clock, which may be one."""

    def hear_both(moment: float, message: bytes) -> None:
        assert followed is not None
        followed.hear(moment, message)
        jam.hear(moment, message)

    virtual = session.input is None
    if followed is None:
        return [Input(session.input or "in", jam.hear, virtual)]
    if session.clock == session.input:
        return [Input(session.input or "in", hear_both, virtual)]
    return [Input(session.input or "in", jam.hear, virtual), Input(session.clock or "", followed.hear)]


def _call(functions: list[Callable[[], None]]) -> None:
    for function in functions:
        function()
