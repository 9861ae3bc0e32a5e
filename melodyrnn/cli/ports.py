"""`melodyrnn ports`: the available MIDI ports."""

from __future__ import annotations

import click

from ..live.drivers import IN, OUT, list_ports, quiet_drivers
from .options import json_option, quiet_option
from .terminal import echo, echo_json


@click.command("ports")
@json_option
@quiet_option
def command(as_json: bool) -> None:
    """List the MIDI ports that `play` and `jam` can use."""
    with quiet_drivers():
        found = {OUT: list_ports(OUT), IN: list_ports(IN)}
    if as_json:
        rows = {
            f"{direction}s": [{"name": p.name, "driver": p.driver} for p in ports] for direction, ports in found.items()
        }
        echo_json(rows)
        return
    for direction, ports in found.items():
        echo(f"{direction}s{'' if ports else '  (none; without --port, `melodyrnn play` creates a virtual port)'}")
        for port in ports:
            echo(f"  {port.name}  ({port.driver})")
