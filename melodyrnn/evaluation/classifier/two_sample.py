"""The classifier two-sample test: can a classifier tell generated melodies from real ones, and by what?

Both sets are cut to their first full bars, thinned to the same number of pieces of each meter, and carried to a tonic
of C. A classifier that has seen four fifths of them scores the others (learners.py); the AUC of the scores is .5 where
the sets cannot be told apart. "Inner" leaves out the pick-up and the last note of the complete pieces, the edges. The
control is the same test between two halves of the real set. Source: Lopez-Paz and Oquab (2017), Revisiting classifier
two-sample tests, ICLR.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from ...arrays import Bools
from ...errors import SettingError
from ...music.meter import Meter
from ...score.score import Score
from .auc import Auc
from .classification import Classification, Control
from .differences import differences, strongest
from .folds import families
from .learners import folds, one_thread, scores_of_ngrams, scores_of_values
from .tune import MIN_NOTES, Tune
from .values import EDGES, GROUPS, Values

NUM_BARS = 16  # compared by default
MIN_TUNES = 40  # of each set
NUM_NAMED = 10
_INNER = tuple(name for name in GROUPS if name != EDGES)
_NUM_STEPS = 3 + len(GROUPS) + 3  # those of both tests: preparation, and each AUC

Listener = Callable[[int, int], None]


def classify(
    generated: Sequence[Score],
    real: Sequence[Score],
    num_bars: int = NUM_BARS,
    seed: int = 0,
    on_step: Listener | None = None,
) -> Classification:
    """Return how well a classifier tells two sets of complete pieces apart by their leading lines.

    Args:
        num_bars: compare this many first full bars, without shorter pieces.
        seed: of the pieces that are compared, the folds, the halves, the classifiers and the intervals.
        on_step: called with the numbers of finished and of all steps.

    Raises:
        SettingError: where a set has fewer than MIN_TUNES pieces that can be compared, or hardly any that differ.
        MissingExtraError: where scikit-learn is not installed.
    """
    steps = _Steps(_NUM_STEPS, on_step)
    rng = np.random.default_rng(seed)
    every_real, every_generated = _tunes(real, num_bars), _tunes(generated, num_bars)
    check_sizes(len(every_real), len(every_generated), num_bars)
    one, other = _matched(every_real, every_generated, rng)
    check_sizes(len(one), len(other), num_bars, " of meters that both sets have")
    half, rest = _halves(every_real, one, rng)
    with one_thread():
        found = _Test(one, other, seed, steps)
        inner, edged = found.auc(_INNER), found.auc(tuple(GROUPS))
        groups = {name: found.auc((name,), with_ngrams=False) for name in GROUPS}
        halves = _Test(half, rest, seed, steps)
        control = Control(len(half), halves.auc(_INNER), halves.auc(tuple(GROUPS)))
    features, columns = differences(found.values, found.generated)
    named = strongest(found.values, features, columns, NUM_NAMED)
    return Classification(num_bars, len(one), inner, edged, control, groups, tuple(named), tuple(features))


def check_sizes(real: int, generated: int, num_bars: int = NUM_BARS, which: str = "") -> None:
    """Raise SettingError where there are too few real or generated pieces for the test."""
    if min(real, generated) < MIN_TUNES:
        raise SettingError(
            f"a classifier needs at least {MIN_TUNES} melodies of {num_bars} bars{which} and {MIN_NOTES} notes in each "
            f"set. Received: {generated} generated and {real} real"
        )


class _Steps:
    """Counts finished steps for a listener."""

    def __init__(self, total: int, on_step: Listener | None) -> None:
        self.done, self.total, self.on_step = 0, total, on_step

    def finish(self) -> None:
        self.done += 1
        if self.on_step is not None:
            self.on_step(self.done, self.total)


class _Test:
    """Two sets of tunes, whose values and n-grams are computed once for several groups of features."""

    def __init__(self, real: list[Tune], generated: list[Tune], seed: int, steps: _Steps) -> None:
        tunes = real + generated
        self.generated: Bools = np.arange(len(tunes)) >= len(real)
        self.values = Values.of(tunes)
        self._seed, self._steps, self._table = seed, steps, self.values.normal_scores()
        self._folds = folds(self.generated, families(tunes), seed)
        self._of_ngrams = scores_of_ngrams(tunes, self.generated, self._folds)
        steps.finish()

    def auc(self, groups: Sequence[str], with_ngrams: bool = True) -> Auc:
        """Return the AUC by the values of some groups, without or with n-grams, which count a third."""
        scores = scores_of_values(self._table[:, self.values.columns(groups)], self.generated, self._folds, self._seed)
        if with_ngrams:
            scores = (2 * scores + self._of_ngrams) / 3
        self._steps.finish()
        return Auc.of(scores, self.generated, np.random.default_rng(self._seed))


def _tunes(scores: Sequence[Score], num_bars: int) -> list[Tune]:
    return [tune for score in scores if (tune := Tune.of(score, num_bars)) is not None]


def _matched(real: list[Tune], generated: list[Tune], rng: np.random.Generator) -> tuple[list[Tune], list[Tune]]:
    """Return as many tunes of each meter of both sets, at random."""
    of_real, of_generated = _by_meter(real, rng), _by_meter(generated, rng)
    pairs = [(tunes, of_generated[meter]) for meter, tunes in of_real.items() if meter in of_generated]
    return [t for one, other in pairs for t in one[: len(other)]], [
        t for one, other in pairs for t in other[: len(one)]
    ]


def _halves(real: list[Tune], compared: list[Tune], rng: np.random.Generator) -> tuple[list[Tune], list[Tune]]:
    """Return two halves of the real set, of each meter at most as many as are compared.

    Raises SettingError where they are too small.
    """
    wanted = Counter(tune.meter for tune in compared)
    half: list[Tune] = []
    rest: list[Tune] = []
    for meter, tunes in _by_meter(real, rng).items():
        num = min(wanted[meter], len(tunes) // 2)
        half += tunes[:num]
        rest += tunes[num : 2 * num]
    if len(half) < MIN_TUNES // 4:
        raise SettingError(
            f"a classifier's control needs {MIN_TUNES // 2} real pieces in pairs of a meter. Received: {2 * len(half)}"
        )
    return half, rest


def _by_meter(tunes: list[Tune], rng: np.random.Generator) -> dict[Meter, list[Tune]]:
    """Return tunes by meter, in a random order."""
    found: dict[Meter, list[Tune]] = {}
    for k in rng.permutation(len(tunes)).tolist():
        found.setdefault(tunes[k].meter, []).append(tunes[k])
    return found
