"""Compares a set of generated pieces with a set of real ones, feature by feature.

Pieces of several parts, or with chords, are compared by the features of polyphony too (part_features.py); the features
of melodies, the shares and the copies are then those of the leading line of each piece.

The distances between pieces in a feature are compared as in Yang and Lerch (2018), see similarity.py. The reference is
the same figure between two random halves of the real set, averaged over several divisions, at the same bandwidth.

Pieces of different lengths are not comparable: a longer piece has more pitches, more repeats and a larger range, and
a piece of 16 bars cannot return at bar 17. Therefore either the generated pieces have the lengths, meters and modes of
the real ones (generation/alike.py), or both sets are cut to their first bars (cut.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NotRequired, TypedDict

import numpy as np

from ..arrays import Float64s
from ..corpus.ingest.left_out import LeftOut, LeftOutJson
from ..errors import SettingError
from ..score.score import Score
from .classifier.classification import Classification, ClassificationFigures
from .features import FEATURES, Feature, values_of
from .novelty import Index
from .part_copies import PartIndexes
from .part_features import PART_FEATURES, is_melody, leading_line
from .passages import Copies, CopyFigures
from .shares import ShareFigures, Shares
from .similarity import Likeness, compare_samples, compare_sets, intra_distances, scott

MIN_PIECES = 4  # so that each half has two
_HALVINGS = 10


class SpreadFigures(TypedDict):
    """Mean and standard deviation of a feature over the pieces for which it is defined, and their number."""

    mean: float
    sd: float
    pieces: int


class RowFigures(TypedDict):
    """A `Row` as JSON."""

    generated: SpreadFigures
    real: SpreadFigures
    overlap: float
    divergence: float
    real_to_real_overlap: float
    real_to_real_divergence: float
    overlap_of_values: float


class ComparisonFigures(TypedDict):
    """A `Comparison` as JSON: features by name, copies by set ("generated", "real"), those of parts by slot first."""

    features: dict[str, RowFigures]
    generated: ShareFigures
    real: ShareFigures
    copies: dict[str, CopyFigures] | None
    part_copies: NotRequired[dict[str, dict[str, CopyFigures]]]
    left_out: list[LeftOutJson]
    classifier: NotRequired[ClassificationFigures]


@dataclass(frozen=True)
class Row:
    """A feature of both sets.

    Attributes:
        generated, real: the values of the pieces for which it is defined.
        likeness: the distances between the sets compared with those within the real set.
        yardstick: the same comparison between the two halves of the real set.
        overlap_of_values: overlapping area of the densities of the values, stricter than that of the distances.
    """

    feature: Feature
    generated: Float64s
    real: Float64s
    likeness: Likeness
    yardstick: Likeness
    overlap_of_values: float

    def __repr__(self) -> str:
        return f"Row({self.feature.name!r}, overlap {self.likeness.overlap:.2f}, halves {self.yardstick.overlap:.2f})"

    def to_json(self) -> RowFigures:
        """Return the row as JSON."""
        return {
            "generated": _spread(self.generated),
            "real": _spread(self.real),
            "overlap": self.likeness.overlap,
            "divergence": self.likeness.divergence,
            "real_to_real_overlap": self.yardstick.overlap,
            "real_to_real_divergence": self.yardstick.divergence,
            "overlap_of_values": self.overlap_of_values,
        }


@dataclass(frozen=True)
class Comparison:
    """Two sets compared.

    Attributes:
        rows: the features, without those that fewer than `MIN_PIECES` pieces of a set have.
        copies: those of the generated and of the real set.
        left_out: files and pieces that were received and are in neither set.
        not_compared: names of the features without a row.
        part_copies: those of the generated and of the real set by slot, where pieces have several parts.
        classification: how well a classifier tells the sets apart; None where it was not asked for.
        max_auc: the largest AUC, inner, that its check allows; None for a figure without a check.
    """

    rows: tuple[Row, ...]
    generated: Shares
    real: Shares
    copies: tuple[Copies, Copies] | None = None
    left_out: tuple[LeftOut, ...] = ()
    not_compared: tuple[str, ...] = ()
    part_copies: Mapping[str, tuple[Copies, Copies]] = field(default_factory=dict)
    classification: Classification | None = None
    max_auc: float | None = None

    def __repr__(self) -> str:
        sizes = f"{self.generated.pieces} generated and {self.real.pieces} real pieces"
        return f"Comparison({sizes}, {len(self.rows)} features)"

    def to_json(self) -> ComparisonFigures:
        """Return the comparison as JSON."""
        figures: ComparisonFigures = {
            "features": {row.feature.name: row.to_json() for row in self.rows},
            "generated": self.generated.to_json(),
            "real": self.real.to_json(),
            "copies": None if self.copies is None else _copies_by_set(self.copies),
            "left_out": [one.to_json() for one in self.left_out],
        }
        if self.part_copies:
            figures["part_copies"] = {slot: _copies_by_set(copies) for slot, copies in self.part_copies.items()}
        if self.classification is not None:
            figures["classifier"] = self.classification.to_json()
        return figures


def compare(
    generated: Sequence[Score],
    real: Sequence[Score],
    seed: int = 0,
    index: Index | None = None,
    left_out: tuple[LeftOut, ...] = (),
    part_indexes: PartIndexes | None = None,
) -> Comparison:
    """Return the comparison of two sets of pieces, of at least one note each.

    Args:
        seed: of the division of the real set into halves.
        index: training tunes of a model, none of which may be in `real`, to search for copies; None for no search.
        left_out: what was left out of the two sets, for the result and for the message of an error.
        part_indexes: training pieces, to search for copies part by part; None for no such search.

    Raises:
        SettingError: for a set of fewer than MIN_PIECES.
    """
    for name, melodies in (("generated", generated), ("real", real)):
        if len(melodies) < MIN_PIECES:
            reasons = "".join(f"; {one}" for one in left_out)
            raise SettingError(
                f"the {name} set must hold at least {MIN_PIECES} melodies. Received: {len(melodies)}{reasons}"
            )
    lines = [[leading_line(piece) for piece in pieces] for pieces in (generated, real)]
    of_lines = [values_of(pieces) for pieces in lines]
    features, values = FEATURES, of_lines
    if not all(is_melody(piece) for piece in (*generated, *real)):
        features = FEATURES + PART_FEATURES
        both = zip(of_lines, (generated, real), strict=True)
        values = [of_line | values_of(pieces, PART_FEATURES) for of_line, pieces in both]
    rng = np.random.default_rng(seed)
    rows = [_row(feature, values[0][feature.name], values[1][feature.name], rng) for feature in features]
    return Comparison(
        tuple(row for row in rows if row is not None),
        Shares.of(lines[0], of_lines[0]),
        Shares.of(lines[1], of_lines[1]),
        (index.copies(lines[0]), index.copies(lines[1])) if index is not None else None,
        left_out,
        tuple(feature.name for feature, row in zip(features, rows, strict=True) if row is None),
        {} if part_indexes is None else _part_copies(part_indexes, generated, real),
    )


def _row(feature: Feature, generated: Float64s, real: Float64s, rng: np.random.Generator) -> Row | None:
    """Return a row of the comparison; None where one of the sets has fewer than MIN_PIECES values."""
    generated, real = generated[~np.isnan(generated)], real[~np.isnan(real)]
    if min(len(generated), len(real)) < MIN_PIECES:
        return None
    bandwidth = scott(intra_distances(real))
    halves = [compare_sets(*_halves(real, rng), bandwidth) for _ in range(_HALVINGS)]
    yardstick = Likeness(
        float(np.mean([half.overlap for half in halves])), float(np.mean([half.divergence for half in halves]))
    )
    likeness = compare_sets(real, generated, bandwidth)
    return Row(feature, generated, real, likeness, yardstick, compare_samples(real, generated, scott(real)).overlap)


def _part_copies(
    indexes: PartIndexes, generated: Sequence[Score], real: Sequence[Score]
) -> dict[str, tuple[Copies, Copies]]:
    """Return the copies of both sets in the slots that both have."""
    of_generated, of_real = indexes.copies(generated), indexes.copies(real)
    return {slot: (copies, of_real[slot]) for slot, copies in of_generated.items() if slot in of_real}


def _copies_by_set(copies: tuple[Copies, Copies]) -> dict[str, CopyFigures]:
    return {"generated": copies[0].to_json(), "real": copies[1].to_json()}


def _halves(values: Float64s, rng: np.random.Generator) -> tuple[Float64s, Float64s]:
    order = rng.permutation(len(values))
    return values[order[: len(values) // 2]], values[order[len(values) // 2 :]]


def _spread(values: Float64s) -> SpreadFigures:
    return {"mean": float(values.mean()), "sd": float(values.std()), "pieces": len(values)}
