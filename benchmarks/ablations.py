"""Ablations of the event model: the same short training with one part removed at a time.

usage: python benchmarks/ablations.py CORPUS [--units 128] [--epochs 10] [--only NAME,NAME]

Prints bits per note on the corpus's test split, without key and length, which have the same bits in each row: over all
notes, and by the length of the run that look-back by content had matched. The network is small and the training short,
so the rows can only be compared with each other.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import ops

from melodyrnn.arrays import Columns, Float64s, IntArray
from melodyrnn.conditions.bar_repeats import BARS_BACK
from melodyrnn.corpus.batches import Batches
from melodyrnn.corpus.store import open_corpus
from melodyrnn.evaluation.breakdown import MATCHES
from melodyrnn.events.context import context_of
from melodyrnn.events.fit import fit_vocabulary
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.lookbacks.table import CONTENT
from melodyrnn.events.rows import encode
from melodyrnn.model.network import NoteNetwork
from melodyrnn.model.saving import build_network
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.model.training import compile_network, fit_network, plan
from melodyrnn.model.types import Tensor
from melodyrnn.music.keys import Key
from melodyrnn.network.head import MISSING
from melodyrnn.score.score import Score


class WithoutGates(NoteNetwork):
    """The candidates of look-backs are inputs only; the network cannot copy them."""

    def head(self, name: str, state: Tensor, inputs: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        logits, gates, candidates = super().head(name, state, inputs)
        closed = ops.concatenate([ops.zeros_like(gates[..., :1]), ops.zeros_like(gates[..., 1:]) + MISSING], axis=-1)
        return logits, closed, candidates


class WithoutIntervals(NoteNetwork):
    """Pitches have scores of their own, but none by interval and pitch class."""

    def _melodic_logits(self, name: str, scores: Sequence[Tensor], context: Tensor) -> float:
        return 0.0


def _hide(inputs: Inputs, names: Callable[[str], bool]) -> list[int]:
    return [n for n, column in enumerate(inputs.columns) if names(column)]


def _is_bar_lookback(column: str) -> bool:
    return column.rpartition("_")[2] in {f"bar{k}" for k in BARS_BACK}


def _is_content(column: str) -> bool:
    return column.endswith("_content")


_POSITION = {"position", "onset_position", "bar", "onset_bar", "meter"}
_LENGTH = {"bars_left", "onset_bars_left"}
_RANGE = {"lowest", "highest"}


@dataclass(frozen=True)
class Variant:
    """One row: the context columns that are hidden, the network, settings of the training, absolute pitches or not."""

    hidden: Callable[[str], bool] = lambda column: False
    network: type[NoteNetwork] = NoteNetwork
    settings: dict[str, float] = field(default_factory=dict)
    absolute: bool = False


VARIANTS = {
    "everything": Variant(),
    "no look-back by bar": Variant(_is_bar_lookback),
    "no look-back by content": Variant(_is_content),
    "no look-back at all": Variant(lambda c: _is_bar_lookback(c) or _is_content(c)),
    "no copy gates": Variant(network=WithoutGates),
    "look-backs never hidden": Variant(settings={"hide_lookbacks": 0.0}),
    "pitches not relative to the tonic": Variant(absolute=True),
    "no scores by interval and class": Variant(network=WithoutIntervals),
    "no place in the bar and phrase": Variant(lambda c: c in _POSITION),
    "length not known": Variant(lambda c: c in _LENGTH),
    "range so far not known": Variant(lambda c: c in _RANGE),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus")
    parser.add_argument("--units", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    corpus = open_corpus(options.corpus)
    train, test = corpus.melodies("train"), corpus.melodies("test")
    print(f"{'':36s} all    after a match of 0, 1, 2-3, 4 and more", flush=True)
    for name, variant in VARIANTS.items():
        if options.only and name not in options.only.split(","):
            continue
        figures = measure(variant, train, test, options.units, options.epochs)
        print(f"{name:36s} {figures[0]:.3f}  " + "  ".join(f"{b:.2f}" for b in figures[1:]), flush=True)


def measure(variant: Variant, train: list[Score], test: list[Score], units: int, epochs: int) -> list[float]:
    """Bits per note of the test melodies: over all notes, then by match."""
    if variant.absolute:
        train, test = ([replace(m, key=Key(0, m.key.mode)) for m in split] for split in (train, test))
    vocabulary = fit_vocabulary(
        np.concatenate([encode(m) for m in [*train, *test]]),
        [m.meter for m in train],
        [m.bar for m in [*train, *test]],
        [m.key.mode for m in train],
        [m.num_bars for m in train],
        with_velocity=False,
    )
    keras.utils.set_random_seed(0)
    inputs = Inputs.of(vocabulary)
    settings = TrainingSettings(units=units, epochs=epochs, **variant.settings).resolved(sum(len(m) for m in train))
    hidden = _hide(inputs, variant.hidden)
    contexts, targets = context_of(train, vocabulary)
    batches = Batches([_without(c, hidden) for c in contexts], targets, inputs, hide_lookbacks=settings.hide_lookbacks)
    network = build_network(variant.network(inputs, units))
    progress = plan(settings, batches.per_epoch)
    optimizer = compile_network(network, settings, progress.num_steps)
    fit_network(network, batches, settings, progress)
    optimizer.finalize_variable_values(network.trainable_variables)
    contexts, targets = context_of(test, vocabulary)
    match = np.concatenate([c[:-1, inputs.place(f"run_{CONTENT}")] for c in contexts])
    bits = np.concatenate([_bits(network, _without(c, hidden), t) for c, t in zip(contexts, targets, strict=True)])
    return [float(bits.mean()), *(float(bits[(match >= a) & (match <= b)].mean()) for a, b in MATCHES.values())]


def _without(context: Columns, hidden: list[int]) -> Columns:
    context = context.copy()
    context[:, hidden] = 0
    return context


def _bits(network: NoteNetwork, context: Columns, target: IntArray) -> Float64s:
    """Bits of each note of a melody; its length is padded to a multiple of 128, so that few shapes are compiled."""
    length = -(-len(target) // 128) * 128
    pad = [(0, length - len(target)), (0, 0)]
    inputs = {
        "context": np.pad(context, pad)[None].astype(np.int32),
        "values": np.pad(target, pad)[None].astype(np.int32),
    }
    log_p = np.asarray(network.predict_on_batch(inputs))[0, : len(target) - 1]
    return -log_p.sum(axis=1) / np.log(2)


if __name__ == "__main__":
    main()
