"""The complete ingest: from folders of files to a corpus."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ensemble import BEAT, piece, track

from melodyrnn.cli.main import run
from melodyrnn.corpus.ingest.config import Filters, IngestConfig
from melodyrnn.corpus.ingest.finding import find_files
from melodyrnn.corpus.ingest.left_out import LeftOut
from melodyrnn.corpus.ingest.melodies import read_melodies
from melodyrnn.corpus.ingest.run import IngestSummary, ingest
from melodyrnn.corpus.store import open_corpus
from melodyrnn.errors import CorpusError, OutputError, SettingError
from melodyrnn.events.rows import encode
from melodyrnn.extract.extractor import ExtractionSettings
from melodyrnn.midi.read import read_piece
from melodyrnn.midi.write import write_piece
from melodyrnn.music.piece import Notes, Piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Make = Callable[..., Score]
TUNE = [60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 72, 67, 64, 62, 60]
EIGHT = [60, 62, 64, 65, 67, 65, 64, 62]


def write(path: Path, melody: Score, **changes: object) -> Path:
    write_piece(replace(to_piece(melody), **changes), path)  # type: ignore[arg-type]
    return path


class TestIngest:
    @pytest.fixture
    def folder(self, tmp_path: Path, tunes: list[Score]) -> Path:
        folder = tmp_path / "midi"
        folder.mkdir()
        for melody in tunes:
            write(folder / f"{melody.name}.mid", melody)
        (folder / "bad.mid").write_bytes(b"MThd")
        return folder

    def test_from_files_to_a_corpus(self, tmp_path: Path, folder: Path) -> None:
        calls: list[tuple[int, int]] = []
        summary = ingest([folder], tmp_path / "c", on_file=lambda done, total: calls.append((done, total)), test=0.2)
        left_out = LeftOut.of("files", 11, [("unreadable", str(folder / "bad.mid"))])
        splits = {"train": 7, "test": 2, "validation": 1}
        assert summary == IngestSummary(11, splits, 160, {"unreadable": 1}, left_out=left_out)
        assert (summary.num_melodies, summary.num_with_melody) == (10, 10)
        assert calls == [(n, 11) for n in range(1, 12)]
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

    def test_settings_are_those_of_filters_and_extraction(self, tmp_path: Path, folder: Path) -> None:
        ingest([folder], tmp_path / "c", Filters(min_bars=1), seed=5)
        assert open_corpus(tmp_path / "c").settings == {
            "min_notes": 16,
            "min_pitches": 3,
            "keep_duplicates": False,
            "keep_generated": False,
            "min_bars": 1,
            "voices": "auto",
            "off_grid": "drop",
            "max_grid_error": 0.12,
            "max_rest_quarters": 16.0,
            "bar_lines": "auto",
            "validation": 0.05,
            "test": 0.1,
            "seed": 5,
            "velocity": True,
        }

    def test_dropped_files_are_counted_by_reason_the_most_common_first(self, tmp_path: Path, folder: Path) -> None:
        (folder / "empty.mid").write_bytes(b"")
        (folder / "short.mid").write_bytes(b"MThd\0\0\0\6\0\1\0\0\1\xe0")
        (folder / "tune 1.mid").write_bytes((folder / "tune 0.mid").read_bytes())
        summary = ingest([folder], tmp_path / "c")
        assert list(summary.dropped.items()) == [("unreadable", 3), ("the same bytes as another file", 1)]
        assert [(reason.reason, reason.count) for one in summary.left_out for reason in one.reasons] == [
            ("unreadable", 3),
            ("the same bytes as another file", 1),
        ]

    def test_workers_that_cannot_be(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match=r"^workers must be 1\.\.256\. Received: 0$"):
            ingest([tmp_path], tmp_path / "c", workers=0)

    def test_nothing_usable(self, tmp_path: Path, make_melody: Make) -> None:
        write(tmp_path / "a.mid", make_melody(TUNE[:5]))
        with pytest.raises(CorpusError, match=r"must hold a usable melody\. Received 1 in .*: too few notes \(1\)"):
            ingest([tmp_path], tmp_path / "c")
        assert not (tmp_path / "c").exists()

    def test_no_midi_files(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").touch()
        with pytest.raises(CorpusError, match=r"must hold music \(\.mid, \.midi, .*\.abc, .*\)\. Received: "):
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
        with pytest.raises(CorpusError) as error:
            ingest([tmp_path], tmp_path / "c", **shares)  # type: ignore[arg-type]
        assert words in str(error.value)

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
        assert summary.num_files == len(files) == 31
        assert sum(summary.splits.values()) > 20


def test_the_table_on_the_screen(tmp_path: Path, make_melody: Make, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "midi"
    folder.mkdir()
    write_piece(to_piece(make_melody(EIGHT * 4)), folder / "a.mid")
    (folder / "b.mid").write_bytes((folder / "a.mid").read_bytes())
    write_piece(to_piece(make_melody(EIGHT[:5])), folder / "c.mid")
    data = (folder / "a.mid").read_bytes().replace(bytes([65]), bytes([66]))
    (folder / "d.mid").write_bytes(data[:-1])
    assert run(["ingest", str(folder), "-o", str(tmp_path / "c"), "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert ": 2 melodies" in " ".join(out.split())  # a long path breaks the line
    assert "\n2 of 4 files gave a melody; 2 gave none:\n" in out
    assert "damaged and repaired: 1 file\n" in out
    assert "     1  too few notes, such as " in out
    assert "     1  the same bytes as another file, such as " in out
    lines = [json.loads(line) for line in (tmp_path / "c" / "report.jsonl").read_text("utf-8").splitlines()]
    assert [line["file"][-5:] for line in lines] == ["a.mid", "b.mid", "c.mid", "d.mid"]
    assert lines[3]["repaired"]
    assert lines[1]["duplicate_of"] == str(folder / "a.mid")


def test_one_process_and_workers_agree(shared: Path, tmp_path: Path) -> None:
    files = [Path(source.path) for source in find_files([shared / "openewld"])[::20]]
    melodies_, _ = read_melodies(files, IngestConfig())
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


class TestPieces:
    """Files of several parts through a whole ingest."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "midi"
        folder.mkdir()
        for number in range(4):
            tune = [p + number * number for p in TUNE]
            flute, bass = (
                track("Flute", tune * 2, program=73),
                track("Bass", [p % 7 + 40 for p in tune] * 2, program=33),
            )
            write_piece(piece(flute, bass, track("Kit", BEAT, channel=9)), folder / f"{number}.mid")
        return folder

    def test_scores_of_the_parts_with_a_line_for_each_in_the_report(self, tmp_path: Path, folder: Path) -> None:
        summary = ingest([folder], tmp_path / "c", extractor="all")
        assert (summary.num_melodies, summary.num_notes, summary.dropped) == (4, 4 * 96, {})
        corpus = open_corpus(tmp_path / "c")
        score = corpus.scores("all")[0]
        assert [(part.name, part.role) for part in score.parts] == [
            ("Flute", "melody"),
            ("Bass", "bass"),
            ("Kit", "drums"),
        ]
        assert score.only(2).pitch.tolist() == BEAT
        assert [part.name for part in corpus.vocabulary.parts] == ["Flute", "Bass", "Kit"]
        assert (corpus.settings["extractor"], corpus.settings["max_bars"]) == ("all", 64)
        lines = [json.loads(line) for line in (tmp_path / "c" / "report.jsonl").read_text("utf-8").splitlines()][:4]
        assert [(line["voice"], line["status"], line.get("role")) for line in lines] == [
            (None, "kept", None),
            ("track 0 (Flute)", "part", "melody"),
            ("track 1 (Bass)", "part", "bass"),
            ("track 2 (Kit)", "part", "drums"),
        ]
        assert [line["reason"] for line in lines[2:]] == ["its name, 'Bass'", "channel 10"]

    def test_the_cache_and_any_number_of_workers_give_the_same_bytes(self, tmp_path: Path, folder: Path) -> None:
        names = ("events.npy", "pieces.json", "corpus.json", "report.jsonl")
        found = []
        for options in ({"workers": 1}, {"workers": 2, "force": True}, {"force": True, "examine": "readers:refuse"}):
            ingest([folder], tmp_path / "c", extractor="all", **options)  # type: ignore[arg-type]
            found.append([(tmp_path / "c" / name).read_bytes() for name in names])
        assert found[0] == found[1] == found[2]

    def test_pieces_of_one_file_are_in_one_split(self, tmp_path: Path, folder: Path) -> None:
        settings = ExtractionSettings(max_bars=2)
        ingest([folder], tmp_path / "c", extractor="all", extraction=settings, test=0.3, validation=0.3)
        records = open_corpus(tmp_path / "c").pieces
        assert [record.name for record in records[:3]] == ["0 (1)", "0 (2)", "1 (1)"]  # the rest of 0 repeats these
        splits = {name: {r.split for r in records if r.name.startswith(name)} for name in "0123"}
        assert all(len(found) == 1 for found in splits.values())
        assert len(set.union(*splits.values())) == 3

    def test_a_transposed_copy_is_a_duplicate(self, tmp_path: Path, folder: Path) -> None:
        original = read_piece(folder / "1.mid")
        write_piece(transposed(original, 3), folder / "copy.mid")
        summary = ingest([folder], tmp_path / "c", extractor="all")
        assert summary.dropped == {"duplicate": 1}

    def test_roles_by_name_and_number(self, tmp_path: Path, folder: Path) -> None:
        settings = ExtractionSettings(roles=(("bass", "harmony"), ("0", "other")))
        ingest([folder], tmp_path / "c", extractor="all", extraction=settings)
        roles = [part.role for part in open_corpus(tmp_path / "c").pieces[0].parts]
        assert sorted(roles) == ["drums", "harmony", "other"]
        again = ExtractionSettings(roles=(("Bass", "harmony"),))
        ingest([folder], tmp_path / "c", extractor="all", extraction=again, force=True)
        assert "other" not in [part.role for part in open_corpus(tmp_path / "c").pieces[0].parts]

    @pytest.mark.parametrize(
        ("extractor", "message"),
        [
            ("all", "a role must be that of a track of some file. Received: Tuba=bass, of none"),
            ("melody", "roles are for an extractor that finds roles. Received: 'melody'"),
            ("leadsheet", "roles are for an extractor that finds roles. Received: 'leadsheet'"),
        ],
    )
    def test_roles_that_are_for_nothing(self, tmp_path: Path, folder: Path, extractor: str, message: str) -> None:
        settings = ExtractionSettings(roles=(("Tuba", "bass"),))
        with pytest.raises(SettingError) as error:
            ingest([folder], tmp_path / "c", extractor=extractor, extraction=settings)
        assert str(error.value) == message
        assert not (tmp_path / "c").exists()


def transposed(one: Piece, semitones: int) -> Piece:
    """The piece with all tracks but drums higher."""
    tracks = [
        t
        if t.is_drums
        else replace(t, notes=Notes.of(t.notes.onset, t.notes.duration, t.notes.pitch + semitones, t.notes.velocity))
        for t in one.tracks
    ]
    return replace(one, tracks=tuple(tracks))
