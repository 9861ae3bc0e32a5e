"""The Keras network: recurrent layers over notes, and a head for each field that copy gates mix with the look-backs.

    p(note)  = p(shift | past) · p(duration | past, shift) · p(pitch | past, shift, duration) · ...
    p(value) = g_0 · softmax(logits)[value] + Σ_k g_k · [value = candidate of look-back k]

Shapes: B sequences, T notes, F fields, K look-backs, C context columns (events/inputs.py), U units. The
recurrence is h_t = f(h_{t-1}, x_t); f is that of an LSTM unless another cell is chosen (model/recurrence.py).
Copy gates: cf. the pointer-generator mixture of See et al. (2017). It uses only layers and `keras.ops`,
so it runs on any backend.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import groupby

import keras
from keras import layers, ops

from ..events.columns import MAX_INTERVAL, NUM_INTERVALS
from ..events.fields import FIELD
from ..events.inputs import Inputs, Lookup
from ..events.parts.inputs import EXTREMES
from ..json_types import JsonObject
from ..music.units import NUM_PITCH_CLASSES
from ..network.cells import RecurrentConfig
from .dense import side_by_side
from .dropout import Dropout
from .mixture import agreement_of, log_gates, log_probability, probabilities
from .recurrence import recurrent_layer
from .types import Layer, Tensor

_GATE_SHARE = 0.6  # of the dropout of a head's hidden layer, for that of its gates


@keras.saving.register_keras_serializable("melodyrnn")
class NoteNetwork(keras.Model):  # type: ignore[misc]
    """Computes the log-probability of each field of each note, given the past notes and the earlier fields.

    Args:
        inputs: its columns and embedding tables (an `Inputs` or its dictionary).
        units, num_layers, cell, activation, window: see `network.cells.RecurrentConfig`.
        dropout: share of activations dropped after each recurrent layer while training, 0..1.
        lookbacks: whether it reads the look-backs and may copy their candidates.
        recurrent_dropout: share of the weights of an LSTM's recurrent kernels dropped while training, 0..1.
        input_dropout, head_dropout: share of activations dropped in a network of several parts: of the inputs of the
            first layer and of the heads, and in the heads' hidden layers.
    """

    def __init__(
        self,
        inputs: Inputs | JsonObject,
        units: int = 256,
        num_layers: int = 2,
        dropout: float = 0.3,
        cell: str = "lstm",
        activation: str = "tanh",
        window: int = 16,
        lookbacks: bool = True,
        recurrent_dropout: float = 0.0,
        input_dropout: float = 0.0,
        head_dropout: float = 0.0,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        self.inputs = inputs if isinstance(inputs, Inputs) else Inputs.from_json(inputs)
        self.recurrent = RecurrentConfig(units, num_layers, cell, activation, window)
        self.settings: JsonObject = {
            **asdict(self.recurrent),
            "dropout": dropout,
            "lookbacks": lookbacks,
            "recurrent_dropout": recurrent_dropout,
            "input_dropout": input_dropout,
            "head_dropout": head_dropout,
        }
        is_locked = self.inputs.parts is not None
        if is_locked:
            self._add("dropout_input", Dropout, input_dropout, True)
        for name, (rows, width) in self.inputs.tables.items():
            self._add(f"embed_{name}", layers.Embedding, rows, width)
        for n in range(num_layers):
            setattr(self, f"core_{n}", recurrent_layer(self.recurrent, n, recurrent_dropout))
            self._add(f"dropout_{n}", Dropout, dropout, is_locked)
        for name, size in self.inputs.values.items():
            if self.inputs.has_hidden_layer(name):
                self._add(f"head_{name}_hidden", layers.Dense, units, activation="relu")
            if self.inputs.parts:
                self._add(f"head_{name}_dropout", Dropout, head_dropout)
                self._add(f"head_{name}_gate_dropout", Dropout, _GATE_SHARE * head_dropout)
                self._add(f"head_{name}_input_dropout", Dropout, input_dropout, True)
            self._add(f"head_{name}_logits", layers.Dense, size)
            if FIELD[name].is_melodic:
                self._add(f"head_{name}_intervals", layers.Dense, NUM_INTERVALS)
                self._add(f"head_{name}_classes", layers.Dense, NUM_PITCH_CLASSES)
                if self.inputs.parts:
                    self._add(f"head_{name}_chords", layers.Dense, 2 * NUM_PITCH_CLASSES)
            self._add(f"head_{name}_gate_hidden", layers.Dense, 64, activation="relu")
            self._add(f"head_{name}_gates", layers.Dense, 1 + len(self.inputs.lookbacks))

    def _add(self, name: str, layer: Callable[..., Layer], *args: object, **kwargs: object) -> None:
        """Add a layer whose name, attribute name and path of weights in the file are the same.

        Keras visits attributes in alphabetical order and stores a layer under the first name that it finds, so a name
        must sort before Keras's own list "layers".
        """
        setattr(self, name, layer(*args, name=name, **kwargs))

    def build(self, inputs_shape: dict[str, tuple[int | None, ...]]) -> None:
        """Create the variables by a run on zeros; the default of Keras traces a graph, which takes a second longer.

        With jax, which would compile each operation of such a run, shapes alone are followed.
        """
        if self.inputs.parts:
            self._build_hidden_layers()
        shapes = {name: [size or 1 for size in shape] for name, shape in inputs_shape.items()}
        if keras.backend.backend() == "jax":
            self.compute_output_spec({name: keras.KerasTensor(shape, "int32") for name, shape in shapes.items()})
        else:
            self.call({name: ops.zeros(shape, dtype="int32") for name, shape in shapes.items()})

    def _build_hidden_layers(self) -> None:
        """Create the variables of layers that are not called themselves but computed side by side."""
        units = self.recurrent.units
        for name in self.inputs.fields:
            width = units + sum(self.inputs.tables[lookup.table][1] for lookup in self.inputs.head(name))
            getattr(self, f"head_{name}_hidden").build((None, width))
            getattr(self, f"head_{name}_gate_hidden").build((None, width + len(self.inputs.lookbacks)))
            for layer in self._scores(name):
                layer.build((None, units))

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Tensor:
        """Return the log-probability of each field of each note, shape (B, T, F).

        Args:
            inputs: "context" int (B, T, C), and "values" int (B, T, F), the indices of the notes themselves.
        """
        return self.log_probabilities(inputs, training=training)

    def log_probabilities(self, inputs: dict[str, Tensor], states: Tensor = None, training: bool = False) -> Tensor:
        """Return the log-probabilities as `call` does.

        Args:
            states: for each layer the arrays (B, U) of its initial state; None for zeros.
        """
        inputs = self._visible(inputs)
        state = self.trunk(inputs["context"], training, states)
        return ops.stack(
            [
                log_probability(*self.head(name, state, inputs, training), inputs["values"][..., place])
                for place, name in enumerate(self.inputs.values)
            ],
            axis=-1,
        )

    def _visible(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        if self.settings["lookbacks"]:
            return inputs
        seen = ~self.inputs.lookback_columns
        return {**inputs, "context": inputs["context"] * ops.cast(seen, inputs["context"].dtype)}

    def trunk(self, context: Tensor, training: bool = False, states: Tensor = None) -> Tensor:
        """Return the output of the recurrent layers for each note, (B, T, C) -> (B, T, U)."""
        x = self._lookups(self.inputs.trunk, {"context": context})
        if self.inputs.parts:
            x = self.dropout_input(x, training=training)
        for n in range(self.recurrent.num_layers):
            layer = getattr(self, f"core_{n}")
            if states is not None:
                x = layer(x, initial_state=states[n])
            else:
                x = layer(x) if self.recurrent.cell == "feedforward" else layer(x, training=training)  # (B, T, U)
            x = getattr(self, f"dropout_{n}")(x, training=training)
        return x

    def head(
        self, name: str, state: Tensor, inputs: dict[str, Tensor], training: bool = False
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the logits, gates and candidates of a field's distribution.

        Returns:
            logits (B, T, V) over the field's values, log gates (B, T, 1 + K), candidates (B, T, K): index + 1.
        """
        found = self._lookups(self.inputs.head(name), inputs)
        candidates = inputs["context"][..., self.inputs.candidates(name)]
        hidden_layers = self._hidden_layers_of_parts if self.inputs.parts else self._hidden_layers
        hidden, gates = hidden_layers(name, state, found, agreement_of(candidates), training)
        dense = self._scores(name)
        scored = side_by_side(dense, hidden) if self.inputs.parts else [layer(hidden) for layer in dense]
        # a probability needs float32, also where the layers compute in bfloat16
        logits, *scores, gates = (ops.cast(x, "float32") for x in (*scored, getattr(self, f"head_{name}_gates")(gates)))
        if FIELD[name].is_melodic:
            logits = logits + self._melodic_logits(name, scores, inputs["context"])
        return logits, log_gates(gates, candidates), candidates

    def _scores(self, name: str) -> list[Layer]:
        """Return the layers that score values from a head's hidden layer: the values themselves, then melodic ones."""
        names = ["logits"]
        if FIELD[name].is_melodic:
            names += ["intervals", "classes", "chords"] if self.inputs.parts else ["intervals", "classes"]
        return [getattr(self, f"head_{name}_{own}") for own in names]

    def _hidden_layers(
        self, name: str, state: Tensor, found: Tensor, agreement: Tensor, training: bool
    ) -> tuple[Tensor, Tensor]:
        """Return what the scores and what the gates of a head are computed from."""
        x = ops.concatenate([state, found], axis=-1)
        hidden = getattr(self, f"head_{name}_hidden")(x) if self.inputs.has_hidden_layer(name) else x
        return hidden, getattr(self, f"head_{name}_gate_hidden")(ops.concatenate([x, agreement], axis=-1))

    def _hidden_layers_of_parts(
        self, name: str, state: Tensor, found: Tensor, agreement: Tensor, training: bool
    ) -> tuple[Tensor, Tensor]:
        """Return the same with several parts, where both have a hidden layer and dropout."""
        found = getattr(self, f"head_{name}_input_dropout")(found, training=training)
        dense, of_gates = getattr(self, f"head_{name}_hidden"), getattr(self, f"head_{name}_gate_hidden")
        hidden, gates = side_by_side((dense, of_gates), state, found)
        gates = gates + ops.matmul(agreement, ops.convert_to_tensor(of_gates.kernel)[-agreement.shape[-1] :])
        hidden = getattr(self, f"head_{name}_dropout")(ops.relu(hidden), training=training)
        return hidden, getattr(self, f"head_{name}_gate_dropout")(ops.relu(gates), training=training)

    def _melodic_logits(self, name: str, scores: Sequence[Tensor], context: Tensor) -> Tensor:
        """Return scores of each pitch by its interval from the note before and by its pitch class, (B, T, V).

        With several parts also by the intervals from the lowest and the highest pitch that sound.

        Args:
            scores: of intervals and pitch classes, and of those intervals modulo 12 with several parts.
        """
        pitches = ops.arange(self.inputs.values[name], dtype="int32")
        before = context[..., self.inputs.place(self.inputs.own_last)][..., None]  # index + 1; 0 before the first note
        step = ops.clip(pitches + 1 - ops.cast(before, "int32"), -MAX_INTERVAL, MAX_INTERVAL) + MAX_INTERVAL
        by_interval = ops.take_along_axis(scores[0], step, axis=-1)
        by_class = ops.take(scores[1], pitches % NUM_PITCH_CLASSES, axis=-1)
        melodic = by_interval * ops.cast(ops.not_equal(before, 0), by_interval.dtype) + by_class
        if self.inputs.parts:
            for n, column in enumerate(EXTREMES):
                own = scores[2][..., n * NUM_PITCH_CLASSES : (n + 1) * NUM_PITCH_CLASSES]
                melodic = melodic + self._over(own, context[..., self.inputs.place(column)][..., None], pitches)
        return melodic

    def _over(self, by_class: Tensor, pitch: Tensor, pitches: Tensor) -> Tensor:
        """Return the score of each pitch by its interval from another, index + 1 (B, T, 1), modulo 12; 0 for none."""
        over = (pitches + 1 - ops.cast(pitch, "int32")) % NUM_PITCH_CLASSES
        scores = ops.take_along_axis(by_class, over, axis=-1)
        return scores * ops.cast(ops.not_equal(pitch, 0), scores.dtype)

    def distributions(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return for each field the probabilities of all values, (B, T, V), given the earlier fields in "values"."""
        inputs = self._visible(inputs)
        state = self.trunk(inputs["context"])
        out = {}
        for name, size in self.inputs.values.items():
            out[name] = probabilities(*self.head(name, state, inputs), size)
        return out

    def _lookups(self, lookups: tuple[Lookup, ...], inputs: dict[str, Tensor]) -> Tensor:
        """Return the rows that the lookups select, side by side; neighbours of one table by one lookup."""
        rows = []
        for table, neighbours in groupby(lookups, lambda lookup: lookup.table):
            selected = ops.stack([self._source(lookup.source, inputs) for lookup in neighbours], axis=-1)
            found = getattr(self, f"embed_{table}")(selected)  # (B, T, number of neighbours, width)
            rows.append(ops.reshape(found, (*ops.shape(found)[:2], math.prod(found.shape[2:]))))
        return ops.concatenate(rows, axis=-1)

    def _source(self, source: str, inputs: dict[str, Tensor]) -> Tensor:
        if source in self.inputs.values:
            return inputs["values"][..., list(self.inputs.values).index(source)]
        return inputs["context"][..., self.inputs.place(source)]

    def get_config(self) -> JsonObject:
        return {**super().get_config(), "inputs": self.inputs.to_json(), **self.settings}

    @classmethod
    def from_config(cls, config: JsonObject) -> NoteNetwork:
        """Return a network of a configuration; older files name the inputs "wiring"."""
        inputs = config.pop("wiring") if "wiring" in config else config.pop("inputs")
        return cls(inputs, **config)
