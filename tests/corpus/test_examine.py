"""What becomes of the bytes of one file: exact round trips, free playing, voices, limits, and the story told of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.cli.main import run
from melodyrnn.corpus.ingest.examine import Filters, Found, Limits, examine, read_melodies
from melodyrnn.corpus.ingest.explain import explain
from melodyrnn.corpus.ingest.ingest import ingest
from melodyrnn.corpus.ingest.report import line_of
from melodyrnn.corpus.ingest.result import pack, unpack
from melodyrnn.corpus.ingest.sources import find_files
from melodyrnn.corpus.record import Facts
from melodyrnn.corpus.store import open_corpus
from melodyrnn.errors import CorpusError, SettingError
from melodyrnn.events.rows import encode
from melodyrnn.midi.write import midi_bytes, write_piece
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, TimeSignature, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Make = Callable[..., Score]
ANYTHING = Filters(min_notes=1, min_pitches=1, min_bars=1, max_rest_quarters=1e6, keep_generated=True)
TUNE = [60, 62, 64, 65, 67, 65, 64, 62] * 4


def bytes_of(piece: Piece) -> bytes:
    return midi_bytes(piece)


def told(data: bytes, filters: Filters = Filters(), limits: Limits = Limits()) -> list[tuple[str | None, str | None]]:  # noqa: B008
    return [(found.reason, found.option) for found in examine(data, filters, limits)]


def played(rng: np.random.Generator, spread: float, late: int = 0, size: int = 64) -> Piece:
    """Eighths in ticks of 480 a quarter, each off by as much as `spread` of a step, all late by `late` ticks."""
    onset = np.arange(size) * 240 + late + 40 + (rng.uniform(-40, 40, size) * spread).astype(int)
    return Piece(480, (Track(Notes.of(onset, [200] * size, (TUNE * 8)[:size], [80] * size)),), end=size * 240 + 300)


class TestRoundTrip:
    @given(melodies())
    def test_notes_on_the_grid_come_back_exactly(self, melody: Score) -> None:
        (found,) = examine(bytes_of(to_piece(melody)), ANYTHING, Limits())
        assert found.melody is not None, found
        for name in ("onset", "duration", "pitch", "velocity"):
            np.testing.assert_array_equal(getattr(found.melody, name), getattr(melody, name), err_msg=name)
        assert found.melody.meter == melody.meter

    @given(melodies())
    def test_outcomes_come_back_from_bytes(self, melody: Score) -> None:
        found = [Found("a", details={"bars": melody.num_bars}, melody=melody), Found(None, "x", "--y", {"notes": 3})]
        kept, dropped = unpack(pack(found))
        assert kept.facts == Facts.of(melody, melody.num_bars)
        np.testing.assert_array_equal(kept.rows, encode(melody))
        assert (dropped.reason, dropped.option, dropped.facts) == ("x", "--y", None)
        for one, outcome in zip(found, (kept, dropped), strict=True):
            assert json.loads(line_of('a"b', outcome.words)) == one.line('a"b').to_json()

    @given(st.binary(max_size=300))
    def test_random_bytes_get_an_answer(self, data: bytes) -> None:
        for head in (b"", b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk"):
            found = examine(head + data, ANYTHING, Limits())
            assert found
            assert all((one.melody is None) == (one.reason is not None) for one in found)
            unpack(pack(found))


class TestFreePlaying:
    def test_left_out_snapped_or_kept(self) -> None:
        data = bytes_of(played(np.random.default_rng(0), 0.9))
        assert told(data) == [("off the grid", "--off-grid snap")]
        (snapped,) = examine(data, Filters(off_grid="snap"), Limits())
        (kept,) = examine(data, Filters(off_grid="keep"), Limits())
        assert snapped.melody is not None
        assert kept.melody is not None
        assert set((snapped.melody.onset % 12).tolist()) <= {0, 3, 4, 6, 8, 9}
        assert set((kept.melody.onset % 12).tolist()) - {0, 3, 4, 6, 8, 9}
        assert snapped.details["off_grid"] == "snap"
        assert snapped.details["grid_error"] == kept.details["grid_error"] > 0.12

    @pytest.mark.parametrize("late", [7, 13, 27, 33])
    def test_a_grid_that_stands_late_is_a_grid(self, late: int) -> None:
        (found,) = examine(bytes_of(played(np.random.default_rng(0), 0.0, late)), Filters(), Limits())
        assert found.melody is not None
        assert np.diff(found.melody.onset).tolist() == [6] * 63
        if "grid_offset" in found.details:
            assert found.details["grid_offset"] * 40 == pytest.approx((late + 20) % 40 - 20, abs=0.5)
        else:
            assert found.details["grid_error"] <= 0.175


class TestSettings:
    def test_voices(self) -> None:
        tune = np.array(TUNE)
        onset = np.arange(32) * 480
        lines = [
            Track(Notes.of(onset, [480] * 32, tune + shift, [80] * 32), name)
            for shift, name in ((12, "Lead"), (0, "Second"))
        ]
        data = bytes_of(Piece(480, tuple(lines), end=32 * 480))
        kept = {
            voices: [f.voice for f in examine(data, Filters(voices=voices), Limits()) if f.melody is not None]
            for voices in ("auto", "all", "skyline", "track:Second", "track:1", "track:9")
        }
        assert kept == {
            "auto": ["track 0 (Lead)"],
            "all": ["track 0 (Lead)", "track 1 (Second)"],
            "skyline": ["track 0 (Lead)"],
            "track:Second": ["track 1 (Second)"],
            "track:1": ["track 1 (Second)"],
            "track:9": [],
        }
        assert told(data)[1] == ("not taken for the melody", "--voices all")

    @pytest.mark.parametrize("voices", ["", "track:", "track", "first", "track: "])
    def test_voices_that_cannot_be(self, voices: str) -> None:
        with pytest.raises(SettingError, match=r"voices must be auto, all, skyline or track:NAME_OR_NUMBER\. Received"):
            Filters(voices=voices)

    def test_off_grid_that_cannot_be(self) -> None:
        with pytest.raises(SettingError, match=r"off_grid must be drop, snap, keep\. Received: 'bend'"):
            Filters(off_grid="bend")

    def test_too_few_bars_and_too_many_notes(self, make_melody: Make) -> None:
        data = bytes_of(to_piece(make_melody(TUNE)))
        assert told(data, Filters(min_bars=9)) == [("too few bars", "--min-bars")]
        assert told(data, Filters(min_bars=8)) == [(None, None)]
        assert told(data, limits=Limits(file_notes=31)) == [("too many notes", "--max-notes")]
        assert told(data, limits=Limits(file_notes=32)) == [(None, None)]

    def test_several_meters_are_several_melodies(self, make_melody: Make) -> None:
        piece = replace(
            to_piece(make_melody(TUNE * 2)),
            meters=(TimeSignature(0, Meter(4, 4)), TimeSignature(32 * 480, Meter(3, 4))),
        )
        first, second = examine(bytes_of(piece), Filters(), Limits())
        assert [f.details["meter"] for f in (first, second)] == ["4/4", "3/4"]
        assert first.melody is not None
        assert second.melody is not None
        assert [f.melody.name for f in (first, second) if f.melody] == [" (1)", " (2)"]
        assert second.melody.onset[0] == 0


class TestExplain:
    def test_a_file(self, tmp_path: Path, make_melody: Make, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "a.mid"
        write_piece(to_piece(make_melody(TUNE[:8])), path)
        path.write_bytes(path.read_bytes()[:-3])
        story = "\n".join(explain(str(path), Filters(), Limits()))
        for words in (str(path), "8 notes in 1 tracks", "meter 4/4", "repaired: track chunk", "dropped, too few notes"):
            assert words in story
        assert "--min-notes would keep it" in story
        assert run(["ingest", "--explain", str(path)]) == 0
        assert capsys.readouterr().out.strip() == story
        assert [p.name for p in tmp_path.iterdir()] == ["a.mid"]

    def test_what_cannot_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.mid").write_bytes(b"hello")
        assert "unreadable: a MIDI file must begin with MThd" in "\n".join(
            explain(str(tmp_path / "a.mid"), Filters(), Limits())
        )
        with pytest.raises(CorpusError, match="must exist"):
            list(explain(str(tmp_path / "b.mid"), Filters(), Limits()))
        with pytest.raises(CorpusError, match="Received the folder"):
            list(explain(str(tmp_path), Filters(), Limits()))


def test_the_table_on_the_screen(tmp_path: Path, make_melody: Make, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "midi"
    folder.mkdir()
    write_piece(to_piece(make_melody(TUNE)), folder / "a.mid")
    (folder / "b.mid").write_bytes((folder / "a.mid").read_bytes())
    write_piece(to_piece(make_melody(TUNE[:5])), folder / "c.mid")
    data = (folder / "a.mid").read_bytes().replace(bytes([65]), bytes([66]))
    (folder / "d.mid").write_bytes(data[:-1])
    assert run(["ingest", str(folder), "-o", str(tmp_path / "c"), "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert "2 melodies" in out
    assert "damaged and repaired: 1 files" in out
    assert "1  too few notes                   --min-notes would keep it" in out
    assert "1  the same bytes as another file  --keep-duplicates would keep it" in out
    lines = [json.loads(line) for line in (tmp_path / "c" / "report.jsonl").read_text("utf-8").splitlines()]
    assert [line["file"][-5:] for line in lines] == ["a.mid", "b.mid", "c.mid", "d.mid"]
    assert lines[3]["repaired"]
    assert lines[1]["duplicate_of"] == str(folder / "a.mid")


def test_one_process_and_workers_agree(shared: Path, tmp_path: Path) -> None:
    files = [Path(source.path) for source in find_files([shared / "openewld"])[::20]]
    melodies_, _ = read_melodies(files, Filters())
    ingest(files, tmp_path / "c", workers=2)
    corpus = open_corpus(tmp_path / "c").melodies("all")
    assert len(corpus) == len(melodies_) > 15
    for one, other in zip(corpus, melodies_, strict=True):
        assert (one.name, one.meter, one.key) == (other.name, other.meter, other.key)
        np.testing.assert_array_equal(encode(one), encode(other))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ingest"], "Missing argument"),
        (["ingest", "x"], "Missing option '-o'"),
        (["ingest", "x", "-o", "y", "--voices", "loudest"], "voices must be auto, all, skyline or track:NAME"),
        (["ingest", "x", "-o", "y", "--workers", "0"], "--workers"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert words in capsys.readouterr().err
