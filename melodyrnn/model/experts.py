"""The n-gram experts of a model (ngrams/): counted in the training pieces, weighted on the validation pieces.

A field gets experts where they save bits on the validation split. Without such a split the usual weights are taken,
which fit small corpora, where the network has learned little; of a large corpus a model has none then. A network
without look-backs has none: it is there to show what the network does by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..arrays import AnyFloats, IntArray
from ..checkpoint import Metadata, Weights
from ..corpus.sample import step_of
from ..corpus.store import Corpus
from ..evaluation.bits import distributions_of, evaluate
from ..events.context import context_of
from ..events.vocabulary import Vocabulary
from ..network.network import Network
from ..ngrams.fit import USUAL, fit_weights
from ..ngrams.ngrams import FLOOR, Ngrams, can_count, mixed
from ..ngrams.table import Table
from ..ngrams.views import VIEWS
from ..score.score import Score
from .settings import SMALL
from .validation import MAX_VALIDATED

_LEAST_GAIN = 0.002  # bits a note for which a field gets experts
_MAX_COUNTED, _MAX_FITTED = 500_000, 20_000  # notes; of more, some of the pieces are taken
_BATCH = 32  # pieces


def with_experts(metadata: Metadata, weights: Weights, corpus: Corpus) -> Metadata:
    """Return the metadata of a trained model with its experts; its bits on the validation split are then with them."""
    vocabulary = metadata.vocabulary
    num_train = sum(record.num_notes for record in corpus.records("train"))
    validation = corpus.some("validation", MAX_VALIDATED)
    sizes = {field.name: vocabulary.size(field) for field in vocabulary.fields}
    if vocabulary.parts or not can_count(sizes) or not metadata.network.get("lookbacks", True):
        return metadata
    if not validation and num_train >= SMALL:
        return metadata
    counted = _counted(corpus.some("train", _MAX_COUNTED), vocabulary)
    if not validation:
        return replace(metadata, ngrams=replace(counted, weights=USUAL))
    fitted = replace(counted, weights=_fitted(Network(metadata, weights), counted, validation, vocabulary))
    if not fitted.weights:
        return metadata
    found = replace(metadata, ngrams=fitted)
    bits = evaluate(Network(found, weights), vocabulary, validation).bits_per_note
    return replace(found, training={**metadata.training, "validation_bits_per_note": bits})


def _counted(pieces: Sequence[Score], vocabulary: Vocabulary) -> Ngrams:
    rows = [vocabulary.encode_score(score)[0] for score in pieces]
    fields = tuple(vocabulary.values)
    return Ngrams(fields, {}, {view.name: Table.of(view, rows, fields) for view in VIEWS})


def _fitted(
    network: Network, counted: Ngrams, validation: Sequence[Score], vocabulary: Vocabulary
) -> dict[str, tuple[float, ...]]:
    """Return the weights of the fields in which experts save bits."""
    contexts, targets = context_of(_some(validation, _MAX_FITTED), vocabulary)
    batches = [slice(start, start + _BATCH) for start in range(0, len(targets), _BATCH)]
    own = [dict(distributions_of(network, contexts[batch], targets[batch])) for batch in batches]
    is_note = np.concatenate([np.arange(len(target)) < len(target) - 1 for target in targets])  # and not END
    weights: dict[str, tuple[float, ...]] = {}
    for name, usual in USUAL.items():
        values = np.concatenate(targets)[is_note, counted.fields.index(name)]
        p = np.concatenate([one[name] for one in own])[is_note]
        experts = np.concatenate([counted.experts_over(name, targets[batch], p.shape[1]) for batch in batches], axis=1)
        experts = experts[:, is_note]
        found = fit_weights(p, experts, values, usual)
        if _bits(p, values) - _bits(mixed(p, experts, found), values) >= _LEAST_GAIN:
            weights[name] = found
    return weights


def _some(pieces: Sequence[Score], max_notes: int) -> Sequence[Score]:
    """Return the pieces, or every second, third ... of them, so that they have about `max_notes` notes at most."""
    return pieces[:: step_of(sum(map(len, pieces)), max_notes)]


def _bits(p: AnyFloats, values: IntArray) -> float:
    return -float(np.log2(p[np.arange(len(values)), values] + FLOOR).mean())
