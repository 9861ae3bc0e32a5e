"""Batches of sequences to train on, cut from the contexts of a corpus.

A sequence is a window of at most `length` events of one piece. Its start is drawn from a range that
extends half a window beyond either end of the piece and is then moved inside, so that the first event and END are
drawn half as often as the events in the middle; with a start drawn inside the piece they would be hundreds of times
rarer. In a share of the sequences all look-backs are hidden, so that the network also learns to continue where it can
copy nothing. Each condition that can be hidden (the form) is hidden in a share of its own, because it is unknown when
pieces are evaluated. Those of the layout, and the form with them, are hidden together in a share, and each is hidden by
itself in a share of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..arrays import Columns
from ..conditions.table import CONDITIONS, OF_LAYOUT
from ..events.inputs import Inputs
from ..events.parts.ahead import Events, add_given
from ..events.vocabulary import Vocabulary
from .given import draw_given

_HIDE_PLAYS = 0.25  # share of sequences in which it is not known which parts play
_HIDE_FORM = 0.5
_HIDE_OF_LAYOUT = 0.15  # share of the sequences with a layout in which one condition of it is not known

Int32Array = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Batches:
    """Draws batches.

    Attributes:
        contexts, targets: of each piece, as `events.context.context_of` returns them.
        inputs: the inputs that define the columns of the contexts.
        length, size: events in a sequence, sequences in a batch.
        hide_lookbacks: share of sequences in which the look-backs are hidden, 0..1.
        hide_form: share of sequences in which the form is hidden, and the whole layout with it, 0..1.
        vocabulary: of the targets; needed with several parts.
        bars: steps in a bar of each piece; needed with several parts.
        given_share: share of sequences in which some events are given (given.py), 0..1; with several parts only.
    """

    contexts: Sequence[Columns]
    targets: Sequence[npt.NDArray[np.signedinteger]]
    inputs: Inputs
    length: int = 128
    size: int = 32
    hide_lookbacks: float = 0.25
    hide_form: float = _HIDE_FORM
    vocabulary: Vocabulary | None = None
    bars: Sequence[int] = ()
    given_share: float = 0.5

    @property
    def per_epoch(self) -> int:
        """Number of batches that hold about as many events as the corpus."""
        return max(1, round(float(self._windows.sum()) / self.size))

    @cached_property
    def _windows(self) -> npt.NDArray[np.float64]:
        """The number of sequences in each piece, (num_pieces,); at least one."""
        return np.array([max(1.0, len(t) / self.length) for t in self.targets])

    @cached_property
    def _cumulative_shares(self) -> npt.NDArray[np.float64]:
        """The share of all sequences in each piece and those before it, (num_pieces,)."""
        total = (self._windows / self._windows.sum()).cumsum()
        return total / total[-1]

    @cached_property
    def _hidden_shares(self) -> dict[str, float]:
        """The share of sequences in which each condition is hidden, for those that can be."""
        shares = {name: CONDITIONS[name].hidden_share for name in self.inputs.conditions}
        if "form" in shares:
            shares["form"] = self.hide_form
        shares.update(dict.fromkeys(self._of_layout, _HIDE_OF_LAYOUT))
        return {name: share for name, share in shares.items() if share is not None}

    @cached_property
    def _of_layout(self) -> tuple[str, ...]:
        """The conditions of the layout and the form, where the network reads a layout."""
        known = self.inputs.conditions
        return tuple(name for name in known if name in (*OF_LAYOUT, "form")) if set(OF_LAYOUT) & set(known) else ()

    def draw(self, rng: np.random.Generator) -> tuple[dict[str, Int32Array], npt.NDArray[np.float32]]:
        """Draw a batch: {"context": (B, T, C), "values": (B, T, F)} and weights (B, T, F).

        Weights are 0 past the end of a piece; the row END has weight on its first field alone.
        """
        # As rng.choice draws, which would add up the shares of all pieces for each batch.
        pieces = self._cumulative_shares.searchsorted(rng.random(self.size), side="right")
        num_fields = len(self.inputs.fields)
        context = np.zeros((self.size, self.length, len(self.inputs.columns)), dtype=np.int32)
        values = np.zeros((self.size, self.length, num_fields), dtype=np.int32)
        weights = np.zeros((self.size, self.length, num_fields), dtype=np.float32)
        for row, piece in enumerate(pieces):
            window = self._window(len(self.targets[piece]), rng)
            n = window.stop - window.start
            context[row, :n] = self.contexts[piece][window]
            values[row, :n] = self.targets[piece][window]
            weights[row, :n] = 1
            if self.inputs.parts:
                weights[row, :n] *= self.inputs.applies[values[row, :n, 1]]
                self._give(context[row, :n], weights[row, :n], int(piece), window, rng)
            if window.stop == len(self.targets[piece]):
                weights[row, n - 1, 1:] = 0
        hidden = rng.random(self.size) < self.hide_lookbacks
        context[np.ix_(hidden, np.arange(self.length), np.nonzero(self.inputs.lookback_columns)[0])] = 0
        for name, share in self._hidden_shares.items():
            hidden = rng.random(self.size) < share
            columns = np.nonzero(self.inputs.condition_columns(name))[0]
            context[np.ix_(hidden, np.arange(self.length), columns)] = 0
        if self._of_layout:
            hidden = rng.random(self.size) < self.hide_form
            columns = np.any([self.inputs.condition_columns(name) for name in self._of_layout], axis=0)
            context[np.ix_(hidden, np.arange(self.length), np.nonzero(columns)[0])] = 0
        if self.inputs.parts:
            hidden = rng.random(self.size) < _HIDE_PLAYS
            columns = np.nonzero(self.inputs.plays_columns)[0]
            context[np.ix_(hidden, np.arange(self.length), columns)] = 0
        return {"context": context, "values": values}, weights

    def _give(
        self,
        context: Int32Array,
        weights: npt.NDArray[np.float32],
        piece: int,
        window: slice,
        rng: np.random.Generator,
    ) -> None:
        """In a share of the sequences, let some events be given: fill their columns, and do not learn their values."""
        if self.vocabulary is None or rng.random() >= self.given_share:
            return
        events = Events.of(self.targets[piece][:-1].astype(np.int64), self.vocabulary)
        given = draw_given(events, self.bars[piece], rng)
        add_given(context, events, given, self.vocabulary, self.inputs, window.start)
        own = given[window]
        weights[: len(own), 2:][own] = 0

    def _window(self, num_rows: int, rng: np.random.Generator) -> slice:
        if num_rows <= self.length:
            return slice(0, num_rows)
        half = self.length // 2
        start = int(rng.integers(-half, num_rows - half))
        start = min(max(0, start), num_rows - self.length)
        return slice(start, start + self.length)
