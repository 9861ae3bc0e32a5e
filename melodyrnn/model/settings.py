"""How to train: the settings, their rules, and what follows from the size of the corpus."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..errors import SettingError
from ..network.cells import ACTIVATIONS, CELLS

RATE = 2e-3  # Adam's, from noise


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How to train. What is None follows from the corpus's size.

    Attributes:
        epochs: passes over the training notes.
        batch_size: sequences a step.
        length: notes a sequence.
        cell, activation, window, units, num_layers: see `inference.cells.Core`.
        dropout: share of activations dropped, 0..1; see `NoteNetwork`.
        lookbacks: whether the network sees and may copy what the look-backs say.
        learning_rate: of Adam, at its highest; where it starts from a model, lower.
        clip_norm: largest norm of a gradient over all weights; 0 leaves it as it is.
        hide_lookbacks: share of sequences in which the look-backs are hidden, 0..1.
        hide_form: share of sequences in which the form is hidden, 0..1.
        patience: share of the run, 0..1, after which it stops without a new best; with 1 it goes to its end.
        seed: of initial weights, batches and dropout.
    """

    epochs: int | None = None
    batch_size: int | None = None
    length: int = 128
    cell: str = "lstm"
    activation: str = "tanh"
    window: int = 16
    units: int | None = None
    num_layers: int = 2
    dropout: float | None = None
    lookbacks: bool = True
    learning_rate: float | None = None
    clip_norm: float = 1.0
    hide_lookbacks: float = 0.25
    hide_form: float = 0.5
    patience: float = 0.3
    seed: int = 0

    def __post_init__(self) -> None:
        rules = [
            ("epochs", self.epochs is None or self.epochs >= 1, "at least 1"),
            ("batch_size", self.batch_size is None or self.batch_size >= 1, "at least 1"),
            ("length", self.length >= 2, "at least 2"),
            ("cell", self.cell in CELLS, f"one of {', '.join(CELLS)}"),
            ("activation", self.activation in ACTIVATIONS, f"one of {', '.join(ACTIVATIONS)}"),
            ("activation", self.activation == "tanh" or self.cell == "rnn", "left alone but for the cell rnn"),
            ("window", self.window >= 1, "at least 1"),
            ("units", self.units is None or self.units >= 1, "at least 1"),
            ("num_layers", self.num_layers >= 1, "at least 1"),
            ("dropout", self.dropout is None or 0 <= self.dropout < 1, "at least 0 and under 1"),
            ("learning_rate", self.learning_rate is None or self.learning_rate > 0, "over 0"),
            ("clip_norm", self.clip_norm >= 0, "at least 0 (0 does not clip)"),
            ("hide_lookbacks", 0 <= self.hide_lookbacks <= 1, "from 0 to 1"),
            ("hide_form", 0 <= self.hide_form <= 1, "from 0 to 1"),
            ("patience", 0 < self.patience <= 1, "over 0 and at most 1"),
        ]
        for name, holds, rule in rules:
            if not holds:
                raise SettingError(f"{name} must be {rule}. Received: {getattr(self, name)}")

    def resolved(self, num_notes: int, num_pieces: int = 0, started: bool = False) -> TrainingSettings:
        """With the blanks filled for a training split of so many notes in so many pieces.

        A sequence is cut from one piece, so short pieces fill fewer notes of a step. A run that was `started` from a
        model has less to learn and something to lose: it takes a third of the passes, at a quarter of the rate.
        """
        small = num_notes < 30_000  # a hundred and fifty tunes: there a wide network learns them by heart
        batch_size = self.batch_size or (8 if small else 16 if num_notes <= 60_000 else 32)
        steps_per_epoch = max(1.0, max(num_notes / self.length, num_pieces) / batch_size)
        wanted_steps = 600 if small else 1500
        epochs = max(16, min(120, math.ceil(wanted_steps / steps_per_epoch)))
        return replace(
            self,
            batch_size=batch_size,
            epochs=self.epochs or (max(1, epochs // 3) if started else epochs),
            learning_rate=self.learning_rate or (RATE / 4 if started else RATE),
            units=self.units or (128 if small else 256),
            dropout=self.dropout if self.dropout is not None else (0.5 if small else 0.3),
        )

    @property
    def network(self) -> dict[str, Any]:
        """The arguments of `NoteNetwork` beside its inputs."""
        names = ("units", "num_layers", "dropout", "cell", "activation", "window", "lookbacks")
        return {name: getattr(self, name) for name in names}

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
