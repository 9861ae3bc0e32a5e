"""Finds, part by part, the longest passage that pieces of several parts have in common with training pieces.

Each melodic part is searched by its top line, as novelty.py searches a melody, among the top lines of the training
parts that take the same slot (score/slots.py): a bass among basses. So a part that is copied beside new ones is found,
and a passage counts as copied even where another part sounds against it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from ..score.score import Score
from ..score.slots import SLOTS, slots_of
from .novelty import Index
from .passages import Copies, Passage
from .sounding import top_line


class PartIndexes:
    """A search index of the top lines of training pieces for each slot."""

    def __init__(self, training: Iterable[Score]) -> None:
        lines: defaultdict[str, list[Score]] = defaultdict(list)
        for score in training:
            for slot, line in top_lines(score).items():
                lines[slot].append(line)
        self._of_slot = {slot: Index.of(own) for slot, own in lines.items()}

    def longest(self, score: Score) -> dict[str, Passage]:
        """Return the longest passage of each melodic part with notes, by the name of its slot.

        A part whose slot no training piece has is left out.
        """
        lines = top_lines(score).items()
        return {slot: self._of_slot[slot].longest(line) for slot, line in lines if slot in self._of_slot}

    def copies(self, scores: Sequence[Score]) -> dict[str, Copies]:
        """Return the figures of the longest passages of each slot, over the pieces that have a part there."""
        found: defaultdict[str, list[Passage]] = defaultdict(list)
        for score in scores:
            for slot, passage in self.longest(score).items():
                found[slot].append(passage)
        order = [slot.name for slot in SLOTS if slot.name in found]
        return {slot: Copies.of(found[slot]) for slot in order}


def top_lines(score: Score) -> dict[str, Score]:
    """Return the top line of each melodic part with notes, by the name of its slot."""
    present = np.bincount(score.part, minlength=len(score.parts)) > 0
    return {
        SLOTS[slot].name: top_line(score, number)
        for number, slot in enumerate(slots_of(score.parts))
        if present[number] and score.parts[number].kind == "melodic"
    }
