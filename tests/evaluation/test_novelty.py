from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.checkpoint import load_checkpoint
from melodyrnn.errors import CheckpointError
from melodyrnn.evaluation.novelty import MEMBER, Index, add_index, encode_pairs, load_index
from melodyrnn.score.score import Score

Make = Callable[..., Score]
TUNE = [60, 64, 62, 67, 65, 69, 72, 71, 67, 60, 58, 63]


def longest_common(one: list[int], other: list[int]) -> int:
    """Length of the longest common run of two lists, by comparing every position with every other."""
    best, row = 0, [0] * (len(other) + 1)
    for a in one:
        row = [0] + [row[j] + 1 if a == b else 0 for j, b in enumerate(other)]
        best = max(best, *row)
    return best


@given(st.lists(melodies(min_notes=1), min_size=1, max_size=4), melodies(min_notes=1))
def test_the_longest_passage_is_that_of_a_search_through_every_tune(tunes: list[Score], melody: Score) -> None:
    index = Index.of([replace(m, name=str(n)) for n, m in enumerate(tunes)])
    passage = index.longest(melody)
    lengths = [longest_common(encode_pairs(melody).tolist(), encode_pairs(tune).tolist()) for tune in tunes]
    assert passage.notes == (max(lengths) + 1 if max(lengths) else 0)
    if passage.notes:
        assert lengths[int(passage.tune)] == max(lengths)
        own = encode_pairs(melody).tolist()[passage.first : passage.first + passage.notes - 1]
        assert longest_common(own, encode_pairs(tunes[int(passage.tune)]).tolist()) == len(own)


def test_a_transposed_passage_is_found(make_melody: Make) -> None:
    index = Index.of([make_melody(TUNE[::-1], 6, name="backwards"), make_melody(TUNE, 6, name="the tune")])
    planted = make_melody([50, 51, *(p + 5 for p in TUNE[2:10]), 50], 6)
    passage = index.longest(planted)
    assert (passage.notes, passage.first, passage.tune) == (8, 2, "the tune")
    assert passage.bars == 1  # eight eighths
    other_rhythm = make_melody([50, 51, *TUNE[2:10], 50], 12)
    assert index.longest(other_rhythm).notes == 0


def test_a_passage_does_not_cross_from_one_tune_to_the_next(make_melody: Make) -> None:
    first, second = make_melody(TUNE[:6]), make_melody(TUNE[6:])
    assert Index.of([first, second]).longest(make_melody(TUNE)).notes == 6
    assert Index.of([make_melody(TUNE)]).longest(make_melody(TUNE)).notes == 12


def test_nothing_in_common(make_melody: Make) -> None:
    for index in (Index.of([]), Index.of([make_melody([60])]), Index.of([make_melody([60, 61])])):
        for melody in (make_melody([60, 67, 60]), make_melody([60])):
            passage = index.longest(melody)
            assert (passage.notes, passage.bars, passage.tune) == (0, 0, "")


def test_bytes_round_trip(real_tunes: list[Score]) -> None:
    index = Index.of(real_tunes[:12])
    again = Index.from_bytes(index.to_bytes())
    assert again.names == index.names
    for melody in real_tunes:
        assert again.longest(melody) == index.longest(melody)
    for melody in real_tunes[:12]:
        assert again.longest(melody).notes == len(melody)
        assert again.longest(replace(melody, pitch=melody.pitch + 3)).tune == melody.name
    notes = sum(map(len, real_tunes[:12]))
    assert len(index.to_bytes()) < 2 * notes + 1000


def test_copies_of_a_set(make_melody: Make) -> None:
    index = Index.of([make_melody(TUNE, 12)])
    found = index.copies([make_melody(TUNE[:4]), make_melody(TUNE[:8]), make_melody(TUNE)])
    assert (found.median_notes, found.median_bars) == (8, 2)
    assert found.p90_notes == pytest.approx(np.percentile([4, 8, 12], 90))


def test_a_model_file_with_an_index_can_be_read(model_file: Path, tunes: list[Score]) -> None:
    before = load_checkpoint(model_file)
    assert load_index(model_file) is None
    size = add_index(model_file, tunes)
    once = model_file.read_bytes()
    assert add_index(model_file, tunes) == size
    assert model_file.read_bytes() == once  # in place of the old one, and the same bytes
    with zipfile.ZipFile(model_file) as archive:
        assert archive.namelist().count(MEMBER) == 1
        assert archive.getinfo(MEMBER).file_size == size
        assert archive.testzip() is None
    after = load_checkpoint(model_file)
    assert after[0] == before[0]
    assert all((after[1][name] == weight).all() for name, weight in before[1].items())
    index = load_index(model_file)
    assert index is not None
    assert index.longest(tunes[3]).tune == "tune 3"


@pytest.mark.parametrize("data", [b"", b"no xz", Index.of([]).to_bytes()[:-9], b"\xfd7zXZ\x00\x00\x04" + b"\x00" * 40])
def test_a_damaged_index_is_an_error(model_file: Path, data: bytes) -> None:
    with zipfile.ZipFile(model_file, "a") as archive:
        archive.writestr(MEMBER, data)
    with pytest.raises(CheckpointError, match=r"the novelty index of .* is damaged"):
        load_index(model_file)


def test_an_index_of_a_newer_version_is_an_error(
    model_file: Path, tunes: list[Score], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("melodyrnn.evaluation.novelty.VERSION", 2)
    add_index(model_file, tunes)
    monkeypatch.undo()
    with pytest.raises(CheckpointError, match="version 2"):
        load_index(model_file)


def test_files_that_are_not_models_are_an_error(tmp_path: Path, tunes: list[Score]) -> None:
    path = tmp_path / "x.keras"
    with pytest.raises(CheckpointError, match="must exist"):
        load_index(path)
    path.write_bytes(b"not a zip")
    for call in (lambda: load_index(path), lambda: add_index(path, tunes)):
        with pytest.raises(CheckpointError, match=r"x\.keras"):
            call()
    assert path.read_bytes() == b"not a zip"
    assert os.listdir(tmp_path) == ["x.keras"]


def test_names_with_undecodable_bytes_or_line_breaks_are_cleaned(make_melody: Make) -> None:
    index = Index.of([make_melody(TUNE, name="Fuchs\udce4\n du"), make_melody(TUNE[::-1], name="Größe")])
    again = Index.from_bytes(index.to_bytes())
    assert again.names == ["Fuchs? du", "Größe"]
