"""The result of the classifier two-sample test, as values and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from .auc import Auc, AucFigures
from .differences import Difference, DifferenceFigures


class ControlFigures(TypedDict):
    """A `Control` as JSON."""

    pieces: int
    inner: AucFigures
    with_edges: AucFigures


class ClassificationFigures(TypedDict):
    """A `Classification` as JSON; groups by name."""

    bars: int
    pieces: int
    inner: AucFigures
    with_edges: AucFigures
    control: ControlFigures
    groups: dict[str, AucFigures]
    strongest: list[DifferenceFigures]
    features: list[DifferenceFigures]


@dataclass(frozen=True, slots=True)
class Control:
    """The same test between two halves of the real set, of `pieces` pieces each."""

    pieces: int
    inner: Auc
    with_edges: Auc

    def to_json(self) -> ControlFigures:
        """Return the control as JSON."""
        return {"pieces": self.pieces, "inner": self.inner.to_json(), "with_edges": self.with_edges.to_json()}


@dataclass(frozen=True, slots=True)
class Classification:
    """How well a classifier tells generated pieces from real ones, and by what.

    Attributes:
        num_bars: first full bars that were compared.
        pieces: pieces of each set that were compared.
        inner: without the pick-up and the last note.
        with_edges: with them.
        control: real pieces against other real pieces.
        groups: by the features of one group alone, without n-grams.
        strongest: the features that differ most, each saying something else.
        features: all features that vary, the one that differs most first.
    """

    num_bars: int
    pieces: int
    inner: Auc
    with_edges: Auc
    control: Control
    groups: Mapping[str, Auc]
    strongest: tuple[Difference, ...]
    features: tuple[Difference, ...]

    def __repr__(self) -> str:
        return f"Classification({self.pieces} pieces of each set, inner {self.inner}, with edges {self.with_edges})"

    def to_json(self) -> ClassificationFigures:
        """Return it as JSON."""
        return {
            "bars": self.num_bars,
            "pieces": self.pieces,
            "inner": self.inner.to_json(),
            "with_edges": self.with_edges.to_json(),
            "control": self.control.to_json(),
            "groups": {name: auc.to_json() for name, auc in self.groups.items()},
            "strongest": [difference.to_json() for difference in self.strongest],
            "features": [difference.to_json() for difference in self.features],
        }
