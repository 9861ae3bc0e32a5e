"""Every shell command that README and docs show runs, as it is shown, in a folder of its own.

`melodyrnn` runs in this process, trainings with the sizes of SMALL. What is shown after a command as its output must
come out: the words as they are, the numbers as they fall. A block that cannot run here says why, by one of the reasons
in documents.SKIP_REASONS; its options, values, extras and files are checked all the same.
"""

from __future__ import annotations

import re
from collections import Counter
from configparser import ConfigParser
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from documents import (
    DIRECTIVES,
    PAGES,
    ROOT,
    SKIP_REASONS,
    Block,
    all_options,
    blocks,
    commands,
    inline_code,
    usage_fault,
)
from materials import MAKERS, Materials

from melodyrnn.cli.main import COMMANDS, run

SHELLS = {"bash", "powershell"}
# Languages of fences that no test runs: output, which follows a command, and what the site's builder reads.
OTHER = {"text", "python", "{toctree}", "{eval-rst}"}
# Taken for every training that the documentation shows, in place of the values shown, so that it takes a second.
SMALL = {"--epochs": "1", "--units": "8", "--layers": "1", "--length": "16", "--batch-size": "64"}
SIZES = ("--units", "--layers")  # which --from and --resume take from the model
ALL = [block for page in PAGES for block in blocks(page)]
SHOWN = [block for block in ALL if block.language in SHELLS]
OUTPUTS = [(before, after) for before, after in pairwise(ALL) if after.language == "text"]


def runs(block: Block) -> bool:
    return "skip" not in block.directives


def chain_of(block: Block) -> list[Block]:
    """The blocks that run one after the other in one folder, this one last."""
    chain = [block]
    while "continues" in chain[0].directives:
        place = SHOWN.index(chain[0])
        chain.insert(0, SHOWN[place - 1])
    return chain


def is_last_of_chain(block: Block) -> bool:
    place = SHOWN.index(block) + 1
    return place == len(SHOWN) or "continues" not in SHOWN[place].directives


CHAINS = [chain_of(block) for block in SHOWN if runs(block) and is_last_of_chain(block)]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*run_functions_eagerly.*:UserWarning")
@pytest.mark.parametrize("chain", CHAINS, ids=[chain[0].name for chain in CHAINS])
def test_shown_commands_run(
    chain: list[Block],
    materials: Materials,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for block in chain:
        for name in block.directives.get("needs", "").split():
            materials.copy(name, tmp_path)
    monkeypatch.chdir(tmp_path)
    for block in chain:
        capsys.readouterr()
        outputs = [after for before, after in OUTPUTS if before is block]
        codes = [execute(words, in_full=bool(outputs)) for words in commands(block.text)]
        captured = capsys.readouterr()
        assert codes[:-1] == [0] * (len(codes) - 1), captured.err
        assert codes[-1] == int(block.directives.get("fails", "0")), captured.err
        for output in outputs:
            faults = missing_lines(output.text, captured.out + captured.err)
            assert faults == [], captured.out + captured.err


def execute(words: list[str], in_full: bool) -> int:
    """Run one command in the working directory; returns its exit code."""
    if words[0] == "melodyrnn":
        return run(small(expanded(words[1:]), in_full))
    if words[:2] == ["ls"] or words[0] == "ls":
        return 0 if all(Path(word).exists() for word in words[1:]) else 1
    raise AssertionError(f"no way to run it here; a block that cannot run is skipped with a reason: {words}")


def expanded(words: list[str]) -> list[str]:
    """The words with patterns such as *.mid replaced by the files that match."""
    found: list[str] = []
    for word in words:
        matches = sorted(str(path) for path in Path().glob(word)) if "*" in word else []
        found += matches or [word]
    return found


def small(words: list[str], in_full: bool) -> list[str]:
    """The arguments with values that save time: small trainings, few pieces where no output is shown."""
    values: dict[str, str] = {}
    if words[0] == "compare":
        values = {"--num": "12"}
    elif words[0] == "diagnose":
        values = {"--split": "test"}
    elif words[0] == "generate" and not in_full:
        values = {"--num": "1"}
    elif words[0] == "train" and "--resume" not in words:
        values = {name: value for name, value in SMALL.items() if name not in SIZES or "--from" not in words}
    dropped = {place + step for place, word in enumerate(words) if word in values for step in (0, 1)}
    kept = [word for place, word in enumerate(words) if place not in dropped]
    return [*kept, *(word for pair in values.items() for word in pair)]


def missing_lines(shown: str, printed: str) -> list[str]:
    """The lines shown that were not printed; any number stands for any other, and ... for anything."""
    lines = [normal(line) for line in printed.splitlines()]
    return [
        line
        for line in shown.splitlines()
        if line.strip() not in ("", "...") and not any(pattern_of(line).fullmatch(found) for found in lines)
    ]


def pattern_of(line: str) -> re.Pattern[str]:
    parts = [re.escape(part).replace("0", r"\d+(?:\.\d+)?") for part in normal(line).split("...")]
    return re.compile(".*".join(parts))


def normal(line: str) -> str:
    """The line with every number as 0 and every run of blanks as one."""
    return re.sub(r"\d+(?:[.,:]\d+)*", "0", re.sub(r"\s+", " ", line.strip()))


def test_an_output_that_was_not_printed_is_found() -> None:
    assert missing_lines("12 files\n...\nkept ... of 3", "3  files\nkept a lot of 1.5") == []
    assert missing_lines("12 files", "12 folders") == ["12 files"]


@pytest.mark.parametrize("block", ALL, ids=[block.name for block in ALL])
def test_blocks_are_of_a_kind_that_is_tested(block: Block) -> None:
    assert block.language in SHELLS | OTHER
    assert set(block.directives) <= DIRECTIVES
    assert set(block.directives.get("needs", "").split()) <= set(MAKERS)
    if "continues" in block.directives:
        assert all(runs(before) and before.page == block.page for before in chain_of(block))
    if block.language == "text":
        assert any(after is block and before.language in SHELLS | {"python"} for before, after in OUTPUTS)


def test_few_blocks_are_skipped_and_for_a_known_reason() -> None:
    reasons = Counter(block.directives["skip"] for block in ALL if not runs(block))
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
        match = re.fullmatch(r"\.(?:\[([a-z,]+)\])?", package)
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
