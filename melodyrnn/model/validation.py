"""Validation: what weights cost on the validation split, and the best weights so far.

Bits are per note. Weights are the averaged ones of a training, by name. A share of the run is from 0 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..checkpoint import Metadata, Weights
from ..evaluation.bits import evaluate
from ..network.network import Network
from ..score.score import Score

_INTERPOLATION_SHARES = (0.25, 0.5, 0.75)  # of the way from the weights that the run started from
_MIN_VALIDATIONS_WITHOUT_GAIN = 3  # before patience can end the run


class Validator(Protocol):
    """Measures weights on pieces that training does not see."""

    def bits_per_note(self, weights: Weights) -> float:
        """Return the mean bits per note; less is better."""


@dataclass(frozen=True, slots=True)
class PieceValidator:
    """Measures weights with the NumPy network, the one that users will run, over whole pieces.

    Attributes:
        metadata: the vocabulary and the arguments of the network.
        pieces: the validation split, at least one piece.
    """

    metadata: Metadata
    pieces: Sequence[Score]

    def bits_per_note(self, weights: Weights) -> float:
        model = Network(self.metadata, weights)
        return evaluate(model, self.metadata.vocabulary, list(self.pieces)).bits_per_note


@dataclass(slots=True)
class BestWeights:
    """The weights with the fewest bits so far, or the latest ones where there is no validator.

    Attributes:
        validator: what measures weights; None where the corpus has no validation split.
        weights: the best; None before the first round.
        bits: bits per note of `weights`.
        found_at: share of the run at which they were found.
        num_without_gain: validations since then.
        start, start_bits: the model that the run started from, and its bits; None where it started from random weights.
        share_from_start: how far `weights` lie on the way from `start` to the best trained ones; 1 is all the way.
    """

    validator: Validator | None
    weights: Weights | None = None
    bits: float = math.inf
    found_at: float = 0.0
    num_without_gain: int = 0
    start: Weights | None = None
    start_bits: float | None = None
    share_from_start: float = 1.0

    def start_from(self, weights: Weights) -> None:
        """Make the weights that a run starts from the first to beat, where nothing was validated yet.

        A model that was trained on much may lose by training on a few more tunes; then it is kept as it was.
        """
        if self.validator is not None and self.weights is None:
            self.start_bits = self.bits = self.validator.bits_per_note(weights)
            self.start = self.weights = weights

    def validate(self, validator: Validator, weights: Weights, done: float) -> float:
        """Measure weights, keep them if they are the best so far, and return their bits.

        `done` is the share of the run that is done.
        """
        bits = validator.bits_per_note(weights)
        self.num_without_gain += 1
        if bits < self.bits:
            self.bits, self.weights, self.found_at, self.num_without_gain = bits, weights, done, 0
        return bits

    def out_of_patience(self, done: float, patience: float) -> bool:
        """Return whether more than `patience`, a share of the run, has passed without a gain, in several validations.

        A run with a time limit validates seldom: rounds that were not validated have not failed to gain.
        """
        return self.num_without_gain >= _MIN_VALIDATIONS_WITHOUT_GAIN and done - self.found_at > patience

    def interpolate(self) -> None:
        """Replace the best weights by ones between the start and them, where those have fewer bits still.

        Training on a few tunes moves weights further than so few tunes justify; between the two ends lie weights that
        do well on both (Wortsman et al. 2022, on fine-tuned classifiers).
        """
        start, best = self.start, self.weights
        if self.validator is None or start is None or best is None or best is start:
            return
        for share in _INTERPOLATION_SHARES:
            between = {name: start[name] + np.float32(share) * (best[name] - start[name]) for name in best}
            bits = self.validator.bits_per_note(between)
            if bits < self.bits:
                self.bits, self.weights, self.share_from_start = bits, between, share
