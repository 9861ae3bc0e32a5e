from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.corpus.ingest.examine import (
    GENERATED_MARK,
    Filters,
    Line,
    find_files,
    melodies_of_file,
    read_melodies,
    tune_identity,
)
from melodyrnn.corpus.ingest.ingest import Summary, dropped_by_reason, ingest
from melodyrnn.corpus.ingest.sources import Source
from melodyrnn.corpus.store import open_corpus, split_files, split_pieces
from melodyrnn.errors import CorpusError, OutputError
from melodyrnn.midi.write import write_piece
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, TimeSignature, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Make = Callable[..., Score]
TUNE = [60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 72, 67, 64, 62, 60]


def write(path: Path, melody: Score, **changes: object) -> Path:
    write_piece(replace(to_piece(melody), **changes), path)  # type: ignore[arg-type]
    return path


def outcome(path: Path, filters: Filters = Filters()) -> list[tuple[str, str | None, str | None]]:  # noqa: B008
    kept, dropped = melodies_of_file(path, filters)
    return [(line.status, line.reason, line.option) for line in (*(line for _, line in kept), *dropped)]


class TestReasons:
    def test_kept(self, tmp_path: Path, make_melody: Make) -> None:
        melody = make_melody(TUNE, meter=(3, 4), first=24)
        path = write(tmp_path / "tune.mid", replace(melody, name="track"))
        ((found, line),), dropped = melodies_of_file(path, Filters())
        assert dropped == []
        assert found.name == "tune"
        np.testing.assert_array_equal(found.onset, melody.onset)
        assert (line.file, line.voice, line.status, line.reason, line.option) == (
            str(path), "track 0 (track)", "kept", None, None,
        )  # fmt: skip
        assert line.details == {"bars": 6, "notes": 16, "meter": "3/4", "key": "C major", "grid_error": 0.0}

    def test_unreadable(self, tmp_path: Path) -> None:
        (tmp_path / "a.mid").write_bytes(b"no")
        ((status, reason, option),) = outcome(tmp_path / "a.mid")
        assert (status, option) == ("dropped", None)
        assert reason is not None
        assert reason.startswith("unreadable: a MIDI file must begin with MThd")

    def test_too_few_notes(self, tmp_path: Path, make_melody: Make) -> None:
        path = write(tmp_path / "a.mid", make_melody(TUNE[:15]))
        assert outcome(path) == [("dropped", "too few notes", "--min-notes")]
        assert outcome(path, Filters(min_notes=15)) == [("kept", None, None)]

    def test_too_few_pitches(self, tmp_path: Path, make_melody: Make) -> None:
        path = write(tmp_path / "a.mid", make_melody([60, 62] * 8))
        assert outcome(path) == [("dropped", "too few distinct pitches", "--min-pitches")]
        assert outcome(path, Filters(min_pitches=2)) == [("kept", None, None)]

    def test_off_the_grid(self, tmp_path: Path) -> None:
        onset = np.arange(32) * 480 + np.random.default_rng(0).integers(0, 40, 32)
        track = Track(Notes.of(onset, [300] * 32, TUNE * 2, [80] * 32))
        write_piece(Piece(480, (track,), end=32 * 480), tmp_path / "a.mid")
        assert outcome(tmp_path / "a.mid") == [("dropped", "off the grid", "--off-grid snap")]
        assert outcome(tmp_path / "a.mid", Filters(max_grid_error=0.5)) == [("kept", None, None)]

    def test_written_by_melodyrnn(self, tmp_path: Path, make_melody: Make) -> None:
        path = write(tmp_path / "a.mid", make_melody(TUNE), texts=(f"{GENERATED_MARK}: seed 1",))
        assert outcome(path) == [("dropped", "written by melodyrnn", "--keep-generated")]
        assert outcome(path, Filters(keep_generated=True)) == [("kept", None, None)]

    def test_texts_of_others_do_not_matter(self, tmp_path: Path, make_melody: Make) -> None:
        assert outcome(write(tmp_path / "a.mid", make_melody(TUNE), texts=("hand made",))) == [("kept", None, None)]

    def test_voices(self, tmp_path: Path, make_melody: Make) -> None:
        changes = (TimeSignature(0, Meter(4, 4)), TimeSignature(1920, Meter(3, 4)))
        path = write(tmp_path / "a.mid", make_melody(TUNE), meters=changes)
        assert outcome(path) == [("dropped", "too few notes", "--min-notes")] * 2
        write_piece(Piece(480, ()), tmp_path / "b.mid")
        assert outcome(tmp_path / "b.mid") == [("dropped", "no notes", None)]

    def test_parts_between_long_rests(self, tmp_path: Path, make_melody: Make) -> None:
        shift = [12] * 15 + [12 + 12 * 17] + [12] * 15 + [12 + 12 * 17] + [12] * 3
        path = write(tmp_path / "a.mid", make_melody([*TUNE, *TUNE[::-1], 60, 62, 64], shift, 12))
        kept, dropped = melodies_of_file(path, Filters())
        assert [m.name for m, _ in kept] == ["a (1)", "a (2)"]
        assert [line.voice for _, line in kept] == ["track 0 (melody), part 1", "track 0 (melody), part 2"]
        assert [(line.voice, line.reason) for line in dropped] == [("track 0 (melody), part 3", "too few notes")]
        assert len(melodies_of_file(path, Filters(max_rest_quarters=17))[0]) == 1


