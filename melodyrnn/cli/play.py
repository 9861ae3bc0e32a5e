"""`melodyrnn play`: a MIDI file → a MIDI port, in time."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import click

from ..live.drivers import quiet_drivers
from .options import FiniteRange, quiet_option
from .terminal import echo

if TYPE_CHECKING:
    from ..live.timing import Stop


@click.command("play")
@click.argument("path", metavar="FILE")
@click.option("--port", metavar="NAME", help="Output port, or a part of its name [default: a new virtual port].")
@click.option(
    "--virtual", metavar="NAME", help="Create a virtual port of this name for others to connect to [default: out]."
)
@click.option("--loop", is_flag=True, help="Repeat from bar line to bar line until Ctrl-C.")
@click.option("--clock", is_flag=True, help="Also send MIDI clock, Start and Stop.")
@click.option(
    "--wait", type=FiniteRange(0, 86_400), default=0.0, help="Seconds to wait before playing, to connect the port."
)
@quiet_option
def command(path: str, port: str | None, virtual: str | None, loop: bool, clock: bool, wait: float) -> int:
    """Play a MIDI file to an instrument or a DAW; Ctrl-C stops it and ends all notes."""
    if port is not None and virtual is not None:
        raise click.UsageError(f"--port and --virtual cannot be met together. Received: {port} and {virtual}")
    from ..formats.files import read_file
    from ..live.player import play
    from ..live.ports import Output
    from ..live.schedule import schedule
    from ..live.timing import Stop, Waiter, stopped_by_signals

    plan = schedule(read_file(path), clock, loop=loop)
    stop = Stop()
    with quiet_drivers(), stopped_by_signals(stop):
        output = Output(port) if port is not None else Output(virtual or "out", virtual=True)
        try:
            rounds = "repeating, Ctrl-C stops" if loop else f"{plan.length:.1f} s"
            echo(f"playing to {output.name} ({output.driver}), {rounds}")
            if Waiter(stop, output.check).until(time.monotonic() + wait):
                play(plan, output, stop, loop, clock)
        finally:
            output.close()
    return exit_code(stop)


def exit_code(stop: Stop) -> int:
    """Return the exit code: 0 at the end or after Ctrl-C, the usual way to stop; 128 + the number of another signal."""
    return 0 if stop.signal in (0, signal.SIGINT) else 128 + stop.signal
