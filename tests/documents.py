"""The documentation as the tests read it: fenced blocks with the directives before them, inline code, headings, links.

A directive is an HTML comment on a line of its own before a block, or before other directives of the block:

    <!-- needs: my-midi corpus -->    files and folders that exist before the block runs (tests/docs/conftest.py)
    <!-- fails: 1 -->                 the last command of the block ends with this exit code
    <!-- skip: a DAW -->              the block does not run here, for one of the reasons in SKIP_REASONS
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import click

from melodyrnn.cli.main import cli

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
DIRECTIVES = {"needs", "fails", "skip"}
# Reason -> the largest number of blocks that may be skipped for it.
SKIP_REASONS = {
    "installs packages": 12,
    "another system": 4,
    "MIDI ports": 8,
    "an interactive program": 8,
    "minutes of training": 4,
    "several devices": 2,
    "data that is not in the repository": 12,
}
_FENCE = re.compile(r"^( *)(`{3,})([^\n`]*)\n(.*?)^\1\2 *$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!-- *([a-z]+)(?:: *(.*?))? *-->")
_LINK = re.compile(r"(?<!\\)\[[^\]\[]*(?:\[[^\]]*\][^\]\[]*)*\]\(([^()\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, text and directives, and the line of the page on which it begins."""

    page: Path
    line: int
    language: str
    text: str
    directives: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.page.name}:{self.line}"


@cache
def text_of(page: Path) -> str:
    return page.read_text("utf-8")


@cache
def blocks(page: Path) -> tuple[Block, ...]:
    """The fenced blocks of a page in order."""
    text, found = text_of(page), []
    for match in _FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        code = re.sub(rf"^{match[1]}", "", match[4], flags=re.MULTILINE)
        directives = dict(_directives(text[: match.start()]))
        found.append(Block(page, line, match[3].strip(), code, directives))
    return tuple(found)


def _directives(before: str) -> Iterator[tuple[str, str]]:
    for line in reversed(before.splitlines()):
        match = _COMMENT.fullmatch(line.strip())
        if match is None:
            return
        yield match[1], match[2] or ""


def commands(code: str, posix: bool = True) -> list[list[str]]:
    """The words of each command of a block of shell code: one a line, or several joined by `&&`."""
    joined = re.sub(r"\\\n\s*", " ", code)
    found: list[list[str]] = []
    for line in joined.splitlines():
        words: list[str] = []
        for word in shlex.split(line, comments=True, posix=posix):
            if word == "&&":
                found.append(words)
                words = []
            else:
                words.append(word)
        if words:
            found.append(words)
    return found


def prose(page: Path) -> str:
    """The page without fenced blocks and comments."""
    return re.sub(r"<!--.*?-->", "", _FENCE.sub("", text_of(page)), flags=re.DOTALL)


def inline_code(page: Path) -> list[str]:
    """The text of everything between backticks in the prose."""
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose(page).replace("\n", " "))


def links(page: Path) -> list[str]:
    return _LINK.findall(re.sub(r"`[^`\n]*`", "", prose(page)))


def anchors(page: Path) -> set[str]:
    """The anchors of the page's headings, as GitHub and the site make them."""
    found: set[str] = set()
    for title in re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).replace("`", "").strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = 0
        while (slug if number == 0 else f"{slug}-{number}") in found:
            number += 1
        found.add(slug if number == 0 else f"{slug}-{number}")
    return found


@cache
def command_named(name: str) -> click.Command | None:
    return cli.get_command(click.Context(cli), name)


def options_of(command: click.Command) -> dict[str, click.Option]:
    """The options of a command by each of their names, the ones that switch off and --help included."""
    options = [param for param in command.get_params(click.Context(command)) if isinstance(param, click.Option)]
    return {name: option for option in options for name in (*option.opts, *option.secondary_opts)}


@cache
def all_options() -> frozenset[str]:
    names = cli.list_commands(click.Context(cli))
    found = {option for name in names if (command := command_named(name)) for option in options_of(command)}
    return frozenset(found | {"--version"})


def usage_fault(words: list[str]) -> str | None:
    """Why `melodyrnn WORDS` is no command line that melodyrnn understands; None where it is one.

    Options and their values are checked, but not whether files exist. Words in capitals stand for values.
    """
    if not words or words[0].startswith("-"):
        return None if not words or words[0] in all_options() else f"no option {words[0]}"
    command = command_named(words[0])
    if command is None:
        return f"no command {words[0]!r}"
    context = click.Context(command, info_name=words[0])
    arguments = [word for word in words[1:] if word not in ("...", "…")]
    try:
        values, _, order = command.make_parser(context).parse_args(arguments)
        for param in order:
            value = values.get(param.name or "")
            if isinstance(param, click.Option) and isinstance(value, str) and value.upper() != value:
                param.type.convert(value, param, context)
    except click.ClickException as error:
        return f"{' '.join(words)}: {error.format_message()}"
    return None
