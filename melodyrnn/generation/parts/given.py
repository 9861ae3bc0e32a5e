"""The given events of a plan, which come one after the other in every piece of a batch.

Shapes: G given events, B pieces, F fields.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Bools, IntArray
from ...events.fields import FIELD_OF_KIND
from ...events.parts.ahead import Events
from ...events.until_next import next_onsets
from ...events.vocabulary import Vocabulary
from .plan import PartsPlan


@dataclass(slots=True)
class GivenEvents:
    """The given events, and the next of them in each piece.

    Attributes:
        events: all of them, with their exact onsets, in the order of the stream.
        rows: (G, F) their values, the nearest that the vocabulary has.
        following: (B,) index of the next one.
    """

    events: Events
    rows: IntArray
    following: IntArray

    NEVER = np.int64(1) << 40  # the onset of no event

    @classmethod
    def of(cls, plan: PartsPlan, vocabulary: Vocabulary, size: int) -> GivenEvents:
        """Return the given events of a plan for a batch of `size` pieces."""
        num_fields = len(vocabulary.values)
        if plan.given is None:
            none = np.zeros(0, dtype=np.int64)
            rows = np.zeros((0, num_fields), dtype=np.int64)
            return cls(Events(none, none, none, none, none), rows, np.zeros(size, dtype=np.int64))
        written = vocabulary.events.encode(plan.given)
        indices, _ = vocabulary.encode(written)
        onset = np.cumsum(written[:, 0])
        part = indices[:, 1]
        fields = np.array([list(vocabulary.values).index(FIELD_OF_KIND[kind]) for kind in vocabulary.kinds])
        rows = vocabulary.decode(indices)
        every = np.arange(len(rows))
        value, index = rows[every, fields[part]], indices[every, fields[part]]
        durations = written[:, 1]
        end = np.where(durations == 0, next_onsets(written, plan.bar), onset + durations)
        order = np.lexsort((value, part, onset))
        events = Events(*(column[order] for column in (onset, end, part, value, index)))
        return cls(events, rows[order], np.zeros(size, dtype=np.int64))

    def onset(self) -> IntArray:
        """Return the onset of the next given event of each piece, (B,); `NEVER` where none is left."""
        return np.append(self.events.onset, self.NEVER)[self.following]

    def part(self) -> IntArray:
        """Return the part of the next given event of each piece, (B,); -1 where none is left."""
        return np.append(self.events.part, -1)[self.following]

    def values(self) -> IntArray:
        """Return the values of the next given event of each piece, (B, F); 0 where none is left."""
        return np.concatenate([self.rows, np.zeros((1, self.rows.shape[1]), dtype=np.int64)])[self.following]

    def advance(self, comes: Bools) -> None:
        """Let the next given event have come in some pieces, (B,)."""
        self.following = self.following + comes
