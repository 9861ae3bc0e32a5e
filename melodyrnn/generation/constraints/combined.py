"""Constraints combined: which values of each field may come so that every constraint can still be met.

A value stays if every constraint allows it and all that the constraints need can still come in the room that is left
after it. Preferences are then followed as far as a value remains. The shift is asked first, then the duration, then
the other fields; each answer leaves a value for the next one where the constraints count all that they need.

Shapes: B melodies, V values of a field; see base.py.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ...arrays import Bools, IntArray
from ...errors import SettingError
from ...events.vocabulary import Vocabulary
from ...music.keys import Key
from .base import END, Constraint, Preference, State
from .room import Room

_NONE = np.zeros((1, 1), dtype=np.int64)


class Combined:
    """The constraints and preferences of a plan, asked as one."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        key: Key,
        room: Room,
        parts: Iterable[Constraint | Preference],
        may_end: bool = True,
    ) -> None:
        """`key` says how the vocabulary's pitches sound; `may_end` whether the end of the room is that of the piece."""
        parts = list(parts)
        self._constraints = [part for part in parts if isinstance(part, Constraint)]
        self._preferences = [part for part in parts if isinstance(part, Preference)]
        self._room, self._may_end = room, may_end
        values = vocabulary.sorted_values
        self._sizes = {name: len(known) for name, known in values.items()}
        self._shift, self._duration = values["shift"][None], values["duration"][None]
        sounding = values["pitch"][None] + vocabulary.events.transposition(key)
        self._pitch = np.clip(sounding, 0, 127)
        self._is_pitch = self._pitch == sounding

    def allowed(self, field: str, state: State) -> Bools:
        """Which values of `field` may come, (B, V); for the shift (B, V + 1), the last column END.

        Asking leaves what each value would give in `state`, see `State`; the caller puts what is drawn in its place.
        A row for the shift is all false where nothing more fits.
        """
        if field == "shift":
            return self._shifts(state)
        if field == "duration":
            return self._durations(state)
        if field == "pitch":
            return self._pitches(state)
        every = np.ones((len(state.count), self._sizes[field]), dtype=bool)
        return self._preferred(field, state, self._allowed(field, state, every))

    def check_room(self, state: State) -> None:
        """Raise SettingError where the constraints of a state need more events than one of them lets come."""
        needs = int(self._needs(state).max())
        for constraint in self._constraints:
            room = constraint.room(state)
            if room is not None and room.min() < needs:
                raise SettingError(
                    "the wishes must leave room for the notes that it takes to come to an ending, "
                    f"at least {needs}. Received: room for {room.min()}"
                )

    def _shifts(self, state: State) -> Bools:
        state.onset = state.last_onset + self._shift
        needs = self._needs(state)
        room = self._room.fits(self._room.end - state.onset)
        going_on = self._allowed("shift", state, room >= np.maximum(self._needs_to_go_on(state, needs), 1))
        going_on = self._preferred("shift", state, going_on)
        ends = (needs <= 0) & (self._prefers_to_end(state) | ~going_on.any(axis=1, keepdims=True))
        past_the_end = (state.onset >= self._room.end) & ends
        return np.concatenate([going_on | past_the_end, ends & self._may_end], axis=1)

    def _durations(self, state: State) -> Bools:
        """Durations that end in time and, where more notes are needed, let one of them follow."""
        state.end = state.onset + self._duration
        allowed = self._allowed("duration", state, self._leave_room(state))
        return self._preferred("duration", state, allowed)

    def _leave_room(self, state: State) -> Bools:
        """Which durations let another note follow, or any where none is needed, (B, V)."""
        more = self._needs_to_go_on(state, self._needs(state)) - 1
        enough = more <= 0
        if enough.all():
            return np.ones(state.end.shape, dtype=bool)
        following = state.after_onset(state.onset + self._shift)
        room = self._room.fits(self._room.end - following.onset)
        follows = self._allowed("shift", following, room >= np.maximum(more, 1))
        # whether this shift or a longer one can follow; none can where no shift is as long as the note
        from_here = np.flip(np.logical_or.accumulate(np.flip(follows, axis=1), axis=1), axis=1)
        from_here = np.concatenate([from_here, np.zeros((len(follows), 1), dtype=bool)], axis=1)
        return enough | from_here[:, self._room.next_shift]

    def _pitches(self, state: State) -> Bools:
        """Pitches after which the needs can be met; the shift and duration already leave room for what they can say."""
        state.pitch = self._pitch
        after = state.after_pitch(self._pitch)
        state.room = self._room.after(state.onset, state.end - state.onset)
        for constraint in self._constraints:
            most = constraint.room(after)
            if most is not None:
                state.room = np.minimum(state.room, most)
        allowed = self._allowed("pitch", state, (self._needs(after) <= state.room) & self._is_pitch)
        return self._preferred("pitch", state, allowed)

    def _allowed(self, field: str, state: State, allowed: Bools) -> Bools:
        """`allowed` where every constraint allows it too."""
        for constraint in self._constraints:
            mask = constraint.allowed(field, state)
            if mask is not None:
                allowed &= mask
        return allowed

    def _preferred(self, field: str, state: State, allowed: Bools) -> Bools:
        """`allowed` without what a preference is against, but for rows where that would leave nothing."""
        for preference in self._preferences:
            mask = preference.preferred(field, state)
            if mask is not None and not mask.all():
                kept = allowed & mask
                allowed = np.where(kept.any(axis=1, keepdims=True), kept, allowed)
        return allowed

    def _prefers_to_end(self, state: State) -> Bools:
        """Whether every preference lets the piece end here though it could go on, (B, 1)."""
        ends: Bools = np.ones((len(state.count), 1), dtype=bool)
        for preference in self._preferences:
            mask = preference.preferred(END, state)
            if mask is not None:
                ends = ends & mask
        return ends

    def _needs(self, state: State) -> IntArray:
        """The fewest further events after which the piece may end."""
        needs: IntArray = _NONE
        for constraint in self._constraints:
            fewest = constraint.needs(state)
            if fewest is not None:
                needs = np.maximum(needs, fewest)
        return needs

    def _needs_to_go_on(self, state: State, needs: IntArray) -> IntArray:
        """The fewest further events, with those that preferences need where another event comes; `needs` or more."""
        for preference in self._preferences:
            fewest = preference.needs(state)
            if fewest is not None:
                needs = np.maximum(needs, fewest)
        return needs
