"""The explanation of one file in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from melodyrnn.cli.main import run
from melodyrnn.corpus.ingest.config import IngestConfig
from melodyrnn.corpus.ingest.explain import explain
from melodyrnn.errors import CorpusError
from melodyrnn.midi.write import write_piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Make = Callable[..., Score]
TUNE = [60, 62, 64, 65, 67, 65, 64, 62] * 4


class TestExplain:
    def test_a_file(self, tmp_path: Path, make_melody: Make, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "a.mid"
        write_piece(to_piece(make_melody(TUNE[:8])), path)
        path.write_bytes(path.read_bytes()[:-3])
        text = "\n".join(explain(str(path), IngestConfig()))
        for words in (str(path), "8 notes in 1 tracks", "meter 4/4", "repaired: track chunk", "dropped, too few notes"):
            assert words in text
        assert "--min-notes would keep it" in text
        assert run(["ingest", "--explain", str(path)]) == 0
        assert capsys.readouterr().out.strip() == text
        assert [p.name for p in tmp_path.iterdir()] == ["a.mid"]

    def test_what_cannot_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.mid").write_bytes(b"hello")
        assert "unreadable: a MIDI file must begin with MThd" in "\n".join(
            explain(str(tmp_path / "a.mid"), IngestConfig())
        )
        with pytest.raises(CorpusError, match="must exist"):
            list(explain(str(tmp_path / "b.mid"), IngestConfig()))
        with pytest.raises(CorpusError, match="Received the folder"):
            list(explain(str(tmp_path), IngestConfig()))
