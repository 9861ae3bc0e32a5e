"""Pieces that must not copy: real ones by the checkpoint that is shipped, with an index of some tunes put into it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from melodyrnn.errors import SettingError
from melodyrnn.evaluation.index_file import add_index
from melodyrnn.evaluation.novelty import Index
from melodyrnn.evaluation.passages import Passage
from melodyrnn.generation.generator import Generator, load
from melodyrnn.generation.loop import generate_melodies
from melodyrnn.generation.novel import MAX_DRAWS, draw_novel, words
from melodyrnn.generation.plan import Plan
from melodyrnn.generation.request import Request
from melodyrnn.generation.wishes import Wishes
from melodyrnn.music.meter import Meter
from melodyrnn.score.score import Score
from melodyrnn.shipped import default_checkpoint

Make = Callable[..., Score]
WISHES = {"bars": 4, "seed": 5, "temperature": 0.7}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    """The shipped model with an index of the pieces that it generates with seed 5."""
    path = tmp_path_factory.mktemp("model") / "known.keras"
    shutil.copy(default_checkpoint(), path)
    plain = load()
    written = generate_melodies(plain.network, plain.vocabulary, plain.plan(Request(num=3, **WISHES)))
    add_index(path, [replace(m, name=f"tune {n}") for n, m in enumerate(written)])
    return load(path)


def test_passages_in_the_index_are_drawn_again(model: Generator) -> None:
    copies = model.generate(Request(num=3, **WISHES))
    pieces = model.generate(Request(num=3, max_copy=2, **WISHES))
    for piece, copy in zip(pieces, copies, strict=True):
        assert piece.tracks[0].notes.pitch.tolist() != copy.tracks[0].notes.pitch.tolist()
        assert "(4.00 bars)" not in piece.texts[1]
        assert len(copy.texts) == 1  # copies are searched for only where requested
    assert all(float(piece.texts[1].split("(")[1].split(" bars")[0]) <= 2 for piece in pieces)


def test_a_limit_that_no_piece_exceeds_changes_nothing(model: Generator) -> None:
    plain, limited = model.generate(Request(num=2, **WISHES)), model.generate(Request(num=2, max_copy=5, **WISHES))
    for one, other in zip(plain, limited, strict=True):
        assert one.tracks == other.tracks
        assert other.texts[1].endswith(f"bars) of tune {limited.index(other)}")


def test_a_piece_does_not_depend_on_their_number(model: Generator) -> None:
    few, many = (model.generate(Request(num=n, max_copy=1.5, **WISHES)) for n in (1, 4))
    assert few[0].tracks == many[0].tracks
    assert "--max-copy 1.5" in few[0].texts[0]


def test_the_primer_is_no_copy(model: Generator) -> None:
    known = model.generate(Request(num=1, **WISHES))[0]
    typed = load().plan(Request(primer="C4 D4 E4 F4 G4 A4 B4 C5")).primer
    assert typed is not None
    index = Index.of([replace(typed, name="scale")])
    plan = replace(model.plan(Request(num=1, bars=2, seed=1)), primer=typed)

    def draw(asked: Plan) -> list[Score]:
        return [typed] * asked.num

    assert draw_novel(draw, plan, index, 1) == [typed]
    with pytest.raises(SettingError, match=r"2\.0 bars of 'scale'"):
        draw_novel(draw, replace(plan, primer=None), index, 1)
    assert known.num_notes


def test_draws_are_limited_and_use_separate_streams(make_melody: Make) -> None:
    tune = make_melody([60, 64, 62, 67, 65, 60, 69, 60], name="x")
    asked: list[tuple[int, ...] | None] = []

    def draw(plan: Plan) -> list[Score]:
        asked.append(plan.streams)
        return [tune] * plan.num

    plan = Plan(2, 2, Meter(4, 4), 500_000, Wishes(tune.key), 0)
    with pytest.raises(SettingError, match=r"the shortest passage of a refused melody is 2.0 bars of 'x'"):
        draw_novel(draw, plan, Index.of([tune]), 1)
    assert len(asked) == MAX_DRAWS
    streams = [s for drawn in asked if drawn is not None for s in drawn]
    assert len(set(streams)) == 2 * MAX_DRAWS
    assert asked[0] == (0, 1)


def test_wishes_that_cannot_be(model: Generator, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"max_copy must be > 0\. Received: 0"):
        model.generate(Request(max_copy=0))
    with pytest.raises(SettingError, match=r"not for rewriting\. Received: it and vary"):
        model.generate(Request(max_copy=1, primer="C4 D4 E4", vary=0.5))
    without = Generator(model.metadata, model.network, "bare")
    with pytest.raises(SettingError, match="Received: bare, which has no index"):
        without.generate(Request(max_copy=1))


def test_words() -> None:
    assert words(Passage(0, 0, 0, "")) == "longest passage in the training corpus: none"
    assert words(Passage(9, 1.5, 3, "Reel")) == "longest passage in the training corpus: 9 notes (1.50 bars) of Reel"
