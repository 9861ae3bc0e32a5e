"""Bits per note: how well the network predicts given melodies, by field and by length of repeated passages.

bits = -log2 p, summed over the fields of a note and averaged over notes (Pearce 2005); those of END are separate.
Key and length are conditions that the network reads besides the notes. They are taken from the piece, so their bits
are added too, once per piece: log2 12 for the tonic, -log2 of the mode's share, and those of the number of bars.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from ..arrays import Bools, Columns, Float32s, Float64s, IntArray
from ..corpus.ingest.left_out import LeftOut
from ..errors import SettingError
from ..events.context import context_of
from ..events.lookbacks.table import CONTENT, PASSAGE
from ..events.parts.ahead import Events, add_given
from ..events.parts.names import part_name
from ..events.vocabulary import Vocabulary
from ..music.units import NUM_PITCH_CLASSES
from ..network.network import EPSILON, Network
from ..score.score import Score
from .bootstrap import ratio_interval
from .breakdown import by_match, by_part, by_verse
from .figures import BaselineFigures, EvaluationFigures, VerseFigures
from .verses import repeated_notes

Rows: TypeAlias = tuple[list[Columns], list[IntArray]]  # the contexts and targets of pieces

_BATCH = 64


@dataclass(frozen=True)
class Evaluation:
    """The bits of every note of some pieces.

    Attributes:
        fields: names of the F fields.
        bits: for each piece float64 (num_notes, F).
        match: for each piece int64 (num_notes,): length of the passage that the look-back by content had matched before
            the note.
        end_bits, key_bits, length_bits: one value for each piece.
        rounded: number of values that are not in the vocabulary and were replaced by the nearest ones in it.
        left_out: files, and melodies in files, that were received and are not among the pieces.
        baselines: figures of simpler models on the same pieces, by name, where they were asked for.
        part: for each piece int64 (num_notes,): the part of each note by index; empty for a model of melodies.
        parts: names of the parts.
        given: for each piece bool (num_notes,): which notes were given; empty where none was. Of a given note the bits
            of shift and part count, which say that nothing new comes before it, and the note is not counted.
        repeated: for each piece bool (num_notes,): which notes are of verses that repeat within the piece (see
            `evaluation.verses`); empty where it was not looked for.
    """

    fields: tuple[str, ...]
    bits: list[Float64s]
    match: list[IntArray]
    end_bits: list[float]
    key_bits: list[float]
    length_bits: list[float]
    rounded: int
    left_out: tuple[LeftOut, ...] = ()
    baselines: Mapping[str, BaselineFigures] = field(default_factory=dict)
    part: Sequence[IntArray] = ()
    parts: tuple[str, ...] = ()
    given: Sequence[Bools] = ()
    repeated: Sequence[Bools] = ()

    def __repr__(self) -> str:
        size = f"{len(self.bits)} piece{'s' * (len(self.bits) != 1)}, {self.num_notes} notes"
        return f"Evaluation({self.bits_per_note:.3f} bits per note, {size})"

    @property
    def num_notes(self) -> int:
        """Number of notes of all pieces that were not given."""
        return sum(self.sizes)

    @property
    def sizes(self) -> list[int]:
        """Number of notes of each piece that were not given."""
        if self.given:
            return [int(np.count_nonzero(~own)) for own in self.given]
        return [len(own) for own in self.bits]

    @property
    def bits_per_note(self) -> float:
        """Bits per note over all pieces: all fields, key and length."""
        conditions = sum(self.key_bits) + sum(self.length_bits)
        return float((sum(b.sum() for b in self.bits) + conditions) / self.num_notes)

    @property
    def condition_bits(self) -> list[float]:
        """Bits of the key and the length of each piece."""
        return [key + length for key, length in zip(self.key_bits, self.length_bits, strict=True)]

    @property
    def bits_of_pieces(self) -> list[float]:
        """Bits per note of each piece, in order: all fields, key and length."""
        rows = zip(self.bits, self.condition_bits, self.sizes, strict=True)
        return [float((bits.sum() + extra) / max(1, size)) for bits, extra, size in rows]

    def interval(self, field: str | None = None, seed: int = 0) -> tuple[float, float]:
        """Return the 95 % interval, over resampled pieces, of bits per note.

        Args:
            field: the field to measure; None for all fields, key and length.
            seed: of the resampling.
        """
        if field is None:
            amounts = [float(b.sum()) + extra for b, extra in zip(self.bits, self.condition_bits, strict=True)]
        else:
            amounts = [float(b[:, self.fields.index(field)].sum()) for b in self.bits]
        return ratio_interval(amounts, self.sizes, np.random.default_rng(seed))

    def to_json(self, seed: int = 0) -> EvaluationFigures:
        """Return the figures of the evaluation; `seed` is used for the intervals."""
        notes = self.num_notes
        by_field = np.concatenate(self.bits).sum(axis=0) / notes
        figures: EvaluationFigures = {
            "bits_per_note": self.bits_per_note,
            "interval": list(self.interval(seed=seed)),
            "fields": dict(zip(self.fields, by_field.tolist(), strict=True)),
            "field_intervals": {name: list(self.interval(name, seed)) for name in self.fields},
            "notes": notes,
            "pieces": len(self.bits),
            "key": sum(self.key_bits) / notes,
            "length": sum(self.length_bits) / notes,
            "end_per_piece": float(np.mean(self.end_bits)),
            "by_match": by_match(self.bits, self.match),
            "verses": self.verses(seed),
            "rounded_values": self.rounded,
            "left_out": [one.to_json() for one in self.left_out],
        }
        if self.parts:
            figures["parts"] = by_part(self.bits, self.part, self.given, self.fields, self.parts)
        return figures

    def verses(self, seed: int = 0) -> VerseFigures:
        """Return the figures of verses that repeat within a piece, and of all other notes: bits per note without them.

        Args:
            seed: of the resampling for the interval.
        """
        return by_verse(self.bits, self.condition_bits, self.repeated, self.given, np.random.default_rng(seed))


def evaluate(
    network: Network,
    vocabulary: Vocabulary,
    melodies: Sequence[Score],
    on_piece: Callable[[int], None] | None = None,
    given: Sequence[int] = (),
    rows: Rows | None = None,
) -> Evaluation:
    """Return the bits of every note of the melodies, or of scores of several parts.

    Args:
        given: parts, by index in the vocabulary, that are given.
        on_piece: called after every batch with the number of finished pieces.
        rows: what `context_of` returns for these melodies, where it is known already; `given` changes the contexts.

    Raises SettingError for pieces of several parts where the vocabulary is that of melodies, and where all notes are
    given.
    """
    refuse_parts(vocabulary, melodies)
    contexts, targets = rows or context_of(melodies, vocabulary)
    is_given = [np.isin(target[:-1, 1], given) for target in targets] if given else []
    if is_given and all(own.all() for own in is_given):
        raise SettingError("there must be notes that are not given. Received: none in these pieces")
    for context, target, own in zip(contexts, targets, is_given, strict=False):
        add_given(context, Events.of(target[:-1], vocabulary), own, vocabulary, network.inputs)
    order = np.argsort([len(t) for t in targets], kind="stable")
    tables: list[Float64s] = [np.zeros((0, 0))] * len(melodies)
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        bits = bits_of_batch(network, [contexts[i] for i in batch], [targets[i] for i in batch])
        for i, table in zip(batch, bits, strict=True):
            tables[i] = table
            if is_given:
                table[:-1, 2:][is_given[i]] = 0
        if on_piece is not None:
            on_piece(min(start + _BATCH, len(order)))
    run = network.inputs.place(f"run_{PASSAGE if network.inputs.parts else CONTENT}")
    return Evaluation(
        tuple(network.inputs.values),
        [table[:-1] for table in tables],
        [context[:-1, run].astype(np.int64) for context in contexts],
        [float(table[-1, 0]) for table in tables],
        [float(np.log2(NUM_PITCH_CLASSES)) + vocabulary.mode_bits(m.key.mode) for m in melodies],
        [vocabulary.length_bits(m.num_bars) for m in melodies],
        sum(count_rounded(m, vocabulary) for m in melodies),
        part=[target[:-1, 1] for target in targets] if vocabulary.parts else (),
        parts=tuple(part_name(vocabulary, part) for part in range(len(vocabulary.parts))),
        given=is_given,
        repeated=[repeated_notes(m) for m in melodies],
    )


def refuse_parts(vocabulary: Vocabulary, scores: Sequence[Score]) -> None:
    """Raise SettingError for scores of several parts where the vocabulary is that of melodies."""
    several = [score for score in scores if len(score.parts) > 1]
    if several and "part" not in vocabulary.values:
        raise SettingError(
            f"a model of melodies must be given melodies. Received: {len(several)} of {len(scores)} with several parts"
        )


def count_rounded(melody: Score, vocabulary: Vocabulary) -> int:
    """Return the number of values of a melody that are not in the vocabulary."""
    return vocabulary.encode_score(melody)[1]


def bits_of_batch(network: Network, contexts: Sequence[Columns], targets: Sequence[IntArray]) -> list[Float64s]:
    """Return -log2 p of every field of every row, END included.

    Args:
        contexts: for each piece (num_notes + 1, C).
        targets: for each piece the indices of the fields, (num_notes + 1, F).

    Returns:
        For each piece float64 (num_notes + 1, F).
    """
    values = np.concatenate(targets)
    bits = np.zeros(values.shape)
    every = np.arange(len(values))
    for place, (name, own) in enumerate(distributions_of(network, contexts, targets)):
        p = network.ngrams.over(name, own, targets)
        bits[:, place] = -np.log2(p[every, values[:, place]] + EPSILON)
    if network.inputs.parts:
        bits *= network.inputs.applies[values[:, 1]]
    return np.split(bits, np.cumsum([len(c) for c in contexts])[:-1])


def distributions_of(
    network: Network, contexts: Sequence[Columns], targets: Sequence[IntArray]
) -> Iterator[tuple[str, Float32s]]:
    """Return each field with the network's distributions, without experts, for every row of all pieces, (N, V).

    Args:
        contexts, targets: see `bits_of_batch`.
    """
    outputs = _outputs(network, contexts)
    rows, values = np.concatenate(contexts), np.concatenate(targets)
    joined = np.concatenate([outputs[n, : len(c)] for n, c in enumerate(contexts)])
    for name in network.inputs.values:
        yield name, network.head(name, joined, rows, values).probabilities()


def _outputs(network: Network, contexts: Sequence[Columns]) -> Float32s:
    """Return the outputs of the recurrent layers for B pieces, (B, longest, U), padded at the end."""
    longest = max(len(c) for c in contexts)
    padded = np.zeros((len(contexts), longest, contexts[0].shape[1]), dtype=np.uint8)
    for n, context in enumerate(contexts):
        padded[n, : len(context)] = context
    out = np.zeros((len(contexts), longest, network.units), dtype=np.float32)
    state = network.initial_state(len(contexts))
    for t in range(longest):
        out[:, t], state = network.step(padded[:, t], state)
    return out
