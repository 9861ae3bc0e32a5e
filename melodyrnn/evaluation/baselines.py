"""What well-known simple models pay for the same notes as the network, field by field.

All learn from the same training pieces and are scored on the same indices of the model's vocabulary, pitches relative
to the tonic; so the key is charged to them as it is to the network. They are not told the length, nor charged for it.
Of the note that is being filled, each knows the fields before in the chain, as the network does.

    order 0        how often each value came, nothing else
    order 2        the two values of the field before, and the note's own fields (markov.py)
    last bar       the same as a bar ago, at a chance fitted on the training pieces, else as order 0; what stood a bar
                   ago is what look-back by bar says (events/context.py)
    PPM long       PPM* (ppm.py) learned from the training pieces, and on through the pieces it is scored on
    PPM short      PPM* learned from the piece alone, from its first note on
    PPM both       these two combined as Pearce (2005) does it

A context of PPM is, the nearest first: what says most of the field in the note before (`_TELLING`), the note's own
fields, and then whole notes one after another back to the start; of the orders tried, it paid least on the validation
pieces of the Nottingham melodies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arrays import Columns, IntArray
from ..events.context import context_of
from ..events.inputs import Inputs
from ..events.vocabulary import Vocabulary
from ..score.score import Score
from .bits import Evaluation
from .bootstrap import ratio_interval
from .markov import MarkovModel
from .ppm import START, ContextTree, Text, combine

Floats = npt.NDArray[np.float64]
# What a reader is told of each.
WORDS = {
    "order 0": "how often each value came",
    "order 2": "a Markov chain: the two notes before",
    "last bar": "what stood a bar ago, or else how often",
    "PPM long": "PPM*, from the training pieces and on through these",
    "PPM short": "PPM*, from the piece alone",
    "PPM both": "the two combined as in Pearce (2005)",
}
NAMES = tuple(WORDS)
_TELLING = {"shift": "duration", "pitch": "pitch"}
_NOTHING = -2  # the telling field of the note before the first
_ROUNDS = 30  # of expectation maximisation: the chance of a repeat has long stopped moving


@dataclass(frozen=True, slots=True)
class Music:
    """Pieces as `context_of` gives them: contexts (num_notes + 1, C) and targets (num_notes + 1, F), one a piece."""

    contexts: Sequence[Columns]
    targets: Sequence[IntArray]


def baseline_bits(train: Music, test: Music, vocabulary: Vocabulary) -> dict[str, list[Floats]]:
    """Bits of every note by every baseline of `NAMES`: per piece (num_notes, F)."""
    sizes = [vocabulary.size(field) for field in vocabulary.fields]
    fields = tuple(vocabulary.values)
    frequencies = _frequencies(train.targets, sizes)
    found = {
        "order 0": [_plain_bits(target[:-1], frequencies) for target in test.targets],
        "order 2": MarkovModel(train.targets, sizes).bits(test.targets),
        "last bar": _last_bar(train, test, frequencies, Inputs.of(vocabulary)),
    }
    return {**found, **_ppm(train.targets, test.targets, sizes, fields)}


def beside(
    evaluation: Evaluation, train: Sequence[Score], test: Sequence[Score], vocabulary: Vocabulary, seed: int = 0
) -> dict[str, dict[str, Any]]:
    """Every baseline beside a network's evaluation of the melodies `test`, as JSON.

    Of each: bits per note with the key (and no length, which it does not know) and their interval, by field, and how
    many more that is than the network's, with the intervals over pieces of this difference and of that in each field.
    """
    found = baseline_bits(Music(*context_of(train, vocabulary)), Music(*context_of(test, vocabulary)), vocabulary)
    counts = [len(b) for b in evaluation.bits]
    own = _sums(evaluation.bits)
    extra = np.array(evaluation.length_bits)  # what the network alone pays

    def interval(amounts: Floats) -> list[float]:
        return list(ratio_interval(amounts, counts, np.random.default_rng(seed)))

    out = {}
    for name, bits in found.items():
        sums = _sums(bits)
        total, more = sums.sum(axis=1) + evaluation.key_bits, (sums - own).sum(axis=1) - extra
        out[name] = {
            "bits_per_note": float(total.sum() / sum(counts)),
            "interval": interval(total),
            "fields": dict(zip(evaluation.fields, (sums.sum(axis=0) / sum(counts)).tolist(), strict=True)),
            "more_than_model": float(more.sum() / sum(counts)),
            "more_than_model_interval": interval(more),
            "fields_more_than_model_interval": {
                field: interval(sums[:, place] - own[:, place]) for place, field in enumerate(evaluation.fields)
            },
        }
    return out


def _sums(bits: Sequence[Floats]) -> Floats:
    """Bits of whole pieces by field, (num_pieces, num_fields)."""
    return np.stack([table.sum(axis=0) for table in bits])


def _frequencies(targets: Sequence[IntArray], sizes: Sequence[int]) -> list[Floats]:
    """Per field the distribution of its values, each counted once more than it came; END counts as a shift."""
    out = []
    for place, size in enumerate(sizes):
        rows = [t if place == 0 else t[:-1] for t in targets]
        counts = np.bincount(np.concatenate(rows)[:, place], minlength=size) + 1.0
        out.append(counts / counts.sum())
    return out


def _plain_bits(rows: IntArray, frequencies: Sequence[Floats]) -> Floats:
    return np.stack([-np.log2(p[rows[:, place]]) for place, p in enumerate(frequencies)], axis=1)


def _last_bar(train: Music, test: Music, frequencies: Sequence[Floats], inputs: Inputs) -> list[Floats]:
    columns = [inputs.candidates(name).start for name in inputs.fields]  # of the look-backs, the first is one bar
    out = [_plain_bits(target[:-1], frequencies) for target in test.targets]
    for place, column in enumerate(columns):
        chance = _repeat_chance(train, frequencies[place], place, column)
        for piece, (context, target) in enumerate(zip(test.contexts, test.targets, strict=True)):
            said, value = context[:-1, column].astype(np.int64) - 1, target[:-1, place]
            mixed = (1 - chance) * frequencies[place][value] + chance * (said == value)
            out[piece][said >= 0, place] = -np.log2(mixed[said >= 0])
    return out


def _repeat_chance(train: Music, frequency: Floats, place: int, column: int) -> float:
    """How often a value is that of a bar ago because it repeats it, where a note stood there; 0 where none ever did."""
    said = np.concatenate([c[:-1, column] for c in train.contexts]).astype(np.int64) - 1
    value = np.concatenate([t[:-1, place] for t in train.targets])
    says = said >= 0
    same, by_accident = (said == value)[says], frequency[value[says]]
    if not len(same):
        return 0.0
    chance = 0.5
    for _ in range(_ROUNDS):
        chance = float((same * chance / (chance + (1 - chance) * by_accident)).mean())
    return min(chance, 1 - 1e-6)


def _ppm(
    train: Sequence[IntArray], test: Sequence[IntArray], sizes: Sequence[int], fields: tuple[str, ...]
) -> dict[str, list[Floats]]:
    notes: list[int] = []  # the fields share them
    texts = [Text(notes, []) for _ in fields]
    symbols: dict[tuple[int, ...], int] = {}
    long_term = [ContextTree(text, size) for text, size in zip(texts, sizes, strict=True)]
    for target in train:
        for event, row in _append(texts, fields, symbols, target):
            for tree, value in zip(long_term, row, strict=True):
                tree.add(event, value)
    out: dict[str, list[Floats]] = {"PPM long": [], "PPM short": [], "PPM both": []}
    for target in test:
        short_term = [ContextTree(text, size, raw_longest=True) for text, size in zip(texts, sizes, strict=True)]
        found = [
            [_bits(long, short, event, value) for long, short, value in zip(long_term, short_term, row, strict=True)]
            for event, row in _append(texts, fields, symbols, target)
        ]
        table = np.array(found).reshape(-1, len(fields), 3)
        for number, bits in enumerate(out.values()):
            bits.append(table[:, :, number])
    return out


def _bits(long: ContextTree, short: ContextTree, event: int, value: int) -> tuple[float, float, float]:
    """Of a value by the long-term model, the short-term one and both, which then learn it."""
    one, other = long.predict(event), short.predict(event)
    both = combine([one, other])
    long.add(event, value)
    short.add(event, value)
    return -float(np.log2(one[value])), -float(np.log2(other[value])), -float(np.log2(both[value]))


def _append(
    texts: Sequence[Text], fields: tuple[str, ...], symbols: dict[tuple[int, ...], int], target: IntArray
) -> Iterable[tuple[int, list[int]]]:
    """Write a piece at the end of the texts; yields its events with the rows of their values, END left out."""
    rows = target[:-1].tolist()
    notes = texts[0].notes
    first = len(notes) + 1
    notes.append(START)
    notes.extend(symbols.setdefault(tuple(row), len(symbols)) for row in rows)
    for place, (text, name) in enumerate(zip(texts, fields, strict=True)):
        text.heads.append(())
        before = [_NOTHING] * len(fields)
        for row in rows:
            telling = (before[fields.index(_TELLING[name])],) if name in _TELLING else ()
            text.heads.append((*telling, *reversed(row[:place])))
            before = row
    return enumerate(rows, start=first)
