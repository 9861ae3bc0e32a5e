"""Validation: the bits of weights on the validation split, and the best weights so far.

Bits are per note. Weights are the averaged weights of a training, by name. Shares of a run are 0..1.

Networks that read layouts learn them in half of the training sequences. Weights are judged accordingly: by the mean of
the bits without layouts, which are reported, and with them; what is learned of layouts does not show in the former.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np

from ..checkpoint import Metadata, Weights
from ..conditions.table import OF_LAYOUT
from ..evaluation.bits import Rows, evaluate
from ..events.context import context_of
from ..network.network import Network
from ..score.score import Score

MAX_VALIDATED = 200_000  # notes of the validation split that are measured; of more, some of the pieces are
_INTERPOLATION_SHARES = (0.25, 0.5, 0.75)  # of the way from the weights that the run started from
_MIN_VALIDATIONS_WITHOUT_GAIN = 3  # before patience can end the run


class Measured(NamedTuple):
    """What a validation measures: bits per note, and the bits by which weights are judged; fewer are better."""

    bits: float
    judged: float


class Validator(Protocol):
    """Measures weights on pieces that are not used for training."""

    def measure(self, weights: Weights) -> Measured:
        """Return the mean bits per note."""


@dataclass(frozen=True)
class PieceValidator:
    """Measures weights with the NumPy network, which also generates, on complete pieces.

    Attributes:
        metadata: the vocabulary and the arguments of the network.
        pieces: the validation split, at least one piece.
    """

    metadata: Metadata
    pieces: Sequence[Score]

    @cached_property
    def rows(self) -> Rows:
        """The contexts and targets of the pieces, which are the same for all weights."""
        return context_of(self.pieces, self.metadata.vocabulary)

    @cached_property
    def rows_with_layouts(self) -> Rows | None:
        """The same with the layouts of the pieces; None where the network reads none."""
        vocabulary = self.metadata.vocabulary
        if not set(OF_LAYOUT) & set(vocabulary.conditions):
            return None
        return context_of(self.pieces, vocabulary, with_conditions=True)

    def measure(self, weights: Weights) -> Measured:
        model = Network(self.metadata, weights)
        bits = self._bits(model, self.rows)
        if self.rows_with_layouts is None:
            return Measured(bits, bits)
        return Measured(bits, (bits + self._bits(model, self.rows_with_layouts)) / 2)

    def _bits(self, model: Network, rows: Rows) -> float:
        return evaluate(model, self.metadata.vocabulary, self.pieces, rows=rows).bits_per_note


@dataclass(slots=True)
class BestWeights:
    """The weights with the fewest bits so far, or the latest ones where there is no validator.

    Attributes:
        validator: measures weights; None where the corpus has no validation split.
        weights: the best; None before the first round.
        bits: bits per note of `weights`.
        judged: the bits by which they are the best.
        found_at: share of the run at which they were found.
        num_without_gain: number of validations since then.
        start, start_bits: weights that the run started from, and their bits; None where they were random.
        share_from_start: position of `weights` between `start` (0) and the best trained ones (1).
    """

    validator: Validator | None
    weights: Weights | None = None
    bits: float = math.inf
    judged: float = math.inf
    found_at: float = 0.0
    num_without_gain: int = 0
    start: Weights | None = None
    start_bits: float | None = None
    share_from_start: float = 1.0

    def start_from(self, weights: Weights) -> None:
        """Measure the weights that a run starts from and store them as the best, where none are stored yet.

        A model of a large corpus may get worse by training on a few more tunes; then its weights are kept.
        """
        if self.validator is not None and self.weights is None:
            self.bits, self.judged = self.validator.measure(weights)
            self.start_bits = self.bits
            self.start = self.weights = weights

    def validate(self, validator: Validator, weights: Weights, done: float) -> float:
        """Measure weights, store them if they are the best so far, and return their bits.

        `done` is the share of the run that is done.
        """
        measured = validator.measure(weights)
        self.num_without_gain += 1
        if measured.judged < self.judged:
            self.bits, self.judged = measured
            self.weights, self.found_at, self.num_without_gain = weights, done, 0
        return measured.bits

    def out_of_patience(self, done: float, patience: float) -> bool:
        """Return whether more than `patience`, a share of the run, has passed without a gain, in several validations.

        Several are required because a run with a time limit validates rarely.
        """
        return self.num_without_gain >= _MIN_VALIDATIONS_WITHOUT_GAIN and done - self.found_at > patience

    def interpolate(self) -> None:
        """Replace the best weights by an interpolation between them and the start, where that has fewer bits.

        Training on a few tunes tends to overfit; weights in between often do better on old and new music (Wortsman et
        al. 2022, on fine-tuned classifiers).
        """
        start, best = self.start, self.weights
        if self.validator is None or start is None or best is None or best is start:
            return
        for share in _INTERPOLATION_SHARES:
            between = {name: start[name] + np.float32(share) * (best[name] - start[name]) for name in best}
            measured = self.validator.measure(between)
            if measured.judged < self.judged:
                self.bits, self.judged = measured
                self.weights, self.share_from_start = between, share
