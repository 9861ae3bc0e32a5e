"""The best pieces are chosen among their drafts: by the critic of the model, else by the features of the corpus."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from critics import judge
from laid_out import laid_out_model

from melodyrnn.critic.critic import Critic, Judge
from melodyrnn.generation.generator import Generator
from melodyrnn.generation.layouts import layouts_of_plan
from melodyrnn.generation.loop import generate_melodies
from melodyrnn.generation.request import DEFAULT_DRAFTS, Request


def model_with(*judges: Judge) -> Generator:
    plain = laid_out_model()
    return Generator(replace(plain.metadata, critic=Critic(judges)), plain.network, "judged")


def notes_of(model: Generator, request: Request) -> list[object]:
    return [piece.tracks[0].notes for piece in model.generate(request)]


@pytest.fixture(scope="module")
def model() -> Generator:
    return model_with(judge(8))


@pytest.mark.parametrize("bars", [7, 8, 20])
def test_rank_chooses_among_its_drafts(model: Generator, bars: int) -> None:
    """Without a judge for so few bars too; drafts are the pieces of a plan that counts them."""
    request = Request(num=2, bars=bars, seed=5, rank=3)
    plan = replace(model.plan(request), rank=1, num=6, streams=tuple(range(6)))
    drafts = generate_melodies(model.network, model.vocabulary, replace(plan, rank=3))
    chosen = notes_of(model, request)
    for number, notes in enumerate(chosen):
        onsets = [draft.onset.tolist() for draft in drafts[3 * number : 3 * number + 3]]
        assert [onset // 40 for onset in notes.onset.tolist()] in onsets  # type: ignore[attr-defined]


def test_the_critic_chooses_what_it_takes_most_for_real() -> None:
    names = ("pitch: range, semitones",)
    own = judge(8, names=names)
    own = replace(own, mean=np.full(1, 30.0), deviation=np.full(1, 20.0), ngram_weights=0 * own.ngram_weights)
    wide, narrow = (model_with(replace(own, weights=np.full(1, sign))) for sign in (-1.0, 1.0))
    request = Request(num=6, bars=8, seed=3)
    ranges = [
        np.mean([notes.pitch.max() - notes.pitch.min() for notes in notes_of(one, request)])  # type: ignore[attr-defined]
        for one in (narrow, wide)
    ]
    assert ranges[0] < ranges[1]


def test_drafts_of_a_melody_share_its_layout(model: Generator) -> None:
    plan = model.plan(Request(num=2, bars=8, seed=4))
    assert plan.rank == DEFAULT_DRAFTS
    layouts = layouts_of_plan(model.vocabulary, plan, range(2))
    assert layouts is not None
    for melody, layout in zip(model.generate(Request(num=2, bars=8, seed=4)), layouts, strict=True):
        opening = int(melody.tracks[0].notes.onset[0]) // 40
        assert opening == (48 - layout.pickup if layout.pickup else 0)


def test_the_number_of_drafts_where_nothing_is_said(model: Generator) -> None:
    assert model.plan(Request(bars=8)).rank == DEFAULT_DRAFTS
    assert model.plan(Request(bars=7)).rank == 1
    assert model.plan(Request(bars=8, primer="C4 E4 G4")).rank == 1
    assert laid_out_model().plan(Request(bars=8)).rank == 1
    assert model.plan(Request(bars=8, rank=2)).rank == 2


def test_a_piece_does_not_depend_on_the_others(model: Generator) -> None:
    assert notes_of(model, Request(num=1, bars=8, seed=6)) == notes_of(model, Request(num=3, bars=8, seed=6))[:1]
