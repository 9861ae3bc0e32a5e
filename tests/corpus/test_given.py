"""What is given in training sequences, and what is learned of it."""

from __future__ import annotations

import numpy as np
from band_models import METERS, band, band_metadata
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn.corpus.batches import Batches
from melodyrnn.corpus.given import draw_given
from melodyrnn.events.context import context_of
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.parts.ahead import Events, add_given
from melodyrnn.score.score import Score

VOCABULARY = band_metadata().vocabulary
INPUTS = Inputs.of(VOCABULARY)


def events_of(score: Score) -> Events:
    return Events.of(VOCABULARY.encode_score(score)[0], VOCABULARY)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 12), st.sampled_from(METERS))
def test_parts_or_the_bars_around_some_are_given(seed: int, num_bars: int, meter: tuple[int, int]) -> None:
    score = band(meter, num_bars)  # type: ignore[arg-type]
    events = events_of(score)
    given = draw_given(events, score.bar, np.random.default_rng(seed))
    whole = {part for part in range(5) if given[events.part == part].all()}
    others = ~np.isin(events.part, sorted(whole))
    bars = events.onset // score.bar
    drawn = sorted(set(bars[~given].tolist()))
    assert drawn == [*range(drawn[0], drawn[-1] + 1)]
    assert len(drawn) in (num_bars, *range(1, 9))
    assert (given == ~(others & np.isin(bars, drawn))).all()
    assert len(whole) < 5


def test_each_way_to_give_is_drawn() -> None:
    score = band(num_bars=12)
    events = events_of(score)
    ways = set()
    for seed in range(60):
        given = draw_given(events, score.bar, np.random.default_rng(seed))
        has_part = any(given[events.part == part].all() for part in range(5))
        ways.add((has_part, len(set((events.onset // score.bar)[~given].tolist())) < 12))
    assert ways == {(True, False), (False, True), (True, True)}


def batches(given_share: float, length: int = 400) -> Batches:
    scores = [band(meter, 4) for meter in METERS]
    contexts, targets = context_of(scores, VOCABULARY)
    bars = [score.bar for score in scores]
    return Batches(contexts, targets, INPUTS, length, 4, 0, vocabulary=VOCABULARY, bars=bars, given_share=given_share)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**31))
def test_the_values_of_given_events_are_not_learned_and_they_are_seen_ahead(seed: int) -> None:
    drawn = batches(1.0)
    batch, weights = drawn.draw(np.random.default_rng(seed))
    own = INPUTS.given_columns
    for context, values, weight in zip(batch["context"], batch["values"], weights, strict=True):
        piece = next(
            n for n, t in enumerate(drawn.targets) if (values[: len(t)] == t).all() and not values[len(t) :].any()
        )
        target = drawn.targets[piece]
        n = len(target) - 1
        given = weight[:n, 2:].sum(axis=1) == 0
        expected = drawn.contexts[piece].copy()
        add_given(expected, Events.of(target[:-1], VOCABULARY), given, VOCABULARY, INPUTS)
        np.testing.assert_array_equal(context[: n + 1, own], expected[:, own])
        assert (weight[: n + 1, 0] == 1).all()
        assert (weight[:n, 1] == 1).all()
        assert (weight[n, 1:] == 0).all()
        assert (weight[:n][~given] == INPUTS.applies[values[:n, 1]][~given]).all()


def test_nothing_is_given_where_no_share_is() -> None:
    batch, weights = batches(0.0).draw(np.random.default_rng(1))
    assert not batch["context"][..., INPUTS.given_columns].any()
    assert (weights[..., 2:].sum(axis=2) > 0).sum() == sum(weights[..., 1].sum(axis=1))
