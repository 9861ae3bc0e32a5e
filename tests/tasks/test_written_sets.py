"""Both sets of a comparison as MIDI files: what is read back is what was written, and nothing else is replaced."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from melodyrnn.errors import OutputError, UsageError
from melodyrnn.midi.read import read_piece
from melodyrnn.music.piece import TimeSignature
from melodyrnn.score.score import Score
from melodyrnn.tasks.compare import CompareTask, compare
from melodyrnn.tasks.ingest import IngestTask, ingest
from melodyrnn.tasks.written_sets import check_folder, write_sets


def test_notes_and_bar_lines_are_read_back(tunes: list[Score], tmp_path: Path) -> None:
    moved = replace(tunes[0], onset=tunes[0].onset + tunes[0].bar - 12)  # a pick-up of a quarter
    sets = {"real": [moved, *tunes[1:4]], "generated": tunes[4:7]}
    write_sets(tmp_path / "sets", sets["real"], sets["generated"])
    assert sorted(path.name for path in tmp_path.rglob("*.mid")) == sorted(f"000{n}.mid" for n in (1, 2, 3, 4, 1, 2, 3))
    for name, scores in sets.items():
        for number, score in enumerate(scores, 1):
            piece = read_piece(tmp_path / "sets" / name / f"000{number}.mid")
            (track,) = piece.tracks
            steps = piece.ticks_per_quarter // 12
            for column in ("onset", "duration", "pitch"):
                scale = 1 if column == "pitch" else steps
                assert np.array_equal(getattr(track.notes, column), getattr(score, column) * scale)
            assert piece.meters == (TimeSignature(0, score.meter),)
            assert piece.keys[0].key == score.key
            assert track.name == score.name


def test_complete_pieces_are_written_where_first_bars_are_compared(tunes: list[Score], tmp_path: Path) -> None:
    result = compare(CompareTask(tunes[:5], tunes[5:], bars=2, write=tmp_path / "sets"))
    assert result.folder == tmp_path / "sets"
    written = [len(read_piece(path).tracks[0].notes) for path in sorted((tmp_path / "sets" / "generated").iterdir())]
    assert written == [len(tune) for tune in tunes[:5]]
    assert result.comparison.generated.pieces == 5


def test_an_ingest_leaves_the_generated_set_out(tunes: list[Score], tmp_path: Path) -> None:
    write_sets(tmp_path / "sets", tunes[:3], tunes[3:])
    summary = ingest(IngestTask((tmp_path / "sets",), tmp_path / "corpus", workers=1)).summary
    assert summary.num_with_melody == 3


def test_a_folder_that_exists_is_replaced_only_when_forced(tunes: list[Score], tmp_path: Path) -> None:
    folder = tmp_path / "sets"
    write_sets(folder, tunes[:3], tunes[:3])
    with pytest.raises(OutputError, match="must not exist yet"):
        check_folder(folder, force=False)
    write_sets(check_folder(folder, force=True), tunes[:1], tunes[:2], force=True)
    assert len(list(folder.rglob("*.mid"))) == 3


def test_a_folder_with_anything_else_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "home" / "real").mkdir(parents=True)
    (tmp_path / "home" / "letters.txt").write_text("dear")
    rule = r"holds nothing but real and generated\. Received: .*home with letters\.txt"
    with pytest.raises(OutputError, match=rule):
        check_folder(tmp_path / "home", force=True)
    with pytest.raises(UsageError, match="the output must be a folder"):
        check_folder(tmp_path / "sets.mid", force=False)
