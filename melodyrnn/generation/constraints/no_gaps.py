"""Notes that last until the next one, in melodies with a number of notes for each bar and a layout without rests.

A note's length is drawn before the onset of the next note. Where the numbers of notes forbid onsets that the network
would take, its lengths would leave gaps before those that are left.
"""

from __future__ import annotations

from ...arrays import Bools
from .bar_counts import BarCounts
from .base import Preference, State
from .last_note import LastNotes


class NoGaps(Preference):
    """Each note lasts until the next one, and ends where the next one may begin."""

    def __init__(self, counts: BarCounts, last: LastNotes, joined: Bools) -> None:
        """Start with the numbers of notes, the last notes, and which melodies have no rests, (B, 1)."""
        self._counts, self._last, self._joined = counts, last.onset, joined

    def preferred(self, field: str, state: State) -> Bools | None:
        if field == "shift" and not state.first:
            return ~self._joined | (state.onset == state.last_end)
        if field != "duration":
            return None
        begins = self._counts.allowed("shift", state.after_onset(state.end))
        if begins is None:
            return None
        return ~self._joined | (state.onset >= self._last) | begins
