"""What a look-back is: a pointer to an earlier note that may be repeated now.

At every note each look-back proposes a candidate for each field: for the shift before the onset is known, for the other
fields once it is. Copy gates in the heads choose among the candidates (model/network.py). A look-back also reports
how many notes in a row its candidate has been right, its run.

Shapes: B scores side by side.
"""

from __future__ import annotations

from typing import Protocol

from ...arrays import IntArray
from ..history import History


class LookBackState(Protocol):
    """A look-back at work on a batch."""

    @property
    def run(self) -> IntArray:
        """Notes in a row that the candidates have been right, (B,)."""

    def append(self) -> None:
        """Follow the note that the history has just taken."""

    def next_shift(self) -> IntArray:
        """Return the candidate for the shift of the next note, a value (B,); -1 where there is none."""

    def source(self, onset: IntArray) -> IntArray:
        """Return the index of the note that proposes the other fields of a note at `onset` (B,); -1 for none."""

    def adapt(self, field: str, values: IntArray) -> IntArray:
        """Return the candidates made of a field's values at `source`, (B,): a pitch may be moved, for example."""


class LookBack(Protocol):
    """A kind of look-back."""

    @property
    def name(self) -> str:
        """The end of its columns' names."""

    def begin(self, history: History) -> LookBackState:
        """Return its state for a batch whose history is still empty."""
