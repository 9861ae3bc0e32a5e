"""An ingest without any melody still tells what it learned about each file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from melodyrnn.corpus.ingest.nothing_kept import NothingKept
from melodyrnn.corpus.ingest.remedy import Remedy
from melodyrnn.corpus.ingest.run import ingest
from melodyrnn.midi.write import write_piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score


@pytest.fixture
def short_files(tmp_path: Path, make_melody: Callable[..., Score]) -> Path:
    """Two tunes of twelve and of five notes, and a broken file."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name, length in (("five", 5), ("twelve", 12)):
        tune = make_melody([60 + 2 * (number % 5) for number in range(length)])
        write_piece(to_piece(tune), folder / f"{name}.mid")
    (folder / "broken.mid").write_bytes(b"no MIDI")
    return folder


def test_the_error_holds_the_report_and_the_options_that_help(short_files: Path, tmp_path: Path) -> None:
    with pytest.raises(NothingKept, match="--min-notes 8 gets one out of 1 of 3") as caught:
        ingest([short_files], tmp_path / "c", tries_options=True)
    assert caught.value.remedy == Remedy(("--min-notes 8",), 1, 3)
    lines = [json.loads(line) for line in caught.value.report.splitlines()]
    assert [(Path(line["file"]).name, line["status"], line["reason"].split(":")[0]) for line in lines] == [
        ("broken.mid", "dropped", "unreadable"),
        ("five.mid", "dropped", "too few notes"),
        ("twelve.mid", "dropped", "too few notes"),
    ]
    assert list(tmp_path.iterdir()) == [short_files]


def test_options_are_tried_on_request_alone(short_files: Path, tmp_path: Path) -> None:
    with pytest.raises(NothingKept, match=r"^at least one file must hold a usable melody\. Received 3") as caught:
        ingest([short_files], tmp_path / "c")
    assert caught.value.remedy is None
