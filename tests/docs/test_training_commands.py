"""Every shell command of README and docs that trains a network, or needs a trained one, runs with a small one."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import Block
from materials import Materials
from shown import SHOWN, check_block, is_run, trains

BLOCKS = [block for block in SHOWN if is_run(block) and trains(block)]


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
