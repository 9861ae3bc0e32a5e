"""A session of `melodyrnn jam`: opens ports and model, plays, and closes them even after an error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from .answer import Answerer
from .controls import Controls
from .jam import Jam
from .metronome import Metronome
from .ports import Input, Output
from .settings import JamSettings, SessionSettings
from .timing import Stop
from .transport import FollowedClock, OwnTempo

_READY = 0.3  # seconds from the ready message to the first click


def run_session(session: SessionSettings, stop: Stop, report: Callable[[str], None]) -> None:
    """Play until `stop` is set or after the last exchange. `report` is called with lines of text for the player.

    Raises:
        PortError: where a port does not exist, cannot be opened or disappears.
        SettingError, CheckpointError: where a setting or the model cannot be used.
    """
    followed = FollowedClock() if session.clock is not None else None
    own = OwnTempo(session.tempo)
    settings = JamSettings(session.meter, session.key, session.seed, session.channel, session.exchanges)
    with ExitStack() as stack:
        output = Output(session.output or "out", virtual=session.output is None)
        stack.callback(output.close)
        answerer = Answerer(session.checkpoint)
        stack.callback(answerer.close)
        checks = [output.check]
        panics: list[Callable[[], None]] = []
        controls = Controls(
            session.temperature, session.bars, session.bound, session.learn, lambda: _call(panics), report
        )
        jam = Jam(
            output, followed or own, answerer, controls, settings, stop, lambda: _call(checks), lambda e: report(str(e))
        )
        panics.append(jam.panic)
        jam.prepare()
        for port in _inputs(session, jam, followed):
            stack.callback(port.close)
            checks.append(port.check)
            report(f"listening to {port.name} ({port.driver})")
        report(f"answering to {output.name} ({output.driver})")
        if session.program is not None:
            output.send(bytes([0xC0 | session.channel, session.program]))
        if followed is None:
            quarters = session.count_in * session.meter.quarters
            own.start(time.monotonic() + _READY + quarters * own.seconds_per_quarter)
            clicks = Metronome(output, own, session.meter, quarters, stop, session.metronome)
            clicks.start()
            stack.callback(clicks.join)
            stack.callback(stop.set)  # ends the clicks; callbacks run in reverse order, so before clicks.join
        jam.run()


def _inputs(session: SessionSettings, jam: Jam, followed: FollowedClock | None) -> Iterator[Input]:
    """Open the input ports one after another: that of the player and that of the clock, which may be the same."""
    virtual, name = session.input is None, session.input or "in"
    if followed is None or session.clock is None:
        yield Input(name, jam.receive, virtual)
    elif session.clock != session.input:
        yield Input(name, jam.receive, virtual)
        yield Input(session.clock, followed.receive)
    else:

        def receive_both(moment: float, message: bytes) -> None:
            followed.receive(moment, message)
            jam.receive(moment, message)

        yield Input(name, receive_both)


def _call(functions: list[Callable[[], None]]) -> None:
    for function in functions:
        function()
