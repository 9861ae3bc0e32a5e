"""Printing: names that come from files must not move the cursor or set the title of a terminal."""

from __future__ import annotations

from collections.abc import Iterable

import click

from ..text import displayable


def echo(text: object = "", err: bool = False) -> None:
    """Print a line to standard output, or to standard error, without control characters."""
    click.echo(displayable(str(text)), err=err)


def echo_left_out(left_out: Iterable[object]) -> None:
    """Print what a command received and did not use, a line each, to standard error."""
    for one in left_out:
        echo(one, err=True)
