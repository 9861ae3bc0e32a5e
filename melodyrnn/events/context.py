"""Contexts and targets of finished scores, computed by running `Past` over batches of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Bools, Columns, IntArray
from ..conditions.laid_out import layouts_of
from ..conditions.outline import Outline
from ..conditions.table import CONDITIONS, OF_LAYOUT
from ..score.score import Score
from ..score.slots import slots_of
from .inputs import Inputs
from .parts.past import PLAYS, past_of
from .vocabulary import Vocabulary

_BATCH = 256  # scores per batch: enough to make the loop over notes cheap, few enough for the processor's cache


def context_of(
    scores: Sequence[Score], vocabulary: Vocabulary, with_conditions: bool = False
) -> tuple[list[Columns], list[IntArray]]:
    """Return the contexts and targets of finished scores.

    Args:
        with_conditions: whether conditions that are computed from whole scores (the form) are known; else they are
            unknown, as they are where a score is evaluated.

    Returns:
        For each score its context, uint8 (num_notes + 1, num_columns), and its indices, int64 (num_notes + 1,
        num_fields). The last row is END: its shift is `vocabulary.end`, the rest is 0.
    """
    inputs = Inputs.of(vocabulary)
    outlines = outlines_of(scores, vocabulary) if with_conditions else [Outline.of(score) for score in scores]
    indices = [vocabulary.encode_score(score)[0] for score in scores]
    contexts: list[Columns] = [np.zeros((0, len(inputs.columns)), np.uint8)] * len(scores)
    order = np.argsort([len(score) for score in scores], kind="stable")
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        table = _context_of_batch([indices[i] for i in batch], [outlines[i] for i in batch], vocabulary)
        for row, i in enumerate(batch):
            contexts[i] = table[row, : len(indices[i]) + 1].copy()
            contexts[i][-1, len(inputs.before) :] = 0  # END has no onset
    end = np.zeros((1, len(inputs.fields)), dtype=np.int64)
    end[0, 0] = vocabulary.end
    return contexts, [np.concatenate([index, end]) for index in indices]


def outlines_of(scores: Sequence[Score], vocabulary: Vocabulary) -> list[Outline]:
    """Return the outlines of finished scores, with the values of all conditions of the vocabulary."""
    values: list[dict[str, object]] = [{} for _ in scores]
    for name in vocabulary.conditions:
        for own, value in zip(values, CONDITIONS[name].of_scores(scores) or [], strict=False):
            own[name] = value
    if vocabulary.parts:
        for own, score in zip(values, scores, strict=True):
            own[PLAYS] = _playing(score, vocabulary)
    layouts = layouts_of(scores) if set(OF_LAYOUT) & set(vocabulary.conditions) else [None] * len(scores)
    return [Outline.of(*own) for own in zip(scores, values, layouts, strict=True)]


def _playing(score: Score, vocabulary: Vocabulary) -> Bools:
    """Return which parts of a vocabulary have notes in a score, (P,)."""
    slots = np.array(slots_of(score.parts))[np.unique(score.part)]
    return np.isin(vocabulary.sorted_values["part"], slots)


def _context_of_batch(indices: list[IntArray], outlines: list[Outline], vocabulary: Vocabulary) -> Columns:
    """Return the contexts of a batch, (batch, longest + 1, num_columns); rows past the end of a score are undefined."""
    longest = max(len(index) for index in indices)
    values = np.zeros((len(indices), longest, len(vocabulary.values)), dtype=np.int64)
    for row, index in enumerate(indices):
        for place, possible in enumerate(vocabulary.sorted_values.values()):
            values[row, : len(index), place] = possible[index[:, place]]
    past = past_of(vocabulary, outlines, longest)
    split, known = len(past.inputs.before), len(past.inputs.before + past.inputs.at)
    parts = vocabulary.index("part", values[..., 1]) if vocabulary.parts else None
    out = np.zeros((len(indices), longest + 1, len(past.inputs.columns)), dtype=np.uint8)
    for n in range(longest):
        out[:, n, :split] = past.before()
        out[:, n, split:known] = past.at(values[:, n, 0])
        if parts is not None:
            out[:, n, known:] = past.within(values[:, n, 0], parts[:, n])
        past.append(values[:, n])
    out[:, longest, :split] = past.before()
    return out