class TestDuplicates:
    def test_the_same_tune_in_another_key_at_another_tempo_is_one(self, tmp_path: Path, make_melody: Make) -> None:
        tune = make_melody(TUNE)
        write(tmp_path / "a.mid", tune)
        other = replace(tune, pitch=tune.pitch + 5, key=Key(5, "major"), microseconds_per_quarter=1000)
        write(tmp_path / "b.mid", other)
        write(tmp_path / "c.mid", make_melody(TUNE, 6))  # another rhythm
        write(tmp_path / "d.mid", make_melody([*TUNE[:-1], 59]))  # another note
        files = find_files([tmp_path])
        melodies, lines = read_melodies(files, Filters())
        assert [m.name for m in melodies] == ["a", "c", "d"]
        (line,) = (line for line in lines if line.status == "dropped")
        assert (line.file, line.reason, line.option) == (str(tmp_path / "b.mid"), "duplicate", "--keep-duplicates")
        assert line.details == {"duplicate_of": str(tmp_path / "a.mid")}
        assert len(read_melodies(files, Filters(keep_duplicates=True))[0]) == 4

    def test_one_note_tunes_are_no_duplicates_of_one_another(self, make_melody: Make) -> None:
        one, other = make_melody([60, 62]), make_melody([60, 63])
        assert tune_identity(one) != tune_identity(other)
        assert tune_identity(one) == tune_identity(replace(one, pitch=one.pitch + 3))


class TestFindFiles:
    def test_sorted_each_once_by_suffix(self, tmp_path: Path) -> None:
        for name in ("b.mid", "A.MID", "c.midi", "sub/d.kar", "sub/deep/e.smf", "f.txt", "mid"):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        found = find_files([tmp_path, tmp_path / "b.mid", tmp_path])
        names = [str(Path(s.path).relative_to(tmp_path)) for s in found]
        assert names == ["A.MID", "b.mid", "c.midi", "sub/d.kar", "sub/deep/e.smf"]

    def test_a_named_file_is_taken_whatever_it_is_called(self, tmp_path: Path) -> None:
        (tmp_path / "tune.txt").touch()
        assert find_files([str(tmp_path / "tune.txt")]) == [Source(str(tmp_path / "tune.txt"))]

    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match=r"a folder of MIDI files must exist\. Received: .*nowhere"):
            find_files([tmp_path, tmp_path / "nowhere"])


