"""`melodyrnn jam`: call and response with a player."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import click

from ..generation.request import DEFAULT_TEMPERATURE, DEFAULT_TEMPO
from ..live.controls import MAX_BARS, NAMES
from ..live.drivers import quiet_drivers
from .options import ControlType, FiniteRange, KeyType, MeterType, ProgramType, checkpoint_option, quiet_option
from .play import exit_code
from .terminal import echo

if TYPE_CHECKING:
    from ..generation.scales import ModalKey
    from ..music.meter import Meter


@click.command("jam")
@click.option(
    "--input", "input_", metavar="NAME", help="Input port, or a part of its name [default: a new virtual port]."
)
@click.option("--output", metavar="NAME", help="Output port, or a part of its name [default: a new virtual port].")
@click.option("--clock", metavar="NAME", help="Follow the MIDI clock of this input port.")
@click.option(
    "--tempo",
    type=FiniteRange(20, 400),
    default=DEFAULT_TEMPO,
    show_default=True,
    help="Quarter notes per minute without --clock.",
)
@click.option(
    "--count-in", type=click.IntRange(0, 8), default=1, show_default=True, help="Bars of clicks before the first call."
)
@click.option("--metronome", is_flag=True, help="Continue the clicks after the count-in.")
@click.option(
    "--bars", type=click.IntRange(1, MAX_BARS), default=4, show_default=True, help="Bars of a call and of its answer."
)
@click.option("--meter", type=MeterType(), default="4/4", show_default=True, help="Meter, such as 3/4.")
@click.option("--key", type=KeyType(), help='Key of the answers, such as "D minor" [default: that of each call].')
@click.option(
    "--temperature",
    type=FiniteRange(0),
    default=DEFAULT_TEMPERATURE,
    show_default=True,
    help="Lower is more predictable.",
)
@click.option("--cc", "bound", type=ControlType(), multiple=True, help=f"Bind a controller: {', '.join(NAMES)}.")
@click.option("--learn", type=click.Choice(NAMES), multiple=True, help="Bind the next controller that moves.")
@click.option("--channel", type=click.IntRange(1, 16), default=1, show_default=True, help="Channel of the answers.")
@click.option("--program", type=ProgramType(), help="General MIDI program to answer with.")
@click.option("--seed", type=click.IntRange(0), help="Seed; the same playing and seed give the same answers.")
@click.option(
    "--exchanges", type=click.IntRange(1), help="Stop after this many exchanges [default: continue until Ctrl-C]."
)
@checkpoint_option
@quiet_option
def command(
    input_: str | None,
    output: str | None,
    clock: str | None,
    tempo: float,
    count_in: int,
    metronome: bool,
    bars: int,
    meter: Meter,
    key: ModalKey | None,
    temperature: float,
    bound: tuple[tuple[str, int], ...],
    learn: tuple[str, ...],
    channel: int,
    program: int | None,
    seed: int | None,
    exchanges: int | None,
    checkpoint: str | None,
) -> int:
    """Play call and response: listen for some bars and answer with as many, in your key and meter, until Ctrl-C."""
    from ..live.session import run_session
    from ..live.settings import SessionSettings
    from ..live.timing import Stop, stopped_by_signals

    stop = Stop()
    session = SessionSettings(
        input=input_,
        output=output,
        clock=clock,
        tempo=tempo,
        count_in=count_in,
        metronome=metronome,
        bars=bars,
        meter=meter,
        key=key.key if key else None,
        temperature=temperature,
        bound=tuple(bound),
        learn=learn,
        channel=channel - 1,
        program=program,
        seed=secrets.randbelow(2**31) if seed is None else seed,
        exchanges=exchanges,
        checkpoint=checkpoint,
    )
    with quiet_drivers(), stopped_by_signals(stop):
        run_session(session, stop, echo)
    return exit_code(stop)
