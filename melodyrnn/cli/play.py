"""`melodyrnn play`: a MIDI file → a MIDI port, in time."""

from __future__ import annotations

import signal
import time

import click

from ..live.drivers import quiet_drivers
from ..live.player import play
from ..live.ports import Output
from ..live.schedule import schedule
from ..live.timing import Stop, Waiter, stopped_by_signals
from ..midi.file import read_file


@click.command("play")
@click.argument("path", metavar="FILE")
@click.option("--port", metavar="NAME", help="Port to play to, or a part of its name [default: one of its own].")
@click.option("--virtual", metavar="NAME", help="Make a port of this name for others to connect to [default: out].")
@click.option("--loop", is_flag=True, help="Play round after round, from bar line to bar line, until Ctrl-C.")
@click.option("--clock", is_flag=True, help="Send MIDI clock, Start and Stop as well.")
@click.option("--wait", type=click.FloatRange(0), default=0.0, help="Seconds before it begins, to connect the port.")
def command(path: str, port: str | None, virtual: str | None, loop: bool, clock: bool, wait: float) -> int:
    """Play a MIDI file to an instrument or a DAW; Ctrl-C stops it, and every note with it."""
    if port is not None and virtual is not None:
        raise click.UsageError(f"--port and --virtual cannot be met together. Received: {port} and {virtual}")
    plan = schedule(read_file(path), clock)
    stop = Stop()
    with quiet_drivers(), stopped_by_signals(stop):
        output = Output(port) if port is not None else Output(virtual or "out", virtual=True)
        try:
            rounds = "round after round, Ctrl-C stops" if loop else f"{plan.length:.1f} s"
            click.echo(f"playing to {output.name} ({output.driver}), {rounds}")
            if Waiter(stop, output.check).until(time.monotonic() + wait):
                play(plan, output, stop, loop, clock)
        finally:
            output.close()
    return exit_code(stop)


def exit_code(stop: Stop) -> int:
    """0 where it ended by itself or by Ctrl-C, which is how one stops it; else 128 and the signal, as shells say it."""
    return 0 if stop.signal in (0, signal.SIGINT) else 128 + stop.signal
