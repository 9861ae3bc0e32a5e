"""Blocks of the documentation are of kinds that are tested; commands and options, shown or named in the text, exist.

A block that cannot run here says why, by one of the reasons in documents.SKIP_REASONS; its options, values, extras and
files are checked all the same.
"""

from __future__ import annotations

import re
from collections import Counter
from configparser import ConfigParser
from functools import cache
from pathlib import Path

import pytest
from documents import DIRECTIVES, PAGES, ROOT, SKIP_REASONS, Block, all_options, commands, inline_code, usage_fault
from materials import MAKERS
from shown import ALL, OUTPUTS, SHELLS, SHOWN, is_run

from melodyrnn.cli.main import COMMANDS

# Languages of fences that no test of commands runs: output, which follows a command, Python, and what builds the site.
OTHER = {"text", "python", "{toctree}", "{eval-rst}"}


@pytest.mark.parametrize("block", ALL, ids=[block.name for block in ALL])
def test_blocks_are_of_a_kind_that_is_tested(block: Block) -> None:
    assert block.language in SHELLS | OTHER
    assert set(block.directives) <= DIRECTIVES
    assert set(block.directives.get("needs", "").split()) <= set(MAKERS)
    if block.language == "text":
        assert any(after is block and before.language in SHELLS | {"python"} for before, after in OUTPUTS)


def test_few_blocks_are_skipped_and_for_a_known_reason() -> None:
    reasons = Counter(block.directives["skip"] for block in ALL if not is_run(block))
    assert set(reasons) <= set(SKIP_REASONS)
    assert {reason: count for reason, count in reasons.items() if count > SKIP_REASONS[reason]} == {}


@pytest.mark.parametrize("block", SHOWN, ids=[block.name for block in SHOWN])
def test_shown_commands_are_understood(block: Block) -> None:
    """Also those that are skipped."""
    for words in commands(block.text, posix=block.language == "bash"):
        assert fault_of(words) is None


def fault_of(words: list[str]) -> str | None:
    """Why a command cannot be right, without running it; None where nothing is wrong."""
    while words and re.fullmatch(r"[A-Z_]+=\S+", words[0]):
        words = words[1:]
    program = words[0]
    if program == "melodyrnn":
        return usage_fault(words[1:])
    if program in ("pip", "python") and "install" in words:
        return install_fault([word for word in words[words.index("install") + 1 :] if not word.startswith("-")])
    if program == "python" and words[1].startswith(("benchmarks/", "samples/")):
        return script_fault(words[1], words[2:])
    if program in ("bash", "pytest"):
        missing = [word for word in words[1:] if "/" in word and not (ROOT / word.split("::")[0]).exists()]
        return f"no file {missing[0]}" if missing else None
    return None if program in known_programs() else f"unknown program {program}"


def install_fault(packages: list[str]) -> str | None:
    """Why `pip install PACKAGES` cannot work from a checkout; melodyrnn itself is in no package index."""
    for package in packages:
        match = re.fullmatch(r"\.(?:\[([a-z0-9,]+)\])?", package)
        if match is None and package not in ("tensorflow", "jax", "torch", "pip"):
            return f"{package} is neither the checkout nor a backend"
        unknown = set((match[1] or "").split(",")) - extras() - {""} if match else set()
        if unknown:
            return f"no extras {unknown}"
    return None


def script_fault(path: str, arguments: list[str]) -> str | None:
    script = ROOT / path
    if not script.is_file():
        return f"no script {path}"
    options = set(re.findall(r'add_argument\(\s*"(--[a-z-]+)"', script.read_text("utf-8")))
    unknown = {word for word in arguments if word.startswith("--")} - options
    return f"{path} has no {unknown}" if unknown else None


@cache
def extras() -> frozenset[str]:
    parser = ConfigParser()
    parser.read(ROOT / "setup.cfg", "utf-8")
    return frozenset(parser["options.extras_require"])


def known_programs() -> set[str]:
    return {
        "Set-ExecutionPolicy",
        ".venv\\Scripts\\activate",
        "aconnect",
        "cd",
        "git",
        "ls",
        "mypy",
        "pw-jack",
        "ruff",
        "source",
        ".",
        "sphinx-build",
        "python",
        "python3",
        "py",
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_in_the_text_exist(page: Path) -> None:
    faults = []
    for code in inline_code(page):
        faults += [fault for words in commands_in(code) if (fault := fault_of(words)) is not None]
        if code.startswith("--"):
            words = commands(code)[0]
            faults += [
                f"no option {word}"
                for word in words
                if word.startswith("--") and word.split("=")[0] not in known_options()
            ]
    assert faults == []


def commands_in(code: str) -> list[list[str]]:
    """The commands of inline code, which may leave out their arguments: `melodyrnn ports`."""
    if not code.startswith(("melodyrnn ", "pip install", "python benchmarks/", "python samples/")):
        return []
    return [words for words in commands(code.replace("...", "")) if len(words) > 1]


@cache
def known_options() -> frozenset[str]:
    found = set(all_options())
    for script in (ROOT / "benchmarks").glob("*.py"):
        found |= set(re.findall(r'add_argument\(\s*"(--[a-z-]+)"', script.read_text("utf-8")))
    return frozenset(found)


@pytest.mark.parametrize(
    "line",
    [
        "melodyrnn sing",
        "melodyrnn generate --loud",
        "melodyrnn generate --num",
        "melodyrnn generate --num four",
        "melodyrnn ingest my-midi -o corpus --off-grid round",
        "pip install 'melodyrnn[plot]'",
        "pip install '.[everything]'",
        "python benchmarks/nothing.py",
        "python benchmarks/novelty.py --loud",
        "rm -rf corpus",
    ],
)
def test_a_wrong_command_is_found(line: str) -> None:
    (words,) = commands(line)
    assert fault_of(words) is not None


def test_every_command_of_melodyrnn_is_shown() -> None:
    shown = {
        words[1] for block in SHOWN for words in commands(block.text) if words[0] == "melodyrnn" and len(words) > 1
    }
    assert set(COMMANDS) <= shown


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`melodyrnn {command}`" in (ROOT / "README.md").read_text("utf-8")
