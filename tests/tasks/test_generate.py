"""The task of generating: files by name, all or none, and an end between two notes where it is cancelled."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from melodyrnn.errors import Cancelled, OutputError, UsageError
from melodyrnn.generation.request import Request
from melodyrnn.generation.scales import ModalKey
from melodyrnn.midi.read import read_piece
from melodyrnn.midi.write import midi_bytes
from melodyrnn.tasks.generate import GENERATING, GenerateTask, generate
from melodyrnn.tasks.progress import Cancellation, Progress

Names = Callable[[], list[str]]
TWO = Request(num=2, bars=2, seed=5, key=ModalKey.parse("D minor"), tempo=100)


class CancelledAfter(Cancellation):
    """Cancels itself when it has been asked so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.left = times

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            self.cancel()
        super().check()


def test_files_and_page_in_a_folder(tmp_path: Path, model_file: Path) -> None:
    reports: list[Progress] = []
    task = GenerateTask(TWO, tmp_path / "new" / "out", model_file, preview=True)
    result = generate(task, reports.append)
    paths = [piece.path for piece in result.pieces]
    assert [path.name for path in paths if path] == [f"model-D-minor-100bpm-seed5-{n}.mid" for n in (1, 2)]
    for piece, path in zip(result.pieces, paths, strict=True):
        assert path is not None
        assert path.read_bytes() == midi_bytes(piece.piece)
        assert (piece.seed, piece.bars, piece.tempo, piece.copied) == (5, 2, 100, None)
        assert piece.command in read_piece(path).texts
        row = json.loads(json.dumps(piece.to_json()))
        assert (row["file"], row["key"], row["notes"]) == (str(path), "D minor", piece.piece.num_notes)
    assert result.page == tmp_path / "new" / "out" / "preview.html"
    assert result.page.read_text("utf-8").count("<article") == 2
    assert [(p.done, p.total, p.stage) for p in reports] == [(0, 2, GENERATING), (2, 2, GENERATING)]


def test_without_an_output_pieces_are_returned_and_not_written(model_file: Path, tmp_path: Path, names: Names) -> None:
    before = names()
    result = generate(GenerateTask(TWO, None, model_file, preview=True))
    assert [piece.path for piece in result.pieces] == [None, None]
    assert result.page is None
    assert names() == before


def test_a_seed_is_drawn_where_none_is_given(model_file: Path) -> None:
    one, other = (generate(GenerateTask(Request(bars=1), None, model_file)).pieces[0] for _ in range(2))
    assert one.seed != other.seed
    again = generate(GenerateTask(Request(bars=1, seed=one.seed), None, model_file)).pieces[0]
    assert midi_bytes(again.piece) == midi_bytes(one.piece)


def test_an_unused_cancellation_changes_no_byte(model_file: Path) -> None:
    task = GenerateTask(TWO, None, model_file)
    plain, watched = generate(task), generate(task, None, Cancellation())
    assert [midi_bytes(p.piece) for p in plain.pieces] == [midi_bytes(p.piece) for p in watched.pieces]


@pytest.mark.parametrize("checks", [0, 1, 3])
def test_a_cancelled_generation_leaves_nothing(tmp_path: Path, model_file: Path, names: Names, checks: int) -> None:
    before, cancellation = names(), CancelledAfter(checks)
    with pytest.raises(Cancelled):
        generate(GenerateTask(TWO, tmp_path / "out", model_file), None, cancellation)
    assert cancellation.left == -1  # it ended at once
    assert names() == before


def test_nothing_is_written_where_one_file_exists(tmp_path: Path, model_file: Path) -> None:
    first = generate(GenerateTask(TWO, tmp_path / "out", model_file))
    paths = [piece.path for piece in first.pieces if piece.path]
    paths[0].unlink()
    with pytest.raises(OutputError, match="must not exist yet"):
        generate(GenerateTask(TWO, tmp_path / "out", model_file))
    assert not paths[0].exists()
    generate(GenerateTask(TWO, tmp_path / "out", model_file, force=True))
    assert paths[0].exists()


def test_one_file_holds_one_piece(tmp_path: Path, model_file: Path) -> None:
    with pytest.raises(UsageError, match=r"a file name holds one piece; .* Received: --num 2 and .*x\.mid"):
        generate(GenerateTask(TWO, tmp_path / "x.mid", model_file))
    result = generate(GenerateTask(Request(bars=1), tmp_path / "x.mid", model_file, preview=True))
    assert result.pieces[0].path == tmp_path / "x.mid"
    assert result.page == tmp_path / "x.html"
