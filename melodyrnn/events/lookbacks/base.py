"""Look-backs: pointers to an earlier note that the next note may repeat.

At every note each look-back proposes a candidate for each field: for the shift before the onset is known, for the other
fields once it is. Copy gates in the heads choose among the candidates (model/network.py). A look-back also reports its
run: for how many consecutive notes its candidate has been right.

Shapes: B scores of a batch.
"""

from __future__ import annotations

from typing import Protocol

from ...arrays import IntArray
from ..history import History


class LookBackState(Protocol):
    """The state of a look-back for a batch of scores."""

    @property
    def run(self) -> IntArray:
        """For how many consecutive notes the candidates have been right, (B,)."""

    def append(self) -> None:
        """Update the state for the note that was last appended to the history."""

    def next_shift(self) -> IntArray:
        """Return the candidate for the shift of the next note, a value (B,); -1 where there is none."""

    def source(self, onset: IntArray) -> IntArray:
        """Return the index of the note whose other fields are proposed for a note at `onset` (B,); -1 for none."""

    def adapt(self, field: str, values: IntArray) -> IntArray:
        """Return the candidates that follow from a field's values at `source`, (B,); a pitch may be transposed."""


class LookBack(Protocol):
    """A kind of look-back."""

    @property
    def name(self) -> str:
        """The suffix of the names of its columns."""

    def begin(self, history: History) -> LookBackState:
        """Return the initial state for a batch whose history is empty."""
