"""The settings of a training, their rules, and the defaults that depend on the size of the corpus."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import NotRequired, TypedDict

from ..errors import SettingError
from ..network.cells import ACTIVATIONS, CELLS

RATE = 2e-3  # learning rate of Adam from random weights
SMALL = 30_000  # notes; in fewer, about 150 tunes, a corpus is small: a wide network memorises it
# Above these, a setting is a slip: 4,096 units in 16 layers already have 2 billion weights, 8 GB.
MAX_EPOCHS, MAX_BATCH, MAX_LENGTH, MAX_WINDOW, MAX_UNITS, MAX_LAYERS = 100_000, 4096, 4096, 1024, 4096, 16
MAX_SEED = 2**32  # what Keras takes

_DROPOUTS = ("dropout", "recurrent_dropout", "input_dropout", "head_dropout")
# With several parts, by the number of notes from which on: a network of parts has more inputs to learn by heart.
_DROPOUTS_OF_PARTS = {
    0: {"dropout": 0.5, "recurrent_dropout": 0.5, "input_dropout": 0.2, "head_dropout": 0.5},
    150_000: {"dropout": 0.3, "recurrent_dropout": 0.2, "input_dropout": 0.05, "head_dropout": 0.3},
}

SettingValue = int | float | str | bool | None


class NetworkArguments(TypedDict):
    """The arguments of `NoteNetwork` besides its inputs; see `network.cells.RecurrentConfig` and `NoteNetwork`.

    The last three are there for networks of several parts only.
    """

    units: int
    num_layers: int
    dropout: float
    cell: str
    activation: str
    window: int
    lookbacks: bool
    recurrent_dropout: NotRequired[float]
    input_dropout: NotRequired[float]
    head_dropout: NotRequired[float]


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """The settings of a training. `resolved` replaces None by a value that depends on the size of the corpus.

    Attributes:
        epochs: passes over the training notes.
        batch_size: sequences in a step.
        length: notes in a sequence.
        cell, activation, window, units, num_layers: see `network.cells.RecurrentConfig`.
        dropout: share of activations dropped, 0..1; see `NoteNetwork`.
        recurrent_dropout, input_dropout, head_dropout: see `NoteNetwork`.
        lookbacks: whether the network reads the candidates of the look-backs and may copy them.
        learning_rate: highest rate of Adam; the default is lower where training starts from a model.
        clip_norm: largest norm of a gradient over all weights; a larger one is scaled down; 0 never scales.
        hide_lookbacks: share of sequences in which the look-backs are hidden, 0..1.
        hide_form: share of sequences in which the form is hidden, and the whole layout with it, 0..1.
        given_share: share of sequences in which some events are given, 0..1 (corpus/given.py); with several parts only.
        patience: share of the run, 0..1, without a gain after which training stops; 1 trains to the end.
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
    recurrent_dropout: float | None = None
    input_dropout: float | None = None
    head_dropout: float | None = None
    lookbacks: bool = True
    learning_rate: float | None = None
    clip_norm: float = 1.0
    hide_lookbacks: float = 0.25
    hide_form: float = 0.5
    given_share: float = 0.5
    patience: float = 0.3
    seed: int = 0

    def __post_init__(self) -> None:
        rules = [
            ("epochs", self.epochs is None or 1 <= self.epochs <= MAX_EPOCHS, f"from 1 to {MAX_EPOCHS}"),
            ("batch_size", self.batch_size is None or 1 <= self.batch_size <= MAX_BATCH, f"from 1 to {MAX_BATCH}"),
            ("length", 2 <= self.length <= MAX_LENGTH, f"from 2 to {MAX_LENGTH}"),
            ("cell", self.cell in CELLS, f"one of {', '.join(CELLS)}"),
            ("activation", self.activation in ACTIVATIONS, f"one of {', '.join(ACTIVATIONS)}"),
            ("activation", self.activation == "tanh" or self.cell == "rnn", "tanh unless the cell is rnn"),
            ("window", 1 <= self.window <= MAX_WINDOW, f"from 1 to {MAX_WINDOW}"),
            ("units", self.units is None or 1 <= self.units <= MAX_UNITS, f"from 1 to {MAX_UNITS}"),
            ("num_layers", 1 <= self.num_layers <= MAX_LAYERS, f"from 1 to {MAX_LAYERS}"),
            *((name, _is_share(getattr(self, name)), "at least 0 and under 1") for name in _DROPOUTS),
            ("recurrent_dropout", not self.recurrent_dropout or self.cell == "lstm", "0 unless the cell is lstm"),
            ("learning_rate", self.learning_rate is None or self.learning_rate > 0, "over 0"),
            ("clip_norm", self.clip_norm >= 0, "at least 0 (0 does not clip)"),
            ("hide_lookbacks", 0 <= self.hide_lookbacks <= 1, "from 0 to 1"),
            ("hide_form", 0 <= self.hide_form <= 1, "from 0 to 1"),
            ("given_share", 0 <= self.given_share <= 1, "from 0 to 1"),
            ("patience", 0 < self.patience <= 1, "over 0 and at most 1"),
            ("seed", 0 <= self.seed < MAX_SEED, f"from 0 to {MAX_SEED - 1}"),
        ]
        for name, holds, rule in rules:
            if not holds:
                raise SettingError(f"{name} must be {rule}. Received: {getattr(self, name)}")

    def resolved(
        self, num_notes: int, num_pieces: int = 0, started: bool = False, has_parts: bool = False
    ) -> TrainingSettings:
        """Return the settings without None, for a training split of `num_notes` notes in `num_pieces` pieces.

        A sequence is cut from one piece, so with short pieces a step holds fewer notes. A run that is `started` from a
        model has less to learn and may lose what it knows, so it has a third of the epochs at a quarter of the rate.
        """
        small = num_notes < SMALL
        batch_size = self.batch_size or (8 if small else 16 if num_notes <= 60_000 else 32)
        steps_per_epoch = max(1.0, max(num_notes / self.length, num_pieces) / batch_size)
        wanted_steps = 600 if small else 1500
        epochs = max(16, min(120, math.ceil(wanted_steps / steps_per_epoch)))
        of_parts = _DROPOUTS_OF_PARTS[max(n for n in _DROPOUTS_OF_PARTS if n <= num_notes)] if has_parts else {}
        usual: dict[str, float | None] = {"dropout": 0.5 if small else 0.3, **of_parts}
        if self.cell != "lstm":
            usual["recurrent_dropout"] = None

        def share(name: str) -> float | None:
            value: float | None = getattr(self, name)
            return usual.get(name) if value is None else value

        return replace(
            self,
            dropout=share("dropout"),
            recurrent_dropout=share("recurrent_dropout"),
            input_dropout=share("input_dropout"),
            head_dropout=share("head_dropout"),
            batch_size=batch_size,
            epochs=self.epochs or (max(1, epochs // 3) if started else epochs),
            learning_rate=self.learning_rate or (RATE / 4 if started else RATE),
            units=self.units or (128 if small else 256),
        )

    @property
    def network(self) -> NetworkArguments:
        """The arguments of `NoteNetwork` besides its inputs. Raises SettingError for unresolved settings."""
        if self.units is None or self.dropout is None:
            raise SettingError("a network's units and dropout must be known: resolve the settings. Received: None")
        arguments: NetworkArguments = {
            "units": self.units,
            "num_layers": self.num_layers,
            "dropout": self.dropout,
            "cell": self.cell,
            "activation": self.activation,
            "window": self.window,
            "lookbacks": self.lookbacks,
        }
        if self.recurrent_dropout is not None:
            arguments["recurrent_dropout"] = self.recurrent_dropout
        if self.input_dropout is not None:
            arguments["input_dropout"] = self.input_dropout
        if self.head_dropout is not None:
            arguments["head_dropout"] = self.head_dropout
        return arguments

    def to_json(self) -> dict[str, SettingValue]:
        return asdict(self)


def _is_share(value: float | None) -> bool:
    return value is None or 0 <= value < 1
