"""Bits per note: how well the network predicts melodies it is shown, by field and by how much they repeat.

bits = -log2 p, summed over the fields of a note and averaged over notes (Pearce 2005); END apart. What the network
is told beside the notes costs bits too, charged once a piece: its key (log2 12 for the tonic and the mode by its
share) because it was guessed from the piece, and its length in bars.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arrays import Columns, IntArray
from ..events.context import context_of
from ..events.lookbacks.table import CONTENT
from ..events.vocabulary import Vocabulary
from ..network.network import Network
from ..score.score import Score
from .bootstrap import ratio_interval

_BATCH = 64
_EPSILON = 1e-9  # as in model/network.py
MATCHES = {"0": (0, 0), "1": (1, 1), "2-3": (2, 3), "4+": (4, 255)}


@dataclass(frozen=True)
class Evaluation:
    """Bits of every note.

    Attributes:
        fields: names, F.
        bits: per piece float64 (num_notes, F).
        match: per piece int (num_notes,): how long a run look-back by content had found before the note.
        end_bits, key_bits, length_bits: one a piece.
        rounded: values that the vocabulary does not hold and that stand in for by their nearest.
    """

    fields: tuple[str, ...]
    bits: list[npt.NDArray[np.float64]]
    match: list[IntArray]
    end_bits: list[float]
    key_bits: list[float]
    length_bits: list[float]
    rounded: int

    @property
    def num_notes(self) -> int:
        return sum(len(b) for b in self.bits)

    @property
    def bits_per_note(self) -> float:
        """All fields, key and length included."""
        given = sum(self.key_bits) + sum(self.length_bits)
        return float((sum(b.sum() for b in self.bits) + given) / self.num_notes)

    @property
    def given_bits(self) -> list[float]:
        """What a piece pays for what the network is told of it beside its notes: key and length."""
        return [key + length for key, length in zip(self.key_bits, self.length_bits, strict=True)]

    def interval(self, field: str | None = None, seed: int = 0) -> tuple[float, float]:
        """The 95 % interval of bits per note over resampled pieces: of a field, or of all with key and length."""
        if field is None:
            amounts = [float(b.sum()) + given for b, given in zip(self.bits, self.given_bits, strict=True)]
        else:
            amounts = [float(b[:, self.fields.index(field)].sum()) for b in self.bits]
        return ratio_interval(amounts, [len(b) for b in self.bits], np.random.default_rng(seed))

    def to_json(self, seed: int = 0) -> dict[str, Any]:
        """Figures; `seed` is that of the intervals."""
        notes = self.num_notes
        total = np.concatenate(self.bits).sum(axis=1)
        match = np.concatenate(self.match)
        by_field = np.concatenate(self.bits).mean(axis=0)
        by_match = {}
        for label, (low, high) in MATCHES.items():
            chosen = (match >= low) & (match <= high)
            mean = float(total[chosen].mean()) if chosen.any() else None
            by_match[label] = {"bits_per_note": mean, "notes": int(chosen.sum())}
        return {
            "bits_per_note": self.bits_per_note,
            "interval": list(self.interval(seed=seed)),
            "fields": dict(zip(self.fields, by_field.tolist(), strict=True)),
            "field_intervals": {name: list(self.interval(name, seed)) for name in self.fields},
            "notes": notes,
            "pieces": len(self.bits),
            "key": sum(self.key_bits) / notes,
            "length": sum(self.length_bits) / notes,
            "end_per_piece": float(np.mean(self.end_bits)),
            "by_match": by_match,
            "rounded_values": self.rounded,
        }


def evaluate(
    network: Network,
    vocabulary: Vocabulary,
    melodies: Sequence[Score],
    on_piece: Callable[[int], None] | None = None,
) -> Evaluation:
    """Bits of every note of the melodies. `on_piece` is told how many pieces are done, as they are."""
    contexts, targets = context_of(melodies, vocabulary)
    order = np.argsort([len(t) for t in targets], kind="stable")
    tables: list[npt.NDArray[np.float64]] = [np.zeros((0, 0))] * len(melodies)
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        found = bits_of_batch(network, [contexts[i] for i in batch], [targets[i] for i in batch])
        for i, table in zip(batch, found, strict=True):
            tables[i] = table
        if on_piece is not None:
            on_piece(min(start + _BATCH, len(order)))
    run = network.inputs.place(f"run_{CONTENT}")
    return Evaluation(
        tuple(network.inputs.values),
        [table[:-1] for table in tables],
        [context[:-1, run].astype(np.int64) for context in contexts],
        [float(table[-1, 0]) for table in tables],
        [float(np.log2(12)) + vocabulary.mode_bits(m.key.mode) for m in melodies],
        [vocabulary.length_bits(m.num_bars) for m in melodies],
        sum(count_rounded(m, vocabulary) for m in melodies),
    )


def count_rounded(melody: Score, vocabulary: Vocabulary) -> int:
    """How many values of a melody the vocabulary does not hold."""
    return vocabulary.encode_score(melody)[1]


def bits_of_batch(
    network: Network, contexts: Sequence[Columns], targets: Sequence[IntArray]
) -> list[npt.NDArray[np.float64]]:
    """-log2 p of every field of every row, END's included, per piece (num_notes + 1, F)."""
    outputs = _outputs(network, contexts)
    rows = np.concatenate(contexts)
    values = np.concatenate(targets)
    joined = np.concatenate([outputs[n, : len(c)] for n, c in enumerate(contexts)])
    bits = np.zeros(values.shape)
    every = np.arange(len(values))
    for place, name in enumerate(network.inputs.values):
        p = network.head(name, joined, rows, values).probabilities()
        bits[:, place] = -np.log2(p[every, values[:, place]] + _EPSILON)
    return np.split(bits, np.cumsum([len(c) for c in contexts])[:-1])


def _outputs(network: Network, contexts: Sequence[Columns]) -> npt.NDArray[np.float32]:
    """Outputs of the trunk, (B, longest, U)."""
    longest = max(len(c) for c in contexts)
    padded = np.zeros((len(contexts), longest, contexts[0].shape[1]), dtype=np.uint8)
    for n, context in enumerate(contexts):
        padded[n, : len(context)] = context
    out = np.zeros((len(contexts), longest, network.units), dtype=np.float32)
    state = network.initial_state(len(contexts))
    for t in range(longest):
        out[:, t], state = network.step(padded[:, t], state)
    return out
