"""Printing: names that come from files must not move the cursor or set the title of a terminal.

Results go to standard output, or with --json as JSON alone; progress, warnings and errors go to standard error. With
--quiet neither results nor progress are printed; JSON, warnings and errors still are.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence

import click

from ..text import displayable

_QUIET = f"{__name__}.quiet"  # the key in the context of a command


def echo(text: object = "", err: bool = False) -> None:
    """Print a line without control characters: of the results, unless --quiet was given, or to standard error."""
    if err or not is_quiet():
        click.echo(displayable(str(text)), err=err)


def echo_json(data: object, indent: int | None = None) -> None:
    """Print a result as JSON to standard output."""
    click.echo(json.dumps(data, indent=indent))


def echo_left_out(left_out: Iterable[object]) -> None:
    """Print what a command received and did not use, a line each, to standard error."""
    for one in left_out:
        echo(one, err=True)


def echo_wrapped(text: str, indent: str = "") -> None:
    """Print a text in lines that fit the terminal; the lines after the first are indented."""
    for line in textwrap.wrap(
        text, max(40, columns()), subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    ):
        echo(line)


def columns() -> int:
    """Return the width of the terminal, or what the variable COLUMNS says, in characters; 80 where neither is known."""
    return shutil.get_terminal_size((80, 24)).columns


def quieten(ctx: click.Context, quiet: bool) -> None:
    """Set whether the command of this context prints neither results nor progress."""
    ctx.meta[_QUIET] = quiet


def is_quiet() -> bool:
    """Return whether the current command was given --quiet."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(_QUIET))


def shows_progress() -> bool:
    """Return whether progress may be drawn: standard error is a terminal, and --quiet was not given."""
    return sys.stderr.isatty() and not is_quiet()


def command_line(words: Sequence[str]) -> str:
    """Return a command that can be pasted into the shell of this system."""
    if os.name != "nt":
        return shlex.join(words)
    import subprocess

    return subprocess.list2cmdline(words)


def repeated(ctx: click.Context, replaced: Sequence[str]) -> str:
    """Return the running command as a line to paste, with its arguments and options, and other values for some options.

    Args:
        replaced: options to add or to replace, with their values, such as ["--voices", "skyline", "--force"].
    """
    arguments: list[str] = []
    options: list[str] = []
    for parameter in ctx.command.params:
        if ctx.get_parameter_source(parameter.name or "") is not click.core.ParameterSource.COMMANDLINE:
            continue
        value = ctx.params.get(parameter.name or "")
        if isinstance(parameter, click.Argument):
            arguments += value if isinstance(value, tuple) else [str(value)]
        elif isinstance(parameter, click.Option) and parameter.opts[-1] not in replaced:
            for one in value if isinstance(value, tuple) and parameter.multiple else (value,):
                options += [parameter.opts[-1]] if parameter.is_flag else [parameter.opts[-1], str(one)]
    last = ["--", *arguments] if any(word.startswith("-") for word in arguments) else []
    first = [] if last else arguments
    return command_line(["melodyrnn", ctx.info_name or "", *first, *options, *replaced, *last])
