"""Corpora on disk: exact round trips, splits, statistics, and refusals of damaged ones."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import ensembles, melodies

from melodyrnn.corpus.record import PieceRecord
from melodyrnn.corpus.store import is_corpus, open_corpus, write_corpus
from melodyrnn.corpus.writer import CorpusWriter
from melodyrnn.errors import CorpusError, OutputError
from melodyrnn.score.score import MELODY, Part, Score
from melodyrnn.score.slots import SLOT

Make = Callable[..., Score]


def assert_equal(one: Score, other: Score) -> None:
    for name in ("onset", "duration", "pitch", "velocity"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    for name in ("meter", "key", "microseconds_per_quarter", "name"):
        assert getattr(one, name) == getattr(other, name)


@given(st.lists(melodies(), min_size=1, max_size=5), st.data())
def test_melodies_round_trip_exactly(tunes: list[Score], data: st.DataObject) -> None:
    splits = ["train"] + [data.draw(st.sampled_from(("train", "validation", "test"))) for _ in tunes[1:]]
    tunes = [replace(m, name=f"tüne {n}", microseconds_per_quarter=400_000 + n) for n, m in enumerate(tunes)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c"
        write_corpus(path, tunes, splits)
        corpus = open_corpus(path)
        for found, expected in zip(corpus.melodies("all"), tunes, strict=True):
            assert_equal(found, expected)
        for split in ("train", "validation", "test"):
            names = [m.name for m in corpus.melodies(split)]
            assert names == [m.name for m, s in zip(tunes, splits, strict=True) if s == split]


@given(st.lists(st.one_of(ensembles(), melodies()), min_size=1, max_size=5))
def test_pieces_of_parts_round_trip_exactly(scores: list[Score]) -> None:
    """Also beside melodies."""
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder) / "c", scores, ["train"] * len(scores))
        corpus = open_corpus(Path(folder) / "c")
        assert corpus.scores("all") == scores
        assert corpus.scores("train") == [corpus.score(record) for record in corpus.pieces]
        has_parts = any(score.parts != (MELODY,) for score in scores)
        assert corpus.has_parts == has_parts == ("part" in corpus.vocabulary.values)
        assert corpus.events.shape[1] == 4 + has_parts


def test_the_entry_of_a_melody_is_the_same_with_and_without_parts_beside_it(tmp_path: Path, tunes: list[Score]) -> None:
    band = replace(tunes[0], parts=(Part("a", "melodic", 3, "bass"),))
    write_corpus(tmp_path / "a", tunes[:2], ["train"] * 2)
    write_corpus(tmp_path / "b", [tunes[0], band], ["train"] * 2)
    first, second = (json.loads((tmp_path / name / "pieces.json").read_text("utf-8")) for name in ("a", "b"))
    assert first[0] == second[0]
    assert "parts" not in first[0]
    assert second[1]["parts"] == [["a", "melodic", 3, "bass"]]
    slots = open_corpus(tmp_path / "b").events[:, 4].tolist()
    assert slots == [SLOT["melody"]] * len(tunes[0]) + [SLOT["bass"]] * len(tunes[0])


def test_parts_in_a_corpus_of_melodies(tmp_path: Path, tunes: list[Score]) -> None:
    writer = CorpusWriter(tmp_path)
    record = replace(PieceRecord.of(tunes[0]), parts=(Part(role="bass"),))
    with pytest.raises(ValueError, match=r"a corpus of melodies must hold no parts\. Received: .*parts"):
        writer.add(record, np.zeros((len(tunes[0]), 5), dtype=np.int16))
    writer.close()


def test_statistics_are_those_of_the_training_pieces(tmp_path: Path, make_melody: Make) -> None:
    tunes = [
        make_melody([60, 72], velocity=[80, 90], microseconds_per_quarter=500_000),
        make_melody([50, 52], velocity=[10, 20], meter=(3, 4), key="Am", microseconds_per_quarter=400_000),
        make_melody([30, 99, 60], velocity=1, microseconds_per_quarter=1),
    ]
    write_corpus(tmp_path / "c", tunes, ["train", "train", "test"])
    found = open_corpus(tmp_path / "c").statistics
    expected = {
        "pieces": 3,
        "notes": 7,
        "splits": {"train": 2, "test": 1},
        "meters": {"4/4": 1, "3/4": 1},
        "keys": {"C major": 1, "A minor": 1},
        "tempo": round(60e6 / 450_000, 2),
        "velocity": 50.0,
        "lowest_pitch": 50,
        "highest_pitch": 72,
    }
    assert {name: found[name] for name in expected} == expected


def test_velocity_is_a_field_where_half_were_played(tmp_path: Path, make_melody: Make) -> None:
    typed, played = make_melody([60] * 9), make_melody([60] * 9, velocity=list(range(60, 69)))
    for name, pieces, expected in (("a", [typed, played], True), ("b", [typed, typed, played], False)):
        write_corpus(tmp_path / name, pieces, ["train"] * len(pieces))
        assert ("velocity" in open_corpus(tmp_path / name).vocabulary.values) is expected


def test_nothing_to_train_on(tmp_path: Path, tunes: list[Score]) -> None:
    with pytest.raises(CorpusError, match=r"must hold at least one melody to train on\. Received: none"):
        write_corpus(tmp_path / "c", tunes, ["test"] * 10)
    assert not (tmp_path / "c").exists()


def test_force_replaces_and_a_failure_keeps_the_old(
    tmp_path: Path, corpus_folder: Path, tunes: list[Score], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OutputError, match="must not exist yet"):
        write_corpus(corpus_folder, tunes[:2], ["train"] * 2)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(np.lib.format, "write_array_header_1_0", full)
        with pytest.raises(OutputError, match="No space left on device"):
            write_corpus(corpus_folder, tunes[:2], ["train"] * 2, force=True)
    assert len(open_corpus(corpus_folder).melodies("all")) == 10
    write_corpus(corpus_folder, tunes[:2], ["train"] * 2, force=True)
    assert len(open_corpus(corpus_folder).melodies("all")) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["corpus"]


@pytest.mark.parametrize("split", ["train", "all"])
def test_some_pieces_are_spread_over_the_split(corpus_folder: Path, split: str) -> None:
    corpus = open_corpus(corpus_folder)
    scores = corpus.scores(split)
    names = [score.name for score in scores]
    num_notes = sum(map(len, scores))
    assert [score.name for score in corpus.some(split, num_notes)] == names
    assert [score.name for score in corpus.some(split, num_notes - 1)] == names[::2]
    assert [score.name for score in corpus.some(split, 1)] == names[:1]
    assert [record.name for record in corpus.records(split)] == names


def test_split_must_be_known(corpus_folder: Path) -> None:
    with pytest.raises(CorpusError) as error:
        open_corpus(corpus_folder).melodies("exam")
    assert str(error.value) == "a split must be one of train, validation, test and all. Received: 'exam'"


class TestNotACorpus:
    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match=r"a corpus must exist\. Received: .*no"):
            open_corpus(tmp_path / "no")

    def test_folder(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match=r"Received a folder without corpus\.json: "):
            open_corpus(tmp_path)
        assert not is_corpus(tmp_path)

    def test_file(self, model_file: Path) -> None:
        with pytest.raises(CorpusError, match=r"Received a file: .*model\.keras"):
            open_corpus(model_file)
        assert not is_corpus(model_file)


def change(path: Path, name: str, edit: Callable[..., object]) -> None:
    data = json.loads((path / name).read_text("utf-8"))
    (path / name).write_text(json.dumps(edit(data)), "utf-8")


def without(name: str) -> Callable[..., object]:
    return lambda data: {key: value for key, value in data.items() if key != name}


class TestDamaged:
    @pytest.mark.parametrize("cut", [-1, -2, 1, 0])
    def test_lines_that_are_missing(self, corpus_folder: Path, cut: int) -> None:
        lines = (corpus_folder / "pieces.json").read_text().splitlines(keepends=True)
        (corpus_folder / "pieces.json").write_text("".join(lines[:cut]))
        self.assert_damaged(corpus_folder)

    def test_lines_that_are_too_many(self, corpus_folder: Path) -> None:
        with (corpus_folder / "pieces.json").open("a") as file:
            file.write("{}\n")
        self.assert_damaged(corpus_folder, "goes on after its end")

    def assert_damaged(self, path: Path, words: str = "is damaged") -> None:
        """The damage may be found on opening or when the melodies are read."""
        with pytest.raises(CorpusError) as error:
            open_corpus(path).melodies("all")
        assert words in str(error.value)
        assert str(path) in str(error.value)

    @pytest.mark.parametrize("name", ["pieces.json", "events.npy"])
    def test_missing_file(self, corpus_folder: Path, name: str) -> None:
        (corpus_folder / name).unlink()
        self.assert_damaged(corpus_folder)

    @pytest.mark.parametrize("name", ["corpus.json", "pieces.json", "events.npy"])
    @pytest.mark.parametrize("data", [b"", b"[", b"\xff\xfe", b"[]", b"null", b"3", b'"x"', b"{}", b'[{"x": 1}]'])
    def test_other_content(self, corpus_folder: Path, name: str, data: bytes) -> None:
        (corpus_folder / name).write_bytes(data)
        self.assert_damaged(corpus_folder)

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
    @pytest.mark.parametrize("name", ["corpus.json", "pieces.json", "events.npy"])
    def test_cut_short(self, corpus_folder: Path, name: str, share: float) -> None:
        data = (corpus_folder / name).read_bytes()
        (corpus_folder / name).write_bytes(data[: int(len(data) * share)])
        self.assert_damaged(corpus_folder)

    @pytest.mark.parametrize("key", ["format", "version", "steps_per_quarter", "vocabulary", "statistics", "settings"])
    def test_missing_part(self, corpus_folder: Path, key: str) -> None:
        change(corpus_folder, "corpus.json", without(key))
        self.assert_damaged(corpus_folder)

    @pytest.mark.parametrize("key", ["name", "split", "first", "notes", "meter", "key", "tempo"])
    def test_missing_part_of_a_piece(self, corpus_folder: Path, key: str) -> None:
        change(corpus_folder, "pieces.json", lambda pieces: [without(key)(pieces[0]), *pieces[1:]])
        self.assert_damaged(corpus_folder)

    @pytest.mark.parametrize(
        ("key", "value"),
        [("key", "I major"), ("meter", 4), ("notes", "x"), ("notes", -16), ("first", 10**6), ("split", "exam")],
    )
    def test_part_of_a_piece_that_cannot_be(self, corpus_folder: Path, key: str, value: object) -> None:
        change(corpus_folder, "pieces.json", lambda pieces: [*pieces[:-1], {**pieces[-1], key: value}])
        self.assert_damaged(corpus_folder)

    @pytest.mark.parametrize(
        ("key", "value"),
        [("format", "melodyrnn model"), ("version", "1"), ("steps_per_quarter", 24), ("vocabulary", {"values": {}})],
    )
    def test_other_value(self, corpus_folder: Path, key: str, value: object) -> None:
        change(corpus_folder, "corpus.json", lambda data: {**data, key: value})
        self.assert_damaged(corpus_folder)

    def test_newer_version(self, corpus_folder: Path) -> None:
        change(corpus_folder, "corpus.json", lambda data: {**data, "version": 2})
        with pytest.raises(CorpusError) as error:
            open_corpus(corpus_folder)
        assert str(error.value) == (
            f"this melodyrnn reads corpora up to version 1; upgrade it. Received: {corpus_folder}, version 2"
        )

    @pytest.mark.parametrize("shape", [(160,), (160, 3), (159, 4), (161, 4)])
    def test_events_of_another_shape(self, corpus_folder: Path, shape: tuple[int, ...]) -> None:
        np.save(corpus_folder / "events.npy", np.zeros(shape, np.int16))
        self.assert_damaged(corpus_folder)

    def test_events_of_another_type(self, corpus_folder: Path) -> None:
        np.save(corpus_folder / "events.npy", np.full((160, 4), np.nan))
        self.assert_damaged(corpus_folder)

    def test_nothing_is_unpickled(self, corpus_folder: Path) -> None:
        np.save(corpus_folder / "events.npy", np.array([[print] * 4] * 160, dtype=object), allow_pickle=True)
        self.assert_damaged(corpus_folder)


def test_unchanged_copy_is_sound(corpus_folder: Path) -> None:
    """The undamaged corpus, for comparison."""
    change(corpus_folder, "corpus.json", lambda data: data)
    change(corpus_folder, "pieces.json", lambda data: data)
    assert len(open_corpus(corpus_folder).melodies("all")) == 10
