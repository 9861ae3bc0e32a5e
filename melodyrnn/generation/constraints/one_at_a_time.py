"""One note at a time: a note begins after the one before it has ended."""

from __future__ import annotations

from ...arrays import Bools
from .base import Constraint, State


class OneAtATime(Constraint):
    """Each note begins at or after the end of the note before, for monophonic parts."""

    def allowed(self, field: str, state: State) -> Bools | None:
        if field != "shift":
            return None
        free = state.onset >= state.last_end
        return free if state.first else free & (state.onset > state.last_onset)
