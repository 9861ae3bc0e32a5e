"""The classifiers, of scikit-learn: boosted trees and a linear model on the values, a linear model on n-grams.

Their scores are compared as ranks within a fold, and averaged. All work in one thread and depend on a seed alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import numpy as np

from ...arrays import Bools, Float64s, IntArray
from ...errors import SettingError
from ...extras import require
from .ngrams import ngrams
from .tune import Tune
from .values import ranks

EXTRA = "classifier"
FOLDS = 5
_HASHES = 2**15
# Twice the trees at half the rate give the same AUC within .003.
_TREES = {"max_iter": 75, "learning_rate": 0.12, "max_leaf_nodes": 12, "min_samples_leaf": 15, "max_features": 0.3}
_STRENGTH, _STRENGTH_OF_NGRAMS = 0.003, 3.0  # inverse regularisation


class Learner(Protocol):
    """A classifier of scikit-learn."""

    def fit(self, x: object, y: Bools) -> Learner: ...
    def predict_proba(self, x: object) -> Float64s: ...


Rows = object  # an array or a sparse matrix of one row a piece, which scikit-learn takes and an index selects from
Fold = tuple[IntArray, IntArray]  # the pieces to train on and those to score


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which scikit-learn and NumPy work in one thread."""
    limits: AbstractContextManager[object] = require(EXTRA, "threadpoolctl").threadpool_limits(1)
    return limits


def folds(generated: Bools, families: IntArray, seed: int) -> list[Fold]:
    """Return the folds of cross-validation: no family is in two, each has about the same share of both sets.

    Raises SettingError where families are so large that a fold would lack pieces of one set.
    """
    splitter = require(EXTRA, "sklearn.model_selection").StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    found: list[Fold] = list(splitter.split(families, generated, families))
    if any(len(np.unique(generated[part])) < 2 for fold in found for part in fold):
        largest = int(np.bincount(families).max())
        raise SettingError(
            f"a classifier needs pieces that differ: those that share a passage stay in one of {FOLDS} folds. "
            f"Received: {largest} of {len(families)} pieces that share passages"
        )
    return found


def scores_of_values(table: Float64s, generated: Bools, parts: Sequence[Fold], seed: int) -> Float64s:
    """Return the mean ranks of the trees and the linear model on normal scores of values, shape (num_pieces,)."""
    ensemble = require(EXTRA, "sklearn.ensemble")

    def trees() -> Learner:
        made: Learner = ensemble.HistGradientBoostingClassifier(**_TREES, l2_regularization=1.0, random_state=seed)
        return made

    by_trees = _out_of_fold(table, trees, generated, parts)
    return (by_trees + _out_of_fold(table, lambda: _linear(_STRENGTH), generated, parts)) / 2


def scores_of_ngrams(tunes: Sequence[Tune], generated: Bools, parts: Sequence[Fold]) -> Float64s:
    """Return the ranks of the linear model on n-grams, shape (num_pieces,)."""
    text = require(EXTRA, "sklearn.feature_extraction.text")
    hashed = text.HashingVectorizer(analyzer=ngrams, n_features=_HASHES, norm=None, alternate_sign=False)

    pipeline = require(EXTRA, "sklearn.pipeline")

    def make() -> Learner:
        counts = text.TfidfTransformer(sublinear_tf=True)
        made: Learner = pipeline.make_pipeline(counts, _linear(_STRENGTH_OF_NGRAMS))
        return made

    return _out_of_fold(hashed.transform(tunes), make, generated, parts)


def _linear(strength: float) -> Learner:
    made: Learner = require(EXTRA, "sklearn.linear_model").LogisticRegression(C=strength, max_iter=2000)
    return made


def _out_of_fold(rows: Rows, make: Callable[[], Learner], generated: Bools, parts: Sequence[Fold]) -> Float64s:
    """Return the rank of each piece in its fold, above 0 and at most 1, by a classifier trained on the other folds."""
    found = np.zeros(len(generated))
    for train, scored in parts:
        probability = make().fit(rows[train], generated[train]).predict_proba(rows[scored])[:, 1]  # type: ignore[index]
        found[scored] = ranks(probability) / len(scored)
    return found
