"""A fitted critic tells tunes from drawn pieces that it has not learned, and chooses the tunes."""

from __future__ import annotations

import pytest
from critics import leaping as melodies

from melodyrnn.critic.critic import Critic
from melodyrnn.errors import SettingError
from melodyrnn.evaluation.classifier.drafts import most_real
from melodyrnn.evaluation.classifier.judges import LEAST, critic_of, fit_critic


@pytest.fixture(scope="module")
def critic() -> Critic:
    fitted = fit_critic(melodies(LEAST, 0.05, 1), melodies(LEAST + 10, 0.15, 2))
    assert [(one.judge.num_bars, one.tunes, one.pieces) for one in fitted] == [(8, LEAST, 210), (16, LEAST, 210)]
    assert all(one.auc > 0.9 for one in fitted)
    return critic_of(fitted)


@pytest.mark.slow
@pytest.mark.parametrize("bars", [8, 16])
def test_it_chooses_the_real_one(critic: Critic, bars: int) -> None:
    judge = critic.judge_of(bars)
    assert judge is not None
    pairs = zip(melodies(40, 0.05, 3, bars), melodies(40, 0.15, 4, bars), strict=True)
    assert sum(most_real(judge, [drawn, real]) == 1 for real, drawn in pairs) > 30


@pytest.mark.slow
def test_what_it_cannot_read_is_not_chosen(critic: Critic) -> None:
    judge = critic.judge_of(16)
    assert judge is not None
    short, known = melodies(1, 0.05, 5, 4)[0], melodies(1, 0.15, 6)[0]
    assert most_real(judge, [short, known, short]) == 1
    assert most_real(judge, [short, short]) == 0


@pytest.mark.slow
def test_alike_sets_are_not_told_apart() -> None:
    assert all(one.auc < 0.6 for one in fit_critic(melodies(LEAST, 0.05, 7, bars=8), melodies(LEAST, 0.05, 8, bars=8)))


def test_too_few_tunes_are_refused() -> None:
    with pytest.raises(SettingError, match=r"at least 200 training tunes of 8 bars and more\. Received: 5"):
        fit_critic(melodies(5, 0.05, 1), melodies(LEAST, 0.05, 1))
