"""The words of `melodyrnn train` as keyword arguments: the settings of the network and of its training."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TypedDict

from ..model.settings import TrainingSettings


class TrainWords(TypedDict, total=False):
    """Settings of a training; those that are not given follow from the corpus.

    Attributes:
        epochs: passes over the training notes.
        batch_size: sequences in a step.
        length: notes in a sequence.
        cell: "lstm", "gru", "rnn", "irnn" or "feedforward".
        activation: of the cell "rnn".
        window: notes that the cell "feedforward" reads.
        units: of each recurrent layer.
        num_layers: recurrent layers.
        dropout: share of activations dropped, 0..1.
        recurrent_dropout: share of the weights of recurrent kernels dropped, 0..1; by default with several parts only.
        input_dropout: share of the inputs dropped, likewise.
        head_dropout: share of the activations in the heads dropped, likewise.
        lookbacks: whether the network reads the notes that stood some bars before, and may copy them.
        learning_rate: highest rate of Adam.
        clip_norm: largest norm of a gradient over all weights; 0 never scales.
        hide_lookbacks: share of sequences in which the look-backs are hidden, 0..1.
        hide_form: share of sequences in which the form is hidden, and the whole layout with it, 0..1.
        given_share: share of sequences of several parts in which some notes are given, 0..1.
        patience: share of the run, 0..1, without a gain after which training stops; 1 trains to the end.
        seed: of initial weights, batches and dropout.
    """

    epochs: int | None
    batch_size: int | None
    length: int
    cell: str
    activation: str
    window: int
    units: int | None
    num_layers: int
    dropout: float | None
    recurrent_dropout: float | None
    input_dropout: float | None
    head_dropout: float | None
    lookbacks: bool
    learning_rate: float | None
    clip_norm: float
    hide_lookbacks: float
    hide_form: float
    given_share: float
    patience: float
    seed: int


TRAIN_DEFAULTS: Mapping[str, object] = {field.name: field.default for field in fields(TrainingSettings)}
