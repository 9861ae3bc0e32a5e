"""Every shell command that README and docs show runs in a folder of its own; those that train are in another file."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import Block
from materials import Materials
from shown import SHOWN, check_block, is_run, missing_lines, trains

BLOCKS = [block for block in SHOWN if is_run(block) and not trains(block)]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*run_functions_eagerly.*:UserWarning")
@pytest.mark.parametrize("block", BLOCKS, ids=[block.name for block in BLOCKS])
def test_shown_commands_run(
    block: Block,
    materials: Materials,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    check_block(block, materials, tmp_path, capsys)


def test_an_output_that_was_not_printed_is_found() -> None:
    assert missing_lines("12 files\n...\nkept ... of 3", "3  files\nkept a lot of 1.5") == []
    assert missing_lines("12 files", "12 folders") == ["12 files"]
