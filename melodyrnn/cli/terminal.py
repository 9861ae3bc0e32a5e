"""Printing: names that come from files must not move the cursor or set the title of a terminal."""

from __future__ import annotations

import click

from ..text import displayable


def echo(text: object = "", err: bool = False) -> None:
    """Print a line to standard output, or to standard error, without control characters."""
    click.echo(displayable(str(text)), err=err)
