"""Look-backs: pointers to an earlier note that the next note may repeat.

At every note each look-back proposes a candidate for each field: for the shift before the onset is known, for the other
fields once it is. Copy gates in the heads choose among the candidates (model/network.py). A look-back also reports its
run: for how many consecutive notes its candidate has been right.

Look-backs of one kind that follow each other in the table share a state, which computes all of them at once.

Shapes: B scores of a batch, S look-backs of a state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, Self

from ...arrays import IntArray
from ..history import History


class LookBackState(Protocol):
    """The state of S look-backs of one kind for a batch of scores."""

    @property
    def run(self) -> IntArray:
        """For how many consecutive notes the candidates have been right, (S, B)."""

    def append(self) -> None:
        """Update the state for the note that was last appended to the history."""

    def next_shift(self) -> IntArray:
        """Return the candidates for the shift of the next note, values (S, B); -1 where there is none."""

    def source(self, onset: IntArray) -> IntArray:
        """Return the index of the note whose other fields are proposed for a note at `onset` (B,), (S, B); or -1."""

    def source_in(self, onset: IntArray, part: IntArray) -> IntArray:
        """Return the same once the part (B,), an index, is known too: the note whose further fields are proposed."""

    def adapt(self, field: str, values: IntArray) -> IntArray:
        """Return the candidates that follow from a field's values at `source`, (S, B); a pitch may be transposed."""


class LookBack(Protocol):
    """A kind of look-back."""

    @property
    def name(self) -> str:
        """The suffix of the names of its columns."""

    def begin(self, history: History, others: Sequence[Self]) -> LookBackState:
        """Return the initial state of this look-back and `others` of its kind for a batch whose history is empty."""
