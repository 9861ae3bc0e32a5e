"""What messages tell a user to type is right: the commands and options that they name exist and take the values named.

The messages are the texts in the sources: all string constants but docstrings, and the pieces of f-strings.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import click
import pytest
from documents import ROOT, command_named, options_of

from melodyrnn.cli.main import COMMANDS

PACKAGE = ROOT / "melodyrnn"
MODULES = sorted(PACKAGE.rglob("*.py"))
# The commands that print the messages of a folder; a module of cli/ or tasks/ prints those of its own command.
PRINTED_BY = {
    "extract": ("ingest",),
    "corpus": ("ingest", "train"),
    "model": ("train", "diagnose"),
    "evaluation": ("evaluate", "compare", "diagnose", "train"),
    "live": ("jam", "play"),
    "sound": ("render",),
    "generation": ("generate", "jam", "compare"),
}
# `melodyrnn WORD` in formats of files and in sentences about the program itself
NOT_COMMANDS = {"by", "corpus", "file", "generated", "model", "novelty", "reads", "worker"}
OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*[a-z])(?![a-z-])(?:[ =]([A-Za-z0-9.:]+))?")


def messages(module: Path) -> Iterator[str]:
    """The texts of a module that may reach a user: constants, f-strings, and lists of words that begin with melodyrnn.

    What is computed stands as `{}` in them.
    """
    nodes = list(ast.walk(ast.parse(module.read_text("utf-8"))))
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    inside = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    inside |= {id(word) for node in nodes if is_command_line(node) for word in node.elts}
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            yield "".join(text_or_place(part) for part in node.values)
        elif is_command_line(node):
            yield " ".join(text_or_place(word) for word in node.elts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | inside:
            yield node.value


def is_command_line(node: ast.AST) -> TypeGuard[ast.List]:
    return isinstance(node, ast.List) and bool(node.elts) and text_or_place(node.elts[0]) == "melodyrnn"


def text_or_place(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else "{}"


def printed_by(module: Path) -> tuple[str, ...]:
    """The commands that may print the messages of a module; all of them where it is not known."""
    parts = module.relative_to(PACKAGE).parts
    if parts[0] in ("cli", "tasks"):
        name = module.stem.split("_")[0]
        return (name,) if name in COMMANDS else tuple(COMMANDS)
    return PRINTED_BY.get(parts[0], tuple(COMMANDS))


def faults(message: str, commands: tuple[str, ...]) -> list[str]:
    found = [
        f"no command {word}"
        for word in re.findall(r"\bmelodyrnn ([a-z]+)\b", message)
        if word not in COMMANDS and word not in NOT_COMMANDS
    ]
    found += [
        f"pip install '{name}' cannot work from a checkout" for name in re.findall(r"melodyrnn\[[^\]]*\]", message)
    ]
    named = tuple(
        name for name in re.findall(r"(?:\bmelodyrnn |`(?!melodyrnn ))([a-z]+)\b", message) if name in COMMANDS
    )
    for option, value in OPTION.findall(message):
        if option in ("--version", "--help"):
            continue
        fitting = [param for name in named or commands if (param := parameter(name, option)) is not None]
        if not fitting:
            found.append(f"no option {option} of {', '.join(named or commands)}")
        elif looks_like_a_value(value) and not any(takes(param, value) for param in fitting):
            found.append(f"{option} does not take {value}")
    return found


def parameter(name: str, option: str) -> click.Parameter | None:
    command = command_named(name)
    assert command is not None
    return options_of(command).get(option)


def looks_like_a_value(text: str) -> bool:
    """Whether the word after an option is a value rather than the sentence that goes on."""
    return bool(
        re.fullmatch(
            r"\d[\d.]*|auto|all|skyline|snap|keep|drop|lstm|gru|rnn|irnn|tanh|relu|sigmoid|folk|songs",
            text.rstrip(".:"),
        )
    )


def takes(param: click.Parameter, value: str) -> bool:
    if isinstance(param, click.Option) and param.is_flag:
        return False
    try:
        param.type.convert(value.rstrip(".:"), param, None)
    except click.UsageError:
        return False
    return True


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_messages_name_what_there_is(module: Path) -> None:
    assert [fault for message in messages(module) for fault in faults(message, printed_by(module))] == []


@pytest.mark.parametrize(
    ("message", "commands"),
    [
        ("run melodyrnn sing first", ("train",)),
        ("pip install 'melodyrnn[plot]'", ("plot",)),
        ("lower --speed", ("train",)),
        ("give --min-notes", ("generate",)),
        ("take a cell with gates (--cell lstm), or --off-grid 7", ("train", "ingest")),
        ("--force all", ("ingest",)),
        ("written by melodyrnn generate --loud", ("ingest",)),
    ],
)
def test_a_wrong_message_is_found(message: str, commands: tuple[str, ...]) -> None:
    assert len(faults(message, commands)) == 1


def test_there_are_messages_to_test() -> None:
    found = [message for module in MODULES for message in messages(module)]
    assert sum(bool(OPTION.search(message)) for message in found) > 50
    assert sum("melodyrnn " in message for message in found) > 10