class TestIngest:
    @pytest.fixture
    def folder(self, tmp_path: Path, tunes: list[Score]) -> Path:
        folder = tmp_path / "midi"
        folder.mkdir()
        for melody in tunes:
            write(folder / f"{melody.name}.mid", melody)
        (folder / "bad.mid").write_bytes(b"MThd")
        return folder

    def test_the_whole_way(self, tmp_path: Path, folder: Path) -> None:
        told: list[tuple[int, int]] = []
        summary = ingest([folder], tmp_path / "c", on_file=lambda done, total: told.append((done, total)), test=0.2)
        assert summary == Summary(11, {"train": 7, "test": 2, "validation": 1}, 160, {"unreadable": 1})
        assert told == [(n, 11) for n in range(1, 12)]
        corpus = open_corpus(tmp_path / "c")
        assert sorted(m.name for m in corpus.melodies("all")) == sorted(f"tune {n}" for n in range(10))
        assert corpus.settings["min_notes"] == 16
        assert corpus.settings["test"] == 0.2

    def test_every_file_has_a_line_with_all_its_keys(self, tmp_path: Path, folder: Path) -> None:
        ingest([folder], tmp_path / "c")
        lines = [json.loads(line) for line in (tmp_path / "c" / "report.jsonl").read_text("utf-8").splitlines()]
        assert {line["file"] for line in lines} == {str(path) for path in folder.iterdir()}
        for line in lines:
            assert list(line)[:5] == ["file", "voice", "status", "reason", "option"]
            assert line["status"] in ("kept", "dropped")
            assert (line["reason"] is None) == (line["status"] == "kept")

    def test_nothing_usable(self, tmp_path: Path, make_melody: Make) -> None:
        write(tmp_path / "a.mid", make_melody(TUNE[:5]))
        with pytest.raises(CorpusError, match=r"must hold a usable melody\. Received 1 in .*: too few notes \(1\)"):
            ingest([tmp_path], tmp_path / "c")
        assert not (tmp_path / "c").exists()

    def test_no_midi_files(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").touch()
        with pytest.raises(CorpusError, match=r"MIDI files \(\.mid, \.midi, \.kar, \.smf, \.rmi\)\. Received: "):
            ingest([tmp_path], tmp_path / "c")

    def test_existing_output_is_refused_before_anything_is_read(self, tmp_path: Path) -> None:
        (tmp_path / "c").mkdir()
        with pytest.raises(OutputError, match="must not exist yet"):
            ingest([tmp_path / "nowhere"], tmp_path / "c")

    @pytest.mark.parametrize(
        ("shares", "words"),
        [
            ({"validation": 1.0}, "validation must be at least 0 and under 1. Received: 1.0"),
            ({"test": -0.1}, "test must be at least 0 and under 1. Received: -0.1"),
            ({"test": 0.5, "validation": 0.5}, "must leave pieces to train on. Received: 0.5 and 0.5"),
        ],
    )
    def test_shares_that_cannot_be(self, tmp_path: Path, shares: dict[str, float], words: str) -> None:
        with pytest.raises(CorpusError) as caught:
            ingest([tmp_path], tmp_path / "c", **shares)  # type: ignore[arg-type]
        assert words in str(caught.value)

    def test_file_names_that_are_not_utf_8(self, tmp_path: Path, make_melody: Make) -> None:
        """Linux allows them; a corpus made of them must be written and read all the same."""
        folder = tmp_path / "midi"
        folder.mkdir()
        (folder / "a.mid").write_bytes(b"")
        write(folder / "caf\udce9.mid", make_melody(TUNE))
        ingest([folder], tmp_path / "c")
        assert open_corpus(tmp_path / "c").melodies("all")[0].pitch.tolist() == TUNE

    def test_real_files(self, shared: Path, tmp_path: Path) -> None:
        files = sorted((shared / "openewld").rglob("*.mid"))[::15]
        summary = ingest(files, tmp_path / "c")
        assert summary.files == len(files) == 31
        assert sum(summary.splits.values()) + sum(summary.dropped.values()) >= 31
        assert sum(summary.splits.values()) > 20


class TestSplit:
    @pytest.mark.parametrize(("size", "validation", "test"), [(100, 5, 10), (40, 2, 4), (10, 1, 1), (3, 1, 1)])
    def test_shares(self, size: int, validation: int, test: int) -> None:
        counts = Counter(split_pieces(size, 0.05, 0.1, 0))
        assert counts == {"train": size - validation - test, "validation": validation, "test": test}

    def test_share_of_0_is_none(self) -> None:
        assert set(split_pieces(50, 0, 0.1, 0)) == {"train", "test"}
        assert set(split_pieces(50, 0, 0, 0)) == {"train"}

    def test_drawn_by_the_seed(self) -> None:
        assert split_pieces(50, 0.1, 0.1, 3) == split_pieces(50, 0.1, 0.1, 3)
        assert split_pieces(50, 0.1, 0.1, 3) != split_pieces(50, 0.1, 0.1, 4)

    @given(st.integers(1, 60), st.floats(0, 0.49), st.floats(0, 0.5))
    def test_something_is_left_to_train_on(self, size: int, validation: float, test: float) -> None:
        assert "train" in split_pieces(size, validation, test, 0)

    @given(st.lists(st.integers(1, 4), min_size=3, max_size=30), st.integers(0, 5))
    def test_pieces_of_a_file_stay_together(self, sizes: list[int], seed: int) -> None:
        files = [file for file, size in enumerate(sizes) for _ in range(size)]
        splits = split_files(files, 0.05, 0.1, seed)
        assert len(set(zip(files, splits, strict=True))) == len(sizes)
        assert set(splits) == {"train", "validation", "test"}

    def test_a_file_of_one_piece_keeps_its_split(self) -> None:
        assert split_files(range(40), 0.05, 0.1, 2) == split_pieces(40, 0.05, 0.1, 2)

    def test_pieces_of_two_files_are_drawn_one_by_one(self) -> None:
        assert split_files([0, 0, 0, 1, 1, 1], 0.1, 0.1, 0) == split_pieces(6, 0.1, 0.1, 0)


def test_dropped_by_reason() -> None:
    lines = [Line("a", None, "dropped", "unreadable: x"), Line("b", None, "dropped", "unreadable: y")]
    lines = [Line("c", None, "dropped", "duplicate"), Line("d", None, "kept"), *lines]
    assert list(dropped_by_reason(lines).items()) == [("unreadable", 2), ("duplicate", 1)]
