from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from melodyrnn.evaluation.baselines import DESCRIPTIONS, NAMES, EncodedPieces, baseline_bits, repeat_probability
from melodyrnn.events.context import context_of
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.score.score import Score

Fit = Callable[..., Vocabulary]
Make = Callable[..., Score]


def bits_of(train: list[Score], test: list[Score], vocabulary: Vocabulary) -> dict[str, list[np.ndarray]]:
    return baseline_bits(
        EncodedPieces(*context_of(train, vocabulary)), EncodedPieces(*context_of(test, vocabulary)), vocabulary
    )


def test_the_order_of_the_baselines_on_real_tunes(real_tunes: list[Score], fit: Fit) -> None:
    vocabulary = fit(real_tunes)
    found = bits_of(real_tunes[:14], real_tunes[14:17], vocabulary)
    assert tuple(found) == NAMES == tuple(DESCRIPTIONS)
    for tables in found.values():
        assert [table.shape for table in tables] == [(len(m), 3) for m in real_tunes[14:17]]
        assert all(np.isfinite(table).all() and (table > 0).all() for table in tables)
    mean = {name: np.concatenate(tables).sum(axis=1).mean() for name, tables in found.items()}
    assert mean["PPM both"] < min(mean["PPM long"], mean["PPM short"])
    assert mean["PPM both"] < 0.7 * min(mean["order 0"], mean["order 2"])
    assert mean["last bar"] < mean["order 0"]


def test_no_model_looks_ahead(real_tunes: list[Score], fit: Fit) -> None:
    """The bits of a note do not depend on the notes after it."""
    vocabulary = fit(real_tunes)
    tune, other = real_tunes[14], real_tunes[15]
    keep = 40
    changed = Score.line(
        np.r_[tune.onset[:keep], tune.onset[keep - 1] + 12 * np.arange(1, 30)],
        np.r_[tune.duration[:keep], np.full(29, 12)],
        np.r_[tune.pitch[:keep], other.pitch[:29]],
        np.r_[tune.velocity[:keep], np.full(29, 90)],
        tune.meter,
        tune.key,
    )
    before, after = (bits_of(real_tunes[:10], [m], vocabulary) for m in (tune, changed))
    for name in NAMES:
        assert after[name][0][:keep] == pytest.approx(before[name][0][:keep]), name
        assert len(after[name][0]) != len(before[name][0])


def test_the_short_term_model_learns_nothing_from_other_pieces(real_tunes: list[Score], fit: Fit) -> None:
    vocabulary = fit(real_tunes)
    alone = bits_of(real_tunes[:3], real_tunes[9:10], vocabulary)
    among = bits_of(real_tunes[3:8], real_tunes[8:10], vocabulary)
    assert among["PPM short"][1] == pytest.approx(alone["PPM short"][0])
    assert among["PPM long"][1] != pytest.approx(alone["PPM long"][0])


def test_a_repeated_bar_has_few_bits_after_the_first(make_melody: Make, fit: Fit) -> None:
    rng = np.random.default_rng(0)
    loops = [make_melody(rng.integers(55, 80, 4).tolist() * 8) for _ in range(6)]
    free = [make_melody(rng.integers(55, 80, 32).tolist()) for _ in range(6)]
    vocabulary = fit([*loops, *free])
    (cheap,) = bits_of(loops[:5], loops[5:], vocabulary)["last bar"]
    assert cheap[:4, 2].mean() > 3
    assert cheap[4:, 2].max() < 0.3
    (dear,) = bits_of(free[:5], free[5:], vocabulary)["last bar"]
    assert dear[4:, 2].mean() > 3


def test_the_probability_of_a_repeat(make_melody: Make, fit: Fit) -> None:
    """Seven in ten pitches repeat that of one bar earlier; the estimate is not raised by pitches equal by accident."""
    rng = np.random.default_rng(1)
    pitches = rng.integers(50, 90, 4).tolist()
    for _ in range(900):
        pitches.append(pitches[-4] if rng.random() < 0.7 else int(rng.integers(50, 90)))
    melody = make_melody(pitches)
    vocabulary = fit([melody])
    music = EncodedPieces(*context_of([melody], vocabulary))
    frequency = np.full(len(vocabulary.values["pitch"]), 1 / 40)
    column = Inputs.of(vocabulary).candidates("pitch").start
    assert repeat_probability(music, frequency, 2, column) == pytest.approx(0.7, abs=0.04)


def test_without_a_second_bar_there_is_nothing_to_repeat(make_melody: Make, fit: Fit) -> None:
    short = [make_melody([60, 62, 64], 12), make_melody([64, 62, 60], 12)]
    found = bits_of(short[:1], short[1:], fit(short))
    assert found["last bar"][0] == pytest.approx(found["order 0"][0])
