"""Running what the documentation shows: blocks of shell commands, in a folder with what they need.

`melodyrnn` runs in this process, trainings with the sizes of SMALL. What is shown after a command as its output must
come out: the words as they are, the numbers as they fall.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from documents import PAGES, Block, blocks, commands
from materials import Materials

from melodyrnn.cli.main import run

SHELLS = {"bash", "powershell"}
# Taken for every training that the documentation shows, in place of the values shown, so that it takes a second.
SMALL = {"--epochs": "1", "--units": "8", "--layers": "1", "--length": "16", "--batch-size": "64"}
SIZES = ("--units", "--layers")  # which --from and --resume take from the model
ALL = [block for page in PAGES for block in blocks(page)]
SHOWN = [block for block in ALL if block.language in SHELLS]
OUTPUTS = [(before, after) for before, after in pairwise(ALL) if after.language == "text"]


def is_run(block: Block) -> bool:
    return "skip" not in block.directives


def trains(block: Block) -> bool:
    """Whether a command of the block needs Keras."""
    needs_model = ".keras" in block.directives.get("needs", "")
    return needs_model or any(words[1:2] in (["train"], ["diagnose"]) for words in commands(block.text))


def check_block(block: Block, materials: Materials, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Run the commands of a block in the working directory `folder`, and check exit codes and outputs."""
    for name in block.directives.get("needs", "").split():
        materials.copy(name, folder)
    capsys.readouterr()
    outputs = [after for before, after in OUTPUTS if before is block]
    codes = [execute(words, bool(outputs), materials) for words in commands(block.text)]
    captured = capsys.readouterr()
    assert codes[:-1] == [0] * (len(codes) - 1), captured.err
    assert codes[-1] == int(block.directives.get("fails", "0")), captured.err
    for output in outputs:
        assert missing_lines(output.text, captured.out + captured.err) == [], captured.out + captured.err


def execute(words: list[str], in_full: bool, materials: Materials) -> int:
    """Run one command in the working directory; returns its exit code.

    A training of nothing but a corpus and a name is run once; where it is shown again, on the same corpus and without
    its output, its model is copied.
    """
    if words[0] != "melodyrnn":
        raise AssertionError(f"no way to run it here; a block that cannot run is skipped with a reason: {words}")
    if words[1] != "train" or len(words) != 5 or in_full:
        return run(small(expanded(words[1:]), in_full))
    notes, model = (Path(words[2]) / "events.npy").read_bytes(), Path(words[4])
    if notes in materials.trained:
        model.write_bytes(materials.trained[notes])
        return 0
    code = run(small(words[1:], in_full))
    if code == 0:
        materials.trained[notes] = model.read_bytes()
    return code


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
