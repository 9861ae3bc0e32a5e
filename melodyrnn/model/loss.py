"""The loss of training, with the signature that Keras requires."""

from __future__ import annotations

from keras import ops

from .types import Tensor


def nats_per_note(weights: Tensor, log_probabilities: Tensor) -> Tensor:
    """Return the mean over notes of the negative log-probability of all their fields; both arguments are (B, T, F).

    `weights` are 0 past the end of a piece and 1 elsewhere; see `corpus.batches`.
    """
    notes = ops.max(weights[..., 1:], axis=-1)  # a note has some of the fields after the shift, END has none
    return -ops.sum(weights * log_probabilities) / ops.maximum(ops.sum(notes), 1.0)
