"""Ablations of the model of several parts: the same training with one idea left out at a time.

    python benchmarks/part_ablations.py CORPUS [--results FILE.json] [--only NAME,NAME] [--epochs 12] [--units 256]
        [--batch-size 8] [--train N] [--measured N] [--given melody] [--split validation|test]

CORPUS is that of benchmarks/chorales.py, or any other with parts. Each row is a training in a process of its own; its
figures are stored in FILE, and a row that is there already is not trained again, so that a run can be interrupted and
continued. All rows have the same passes, seed, sequences (256 events) and sizes; the weights are the averaged ones
after the last pass, so that nothing is chosen by the split that is measured.

    full            the network as it is
    no-lookbacks    no candidates from earlier bars or passages, and no gates to copy them (`train --no-lookbacks`)
    no-sounding     not told what sounds: pitch classes held and placed, the pitch of each part and how long it lasts,
                    the lowest and the highest
    no-lines        not told how each part moves: since when it sounds, its last length and interval
    no-past         neither of the two
    stated          every note states its duration; else it lasts until the next of its part where it can
    no-giving       nothing is given in training
    not-ahead       parts are given in training, and not seen before they come

Columns: bits per note of all events, without end, key and length; nats for each part and sixteenth with the end
(benchmarks/chorales.py); bits per note of each field; then, where the part GIVEN (the soprano) is given, bits per event
of the other parts at their own events, with the given part seen ahead (-: never learned) and read as it comes.
Simultaneous notes have one order, by part (soprano, bass, alto, tenor) and pitch; the model has no other to compare.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from melodyrnn.arrays import AnyInts, Bools
from melodyrnn.checkpoint import Metadata
from melodyrnn.corpus.batches import Batches
from melodyrnn.corpus.store import Corpus, open_corpus
from melodyrnn.evaluation.bits import Evaluation, evaluate
from melodyrnn.events.context import context_of
from melodyrnn.events.fit import fit_vocabulary
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.parts.names import find_parts
from melodyrnn.events.rows import encode
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.files import atomic_file
from melodyrnn.model.network import NoteNetwork
from melodyrnn.model.saving import build_network, network_weights
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.model.training import compile_network, fit_network, plan
from melodyrnn.model.types import Tensor
from melodyrnn.network.network import Network
from melodyrnn.score.score import Score

LENGTH = 256  # events of a sequence
STEPS_PER_SIXTEENTH = 3
# Columns by name, or by the name before the number of the part or pitch class (events/parts/inputs.py).
SOUNDING = ("sounded", "state", "over", "class", "sounding", "lasting", "lowest_sounding", "highest_sounding")
LINES = ("since", "length", "step", "before", "onset_gap", "onset_gap_before")
GIVEN = ("gap", "ahead", "given", "with", "gap_after", "after")

Figures = dict[str, float | None]


@dataclass(frozen=True)
class Variant:
    """One row: hidden columns, whether durations are always stated, settings of the training."""

    hidden: tuple[str, ...] = ()
    states_durations: bool = False
    settings: dict[str, float] = field(default_factory=dict)

    @property
    def sees_ahead(self) -> bool:
        """Whether it has learned to read what is given ahead."""
        return self.settings.get("given_share", 1) > 0 and not set(self.hidden) & set(GIVEN)


VARIANTS = {
    "full": Variant(),
    "no-lookbacks": Variant(settings={"lookbacks": False}),
    "no-sounding": Variant(SOUNDING),
    "no-lines": Variant(LINES),
    "no-past": Variant((*SOUNDING, *LINES)),
    "stated": Variant(states_durations=True),
    "no-giving": Variant(settings={"given_share": 0.0}),
    "not-ahead": Variant(GIVEN),
}


class Blind(NoteNetwork):
    """The network that trains, with 0 in the hidden columns, (num_columns,)."""

    hidden: Bools

    def _visible(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        inputs = super()._visible(inputs)
        return {**inputs, "context": inputs["context"] * (~self.hidden).astype(np.int32)}


class BlindReader(Network):
    """The network that is measured, with 0 in the hidden columns, (num_columns,)."""

    hidden: Bools

    def _visible(self, context: AnyInts) -> AnyInts:
        context = super()._visible(context)
        return np.where(self.hidden[: context.shape[-1]], np.zeros_like(context), context)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--results", type=Path, default=Path("part-ablations.json"))
    parser.add_argument("--only", help="rows, with commas [all]")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--units", type=int, default=256)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--train", type=int, help="training pieces [all]")
    parser.add_argument("--measured", type=int, help="pieces that are measured [all]")
    parser.add_argument("--given", default="melody", help="the part that is given")
    parser.add_argument("--split", choices=("validation", "test"), default="validation")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # train in this process
    options = parser.parse_args()
    names = options.only.split(",") if options.only else list(VARIANTS)
    if unknown := set(names) - set(VARIANTS):
        parser.error(f"--only must name rows: {', '.join(VARIANTS)}. Received: {', '.join(sorted(unknown))}")
    for name in names:
        if name not in read(options):
            if options.here:
                write(options, name, measure(VARIANTS[name], options))
            else:
                subprocess.run([sys.executable, *sys.argv, "--only", name, "--here"], check=True)
                say({name: read(options)[name]})
    if not options.here:
        print()
        say(read(options))


def settings_of(options: argparse.Namespace) -> dict[str, str | int | None]:
    """Return what all rows of a file of results have in common."""
    names = ("epochs", "units", "batch_size", "train", "measured", "given", "split")
    return {"corpus": open_corpus(options.corpus).fingerprint, **{name: getattr(options, name) for name in names}}


def read(options: argparse.Namespace) -> dict[str, Figures]:
    """Return the rows so far."""
    if not options.results.exists():
        return {}
    stored = json.loads(options.results.read_text("utf-8"))
    if stored["settings"] != settings_of(options):
        raise SystemExit(f"{options.results} is of other settings: {stored['settings']}")
    rows: dict[str, Figures] = stored["rows"]
    return rows


def write(options: argparse.Namespace, name: str, figures: Figures) -> None:
    """Add a row to the file of results."""
    content = {"settings": settings_of(options), "rows": {**read(options), name: figures}}
    with atomic_file(options.results, force=True) as temporary:
        temporary.write_text(json.dumps(content, indent=1), "utf-8")


def measure(variant: Variant, options: argparse.Namespace) -> Figures:
    """Train a row and return its figures."""
    began = time.perf_counter()
    corpus = open_corpus(options.corpus)
    train, measured = corpus.scores("train")[: options.train], corpus.scores(options.split)[: options.measured]
    vocabulary = vocabulary_of(corpus, train) if variant.states_durations else corpus.vocabulary
    sizes = {"epochs": options.epochs, "units": options.units, "batch_size": options.batch_size, "length": LENGTH}
    settings = TrainingSettings(**sizes, **variant.settings)  # type: ignore[arg-type]  # checked when it is made
    settings = settings.resolved(sum(map(len, train)), len(train), has_parts=True)
    hidden = columns(Inputs.of(vocabulary), variant.hidden)
    network = trained(train, vocabulary, settings, hidden)
    metadata = Metadata(vocabulary, dict(settings.network))
    reader = BlindReader(metadata, network_weights(network))
    reader.hidden = hidden
    given = find_parts((options.given,), vocabulary, "given")
    unseen = evaluate(reader, vocabulary, measured)
    seen = evaluate(reader, vocabulary, measured, given=given) if variant.sees_ahead else None
    own = [~np.isin(part, given) for part in unseen.part]
    return {
        **figures_of(unseen, measured),
        "ahead": None if seen is None else bits_at(seen, own),
        "as it comes": bits_at(unseen, own),
        "minutes": (time.perf_counter() - began) / 60,
    }


def columns(inputs: Inputs, names: Sequence[str]) -> Bools:
    """Return which columns of a context have these names, (num_columns,)."""
    return np.array([column in names or column.rpartition("_")[0] in names for column in inputs.columns])


def vocabulary_of(corpus: Corpus, train: Sequence[Score]) -> Vocabulary:
    """Return the vocabulary of a corpus with the durations that its training pieces have when all are stated."""
    rows = np.concatenate([encode(score, with_parts=True) for score in train])
    known, meters = corpus.vocabulary, [score.meter for score in train]
    stated = fit_vocabulary(rows, meters, [score.bar for score in train], ["major"], [1], with_velocity=False)
    values = {**known.values, "duration": stated.values["duration"]}
    return replace(known, values=values, representation="from-tonic")


def trained(train: Sequence[Score], vocabulary: Vocabulary, settings: TrainingSettings, hidden: Bools) -> NoteNetwork:
    """Return a network after all passes, with averaged weights."""
    keras.utils.set_random_seed(settings.seed)
    inputs = Inputs.of(vocabulary)
    contexts, targets = context_of(train, vocabulary, with_conditions=True)
    batches = Batches(
        contexts,
        targets,
        inputs,
        settings.length,
        settings.batch_size or 1,
        settings.hide_lookbacks,
        settings.hide_form,
        vocabulary,
        [score.bar for score in train],
        settings.given_share,
    )
    network = Blind(inputs, **settings.network)
    network.hidden = hidden
    build_network(network)
    progress = plan(settings, batches.per_epoch)
    optimizer = compile_network(network, settings, progress.num_steps)
    fit_network(network, batches, settings, progress)
    optimizer.finalize_variable_values(network.trainable_variables)
    return network


def figures_of(evaluation: Evaluation, scores: Sequence[Score]) -> Figures:
    """Return the bits of all notes, and the nats for each part and sixteenth."""
    bits = np.concatenate(evaluation.bits).sum(axis=0)
    num_parts = len(evaluation.parts)
    num = sum(num_parts * int((score.onset + score.duration).max()) // STEPS_PER_SIXTEENTH for score in scores)
    by_field = dict(zip(evaluation.fields, (bits / evaluation.num_notes).tolist(), strict=True))
    nats = (float(bits.sum()) + sum(evaluation.end_bits)) * math.log(2) / num
    return {"bits": float(bits.sum()) / evaluation.num_notes, "nats": nats, **by_field}


def bits_at(evaluation: Evaluation, own: Sequence[Bools]) -> float:
    """Return the bits per event at some events, (num_notes,) of each piece."""
    chosen = np.concatenate([bits[mask] for bits, mask in zip(evaluation.bits, own, strict=True)])
    return float(chosen.sum()) / len(chosen)


def say(rows: dict[str, Figures]) -> None:
    """Print rows of figures."""
    for number, (name, figures) in enumerate(rows.items()):
        if not number:
            print(f"{'':14s}" + "".join(f"{label:>12s}" for label in figures))
        print(f"{name:14s}" + "".join(f"{'-' if v is None else format(v, '.3f'):>12s}" for v in figures.values()))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
