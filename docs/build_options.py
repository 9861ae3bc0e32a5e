"""Prints all options of all commands, as `--help` has them: `python docs/build_options.py > docs/options.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from melodyrnn.cli.main import cli

INTRODUCTION = """\
<!-- Written by docs/build_options.py; a test compares it with the commands. -->
# Options

All options of all commands, as `melodyrnn generate --help` and its like print them. What to use them for: [What you can
ask for](asking.md), [Your own folder](own-folder.md), [In your DAW](daw.md).

Where a command takes a MODEL, it takes a `.keras` file or the name of a model that comes with melodyrnn: `folk` (the
default), `songs`, `chorales` or `leadsheets`. No command overwrites a file without `--force`. Exit codes: 0 done; 1
refused or failed, with one line that says why; 2 the command line itself is wrong; 130 interrupted.
"""


def page() -> str:
    """Return the text of docs/options.md."""
    context = click.Context(cli, info_name="melodyrnn")
    names = cli.list_commands(context)
    commands = [(name, command) for name in names if (command := cli.get_command(context, name)) is not None]
    return "\n".join([INTRODUCTION, *(line for name, command in commands for line in section(name, command, context))])


def section(name: str, command: click.Command, parent: click.Context) -> Iterator[str]:
    """Yield the lines of a command: its usage, its description and a table of its options."""
    context = click.Context(command, info_name=name, parent=parent)
    yield f"## {name}"
    yield f"`melodyrnn {name} {' '.join(command.collect_usage_pieces(context))}`"
    yield ""
    for paragraph in (command.help or "").split("\n\n"):
        yield " ".join(paragraph.split())
        yield ""
    yield "| option | what it does |"
    yield "|---|---|"
    for parameter in command.params:  # without --help
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None:
            yield f"| `{cell(record[0])}` | {cell(record[1])} |"
    yield ""


def cell(text: str) -> str:
    """Return text for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    sys.stdout.write(page())
