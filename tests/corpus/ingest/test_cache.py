"""Results of an earlier ingest: used where nothing has changed, otherwise ignored."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from melodyrnn.corpus.ingest.cache import CACHE, Cache, cache_key
from melodyrnn.corpus.ingest.config import Filters, IngestConfig
from melodyrnn.corpus.ingest.identity import digest
from melodyrnn.corpus.ingest.result import FileResult
from melodyrnn.corpus.ingest.run import ingest
from melodyrnn.corpus.ingest.sources import Limits
from melodyrnn.corpus.store import open_corpus
from melodyrnn.errors import CorpusError
from melodyrnn.extract.extractor import ExtractionSettings
from melodyrnn.midi.write import write_piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Make = Callable[..., Score]


def lines_of(corpus: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (corpus / "report.jsonl").read_text("utf-8").splitlines()]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


class TestCache:
    def read_again(self, folder: Path, corpus: Path, filters: Filters) -> list[str]:
        """The files that a second ingest reads."""
        ingest([folder], corpus, filters, force=True, examine="readers:refuse")
        return sorted(Path(line["file"]).name for line in lines_of(corpus) if line["reason"] == "read again")

    def test_only_what_changed_is_read(self, tmp_path: Path, folder: Path, make_melody: Make) -> None:
        ingest([folder], tmp_path / "c")
        (folder / "000.mid").rename(folder / "renamed.mid")
        write_piece(to_piece(make_melody(list(range(60, 80)))), folder / "010.mid", force=True)
        (folder / "020.mid").unlink()
        assert self.read_again(folder, tmp_path / "c", Filters()) == ["010.mid"]
        assert "renamed" in {m.name for m in open_corpus(tmp_path / "c").melodies("all")}

    def test_other_settings_read_everything(self, tmp_path: Path, folder: Path) -> None:
        ingest([folder], tmp_path / "c")
        with pytest.raises(CorpusError, match=r"read again \(150\)"):
            self.read_again(folder, tmp_path / "c", Filters(min_notes=5))
        assert self.read_again(folder, tmp_path / "c", Filters(keep_duplicates=True)) == []

    @pytest.mark.parametrize("damage", [b"", b"\0" * 50, b'{"format": 1}\n', b"[]\n", None])
    def test_a_damaged_cache_is_ignored(self, tmp_path: Path, folder: Path, damage: bytes | None) -> None:
        ingest([folder], tmp_path / "c")
        before, path = contents(tmp_path / "c"), tmp_path / "c" / CACHE
        data = path.read_bytes()
        path.write_bytes(data[:-700] + bytes(300) if damage is None else damage)
        ingest([folder], tmp_path / "c", force=True)
        assert contents(tmp_path / "c") == before

    def test_what_it_gives(self, tmp_path: Path, folder: Path) -> None:
        ingest([folder], tmp_path / "c")
        cache = Cache(tmp_path / "c" / CACHE, cache_key(IngestConfig()))
        assert len(cache) == 150
        content = digest((folder / "000.mid").read_bytes())
        assert content in cache
        (voice,) = FileResult.from_bytes(cache.get(content) or b"").voices
        assert voice.piece is not None
        assert voice.piece.rows.shape == (voice.piece.record.num_notes, 4) == (20, 4)
        assert bytes(16) not in cache
        assert cache.get(bytes(16)) is None
        cache.close()


def test_the_key_holds_what_results_depend_on() -> None:
    config = IngestConfig()
    others = [
        replace(config, filters=Filters(min_bars=3)),
        replace(config, extraction=ExtractionSettings(voices="all")),
        replace(config, extractor="readers:BASS"),
        replace(config, limits=Limits(file_notes=5)),
    ]
    assert len({cache_key(one) for one in (config, *others)}) == 5
    same = [
        replace(config, filters=Filters(keep_duplicates=True)),
        replace(config, limits=Limits(seconds=5)),
        replace(config, examine="readers:refuse"),
    ]
    assert {cache_key(one) for one in same} == {cache_key(config)}
