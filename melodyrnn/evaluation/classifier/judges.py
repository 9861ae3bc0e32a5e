"""Fits the judges of a critic (critic/critic.py) to real tunes and to pieces of a model, by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from ...arrays import Bools, Float64s
from ...critic.critic import Critic, Judge, frequencies, standard
from ...errors import SettingError
from ...extras import require
from ...score.score import Score
from .drafts import read
from .learners import EXTRA, one_thread
from .tune import Tune

BARS = (8, 16)  # of the judges
LEAST = 200  # tunes, and as many pieces: with fewer, a judge would learn them by heart
_FOLDS = 5
_STRENGTH, _STRENGTH_OF_NGRAMS = 0.01, 3.0  # inverse regularisation


class JudgeFigures(TypedDict):
    """A `Fitted` as JSON."""

    bars: int
    tunes: int
    pieces: int
    auc: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """A judge, and how well such a judge tells pieces that it was not fitted on from tunes: the AUC, 0.5..1."""

    judge: Judge
    tunes: int
    pieces: int
    auc: float

    def to_json(self) -> JudgeFigures:
        """Return the figures of the judge."""
        return {"bars": self.judge.num_bars, "tunes": self.tunes, "pieces": self.pieces, "auc": self.auc}


def fit_critic(real: Sequence[Score], drawn: Sequence[Score], seed: int = 0) -> list[Fitted]:
    """Return a judge for each number of bars of which there are enough tunes.

    Raises:
        SettingError: where there are too few for any.
        MissingExtraError: where scikit-learn is not installed.
    """
    found = []
    for num_bars in BARS:
        tunes, pieces = (
            [tune for score in scores if (tune := Tune.of(score, num_bars)) is not None] for scores in (real, drawn)
        )
        if min(len(tunes), len(pieces)) >= LEAST:
            found.append(_fit(tunes, pieces, num_bars, seed))
        elif num_bars == BARS[0]:
            raise too_few(len(tunes))
    return found


def critic_of(fitted: Sequence[Fitted]) -> Critic:
    """Return the critic of fitted judges."""
    return Critic(tuple(one.judge for one in fitted))


def too_few(num: int) -> SettingError:
    """Return the error of a corpus with `num` tunes that a judge could learn from."""
    return SettingError(f"a critic needs at least {LEAST} training tunes of {BARS[0]} bars and more. Received: {num}")


def _fit(tunes: Sequence[Tune], pieces: Sequence[Tune], num_bars: int, seed: int) -> Fitted:
    names, table, counts = read([*tunes, *pieces])
    is_drawn = np.arange(len(table)) >= len(tunes)
    with one_thread():
        splitter = require(EXTRA, "sklearn.model_selection").StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
        logits = np.zeros(len(table))
        for known, unknown in splitter.split(table, is_drawn):
            judge = _judge(names, table[known], counts[known], is_drawn[known], num_bars)
            logits[unknown] = judge.logits(table[unknown], counts[unknown])
        judge = _judge(names, table, counts, is_drawn, num_bars)
    auc = float(require(EXTRA, "sklearn.metrics").roc_auc_score(is_drawn, logits))
    return Fitted(judge, len(tunes), len(pieces), auc)


def _judge(names: tuple[str, ...], table: Float64s, counts: Float64s, is_drawn: Bools, num_bars: int) -> Judge:
    """Return the judge fitted on the rows of values and counts."""
    known = ~np.isnan(table)
    size = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, table, 0.0).sum(axis=0) / size
    deviation = np.sqrt((np.where(known, table - mean, 0.0) ** 2).sum(axis=0) / size)
    deviation = np.where(deviation > 0, deviation, 1.0)
    rarity = np.log((1 + len(counts)) / (1 + (counts > 0).sum(axis=0))) + 1
    logistic = require(EXTRA, "sklearn.linear_model").LogisticRegression
    by_value = logistic(C=_STRENGTH, max_iter=2000).fit(standard(table, mean, deviation), is_drawn)
    sparse = require(EXTRA, "scipy.sparse").csr_matrix(frequencies(counts, rarity))
    by_ngram = logistic(C=_STRENGTH_OF_NGRAMS, max_iter=2000).fit(sparse, is_drawn)
    bias = float(by_value.intercept_[0] + by_ngram.intercept_[0])
    return Judge(num_bars, names, mean, deviation, by_value.coef_[0], rarity, by_ngram.coef_[0], bias)
