"""Baselines: the bits per note of simple, well-known models on the same notes as the network, by field.

All are trained on the same pieces and evaluated on the same indices of the model's vocabulary, with pitches relative to
the tonic, so the bits of the key are added to theirs as to those of the network. They do not read the length, so its
bits are not added. Each predicts a field from the earlier fields of the same note too, as the network does.

    order 0        how often each value occurs
    order 2        a Markov chain: the field in the two notes before, and the note's earlier fields (markov.py)
    last bar       the value one bar earlier, with a probability fitted on the training pieces, else as order 0; the
                   value is the candidate of the look-back by one bar (events/lookbacks/by_bar.py)
    PPM long       PPM* (ppm.py) trained on the training pieces, which continues to learn on the test pieces
    PPM short      PPM* that learns on the current piece only
    PPM both       both combined as in Pearce (2005)

A context of PPM consists of, nearest first: the most informative field of the note before (`_INFORMATIVE`), the
note's earlier fields, then whole notes back to the start of the piece. Of the contexts tried, this one had the fewest
bits on the validation pieces of the Nottingham melodies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Columns, Float64s, IntArray
from ..events.context import context_of
from ..events.inputs import Inputs
from ..events.vocabulary import Vocabulary
from ..score.score import Score
from .bits import Evaluation
from .bootstrap import ratio_interval
from .figures import BaselineFigures
from .markov import MarkovModel
from .ppm import START, ContextTree, Text, combine

# A description of each baseline for readers of a table.
DESCRIPTIONS = {
    "order 0": "how often each value occurs",
    "order 2": "a Markov chain: the two notes before",
    "last bar": "the value one bar earlier, or else how often",
    "PPM long": "PPM*, from the training pieces and on through these",
    "PPM short": "PPM*, from the piece alone",
    "PPM both": "the two combined as in Pearce (2005)",
}
NAMES = tuple(DESCRIPTIONS)
_INFORMATIVE = {"shift": "duration", "pitch": "pitch"}  # field → nearest field of the previous note in its contexts
_NO_NOTE = -2  # the value of that field before the first note
_ROUNDS = 30  # of expectation maximisation; the probability of a repeat converges earlier


@dataclass(frozen=True, slots=True)
class EncodedPieces:
    """Pieces as `context_of` returns them: per piece contexts (num_notes + 1, C) and targets (num_notes + 1, F)."""

    contexts: Sequence[Columns]
    targets: Sequence[IntArray]


def baseline_bits(train: EncodedPieces, test: EncodedPieces, vocabulary: Vocabulary) -> dict[str, list[Float64s]]:
    """Return the bits of every note under every baseline of NAMES, (num_notes, F) for each piece."""
    sizes = [vocabulary.size(field) for field in vocabulary.fields]
    fields = tuple(vocabulary.values)
    frequencies = _frequencies(train.targets, sizes)
    bits = {
        "order 0": [_plain_bits(target[:-1], frequencies) for target in test.targets],
        "order 2": MarkovModel(train.targets, sizes).bits(test.targets),
        "last bar": _last_bar(train, test, frequencies, Inputs.of(vocabulary)),
    }
    return {**bits, **_ppm(train.targets, test.targets, sizes, fields)}


def compare_with_baselines(
    evaluation: Evaluation, train: Sequence[Score], test: Sequence[Score], vocabulary: Vocabulary, seed: int = 0
) -> dict[str, BaselineFigures]:
    """Return the figures of every baseline of NAMES, compared with a network's evaluation of the melodies `test`.

    Args:
        train: the melodies that the baselines learn from.
        seed: of the intervals.
    """
    by_baseline = baseline_bits(
        EncodedPieces(*context_of(train, vocabulary)), EncodedPieces(*context_of(test, vocabulary)), vocabulary
    )
    counts = [len(b) for b in evaluation.bits]
    model = _sums(evaluation.bits)
    length = np.array(evaluation.length_bits)  # added to the bits of the network only

    def interval(amounts: Float64s) -> list[float]:
        return list(ratio_interval(amounts, counts, np.random.default_rng(seed)))

    figures: dict[str, BaselineFigures] = {}
    for name, bits in by_baseline.items():
        sums = _sums(bits)
        total, more = sums.sum(axis=1) + evaluation.key_bits, (sums - model).sum(axis=1) - length
        figures[name] = {
            "bits_per_note": float(total.sum() / sum(counts)),
            "interval": interval(total),
            "fields": dict(zip(evaluation.fields, (sums.sum(axis=0) / sum(counts)).tolist(), strict=True)),
            "more_than_model": float(more.sum() / sum(counts)),
            "more_than_model_interval": interval(more),
            "fields_more_than_model_interval": {
                field: interval(sums[:, place] - model[:, place]) for place, field in enumerate(evaluation.fields)
            },
        }
    return figures


def _sums(bits: Sequence[Float64s]) -> Float64s:
    """Return the bits of each piece by field, (num_pieces, num_fields)."""
    return np.stack([table.sum(axis=0) for table in bits])


def _frequencies(targets: Sequence[IntArray], sizes: Sequence[int]) -> list[Float64s]:
    """Return the distribution of the values of each field, with add-one smoothing; END counts as a shift."""
    out = []
    for place, size in enumerate(sizes):
        rows = [t if place == 0 else t[:-1] for t in targets]
        counts = np.bincount(np.concatenate(rows)[:, place], minlength=size) + 1.0
        out.append(counts / counts.sum())
    return out


def _plain_bits(rows: IntArray, frequencies: Sequence[Float64s]) -> Float64s:
    """Return the bits of rows (num_notes, F) under a fixed distribution for each field, in the same shape."""
    return np.stack([-np.log2(p[rows[:, place]]) for place, p in enumerate(frequencies)], axis=1)


def _last_bar(
    train: EncodedPieces, test: EncodedPieces, frequencies: Sequence[Float64s], inputs: Inputs
) -> list[Float64s]:
    """Return the bits of the test pieces where a value repeats that of one bar earlier with a fitted probability."""
    columns = [inputs.candidates(name).start for name in inputs.fields]  # the first look-back is the one by one bar
    out = [_plain_bits(target[:-1], frequencies) for target in test.targets]
    for place, column in enumerate(columns):
        repeat = repeat_probability(train, frequencies[place], place, column)
        for piece, (context, target) in enumerate(zip(test.contexts, test.targets, strict=True)):
            candidate, value = context[:-1, column].astype(np.int64) - 1, target[:-1, place]
            mixed = (1 - repeat) * frequencies[place][value] + repeat * (candidate == value)
            out[piece][candidate >= 0, place] = -np.log2(mixed[candidate >= 0])
    return out


def repeat_probability(train: EncodedPieces, frequency: Float64s, place: int, column: int) -> float:
    """Return the probability that a note repeats the value of the note one bar earlier, where there is one; else 0.

    A value may also be equal by chance, with its probability in `frequency`, so the result is found by expectation
    maximisation.

    Args:
        frequency: distribution of the field's values, (num_values,).
        place: index of the field in the targets.
        column: of the candidate one bar earlier in the contexts, which holds 0 for none and else the value plus 1.
    """
    candidate = np.concatenate([c[:-1, column] for c in train.contexts]).astype(np.int64) - 1
    value = np.concatenate([t[:-1, place] for t in train.targets])
    exists = candidate >= 0
    same, by_accident = (candidate == value)[exists], frequency[value[exists]]
    if not len(same):
        return 0.0
    repeat = 0.5
    for _ in range(_ROUNDS):
        repeat = float((same * repeat / (repeat + (1 - repeat) * by_accident)).mean())
    return min(repeat, 1 - 1e-6)


def _ppm(
    train: Sequence[IntArray], test: Sequence[IntArray], sizes: Sequence[int], fields: tuple[str, ...]
) -> dict[str, list[Float64s]]:
    """Return the bits of the test pieces under the three models of PPM*, which learn each note after predicting it."""
    notes: list[int] = []  # shared by the texts of all fields
    texts = [Text(notes, []) for _ in fields]
    symbols: dict[tuple[int, ...], int] = {}
    long_term = [ContextTree(text, size) for text, size in zip(texts, sizes, strict=True)]
    for target in train:
        for event, row in _append(texts, fields, symbols, target):
            for tree, value in zip(long_term, row, strict=True):
                tree.add(event, value)
    out: dict[str, list[Float64s]] = {"PPM long": [], "PPM short": [], "PPM both": []}
    for target in test:
        short_term = [ContextTree(text, size, raw_longest=True) for text, size in zip(texts, sizes, strict=True)]
        bits = [
            [_bits(long, short, event, value) for long, short, value in zip(long_term, short_term, row, strict=True)]
            for event, row in _append(texts, fields, symbols, target)
        ]
        table = np.array(bits).reshape(-1, len(fields), 3)
        for number, tables in enumerate(out.values()):
            tables.append(table[:, :, number])
    return out


def _bits(long: ContextTree, short: ContextTree, event: int, value: int) -> tuple[float, float, float]:
    """Return the bits of a value under the long-term, short-term and combined model; both then learn the value."""
    by_long, by_short = long.predict(event), short.predict(event)
    both = combine([by_long, by_short])
    long.add(event, value)
    short.add(event, value)
    return -float(np.log2(by_long[value])), -float(np.log2(by_short[value])), -float(np.log2(both[value]))


def _append(
    texts: Sequence[Text], fields: tuple[str, ...], symbols: dict[tuple[int, ...], int], target: IntArray
) -> Iterable[tuple[int, list[int]]]:
    """Append a piece to the texts; returns (event, values of its fields) of every note, END left out."""
    rows = target[:-1].tolist()
    notes = texts[0].notes
    first = len(notes) + 1
    notes.append(START)
    notes.extend(symbols.setdefault(tuple(row), len(symbols)) for row in rows)
    for place, (text, name) in enumerate(zip(texts, fields, strict=True)):
        text.heads.append(())
        before = [_NO_NOTE] * len(fields)
        for row in rows:
            nearest = (before[fields.index(_INFORMATIVE[name])],) if name in _INFORMATIVE else ()
            text.heads.append((*nearest, *reversed(row[:place])))
            before = row
    return enumerate(rows, start=first)
