"""The command `melodyrnn`: imports only the requested command, and prints errors as one line with an exit code.

Exit codes: 0 done; 1 refused or failed, with one line that states the rule and what was received; 2 wrong usage;
130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
from difflib import get_close_matches
from importlib import import_module
from itertools import takewhile

import click

from ..errors import MelodyRNNError, UsageError
from ..threads import THREAD_VARIABLES
from ..version import __version__
from .not_yet import NEAREST
from .terminal import echo

# command -> its help in `melodyrnn --help`; its module has the same name
COMMANDS = {
    "ingest": "Turn folders of MIDI files into a corpus.",
    "merge": "Make a corpus of the shards of an ingest.",
    "train": "Train a network on a corpus.",
    "critic": "Give a model a critic, which chooses among drafts.",
    "diagnose": "Check whether the gradients of a network explode or vanish.",
    "generate": "Write new melodies as MIDI files.",
    "studio": "Compose on a page in the browser.",
    "preview": "Show and play MIDI files on one page.",
    "plot": "Draw MIDI files as piano rolls.",
    "render": "Render MIDI files as sound.",
    "ports": "List the available MIDI ports.",
    "play": "Play a MIDI file to a MIDI port.",
    "jam": "Play call and response with a model.",
    "evaluate": "Measure how well a model predicts melodies, in bits per note.",
    "compare": "Compare generated melodies with real ones.",
    "info": "Show the contents of a model, a corpus or a MIDI file.",
}


# Those with matrix products that are large enough for several threads. The threads of other commands would mostly wait
# for each other, and take 30 ms to start; `ingest` forks its workers where there is no other thread.
_MULTI_THREADED = ("train", "evaluate", "diagnose")


class _Commands(click.Group):
    """Imports a command's module only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in _MULTI_THREADED:
            for variable in THREAD_VARIABLES:
                os.environ.setdefault(variable, "1")
        command: click.Command = import_module(f".{cmd_name}", __package__).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and (near := get_close_matches(args[0], COMMANDS, 1)):
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None:
            _tell_repeated(command, rest)
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _tell_repeated(command: click.Command, words: list[str]) -> None:
    """Say which options that take one value are given more than once; the last one counts."""
    given = [word.partition("=")[0] for word in takewhile("--".__ne__, words)]
    single = [o for o in command.params if isinstance(o, click.Option) and not o.multiple and not o.is_flag]
    for option in single:
        if sum(word in option.opts for word in given) > 1:
            echo(f"{option.opts[-1]} is given more than once; the last one counts", err=True)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="melodyrnn")
def cli() -> None:
    """Generate melodies with a recurrent network: one trained on your MIDI files, or one that comes with melodyrnn."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a character that the output cannot encode must not end a command
        sys.stdout.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run the command line and return the exit code."""
    try:
        code: object = cli.main(arguments, prog_name="melodyrnn", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        echo(error.format_message())
        return 0
    except click.NoSuchOption as error:
        nearest = NEAREST.get(error.option_name.removeprefix("--"))
        found = f"No such option: {error.option_name} ({nearest})." if nearest else error.format_message()
        return _fail(found, error.exit_code)
    except click.ClickException as error:
        return _fail(error.format_message(), error.exit_code)
    except UsageError as error:
        return _fail(str(error), 2)
    except MelodyRNNError as error:
        return _fail(str(error), 1)
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted", 130)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        return _fail(f"{error.strerror or error}: {error.filename}", 1)


def _fail(message: str, code: int) -> int:
    echo(f"Error: {' '.join(message.split())}", err=True)
    return code
