"""Combines constraints: which values of each field are allowed so that every constraint can still be met.

A value is allowed if every constraint allows it and the events that the constraints need still fit into the room that
is left after it. Preferences are then followed as long as a value remains. The shift is decided first, then the
duration, then the other fields; each decision leaves a value for the next field, provided that the constraints count
all events that they need.

Shapes: B melodies, V values of a field; see base.py.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ...arrays import Bools, IntArray
from ...errors import SettingError
from ...events.vocabulary import Vocabulary
from ...music.keys import Key
from ...music.notation import pitch_name
from .base import END, Constraint, Preference, State
from .ending import UNREACHABLE
from .room import Room

_NONE = np.zeros((1, 1), dtype=np.int64)


class Combined:
    """The constraints and preferences of a plan as one object."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        key: Key,
        room: Room,
        parts: Iterable[Constraint | Preference],
        may_end: bool = True,
    ) -> None:
        """Combine `parts`. `key` is the key of the melodies; `may_end` is whether the piece may end in the room."""
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
        """Return which values of `field` are allowed, (B, V); for the shift (B, V + 1) with END as the last column.

        It stores in `state` what each value would give, see `State`; the caller replaces that by the drawn value. A row
        for the shift is all false where no further note fits.
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
        """Raise SettingError where the constraints of a state need more events than one of them allows."""
        needs = int(self._needs(state).max())
        if needs >= UNREACHABLE:
            raise SettingError(
                "range, scale and max_interval must let the melody reach a note to end on from where it goes on. "
                f"Received: a primer that ends on {pitch_name(int(state.last_pitch.max()))}"
            )
        for constraint in self._constraints:
            room = constraint.room(state)
            if room is not None and room.min() < needs:
                raise SettingError(
                    "the wishes must leave room for the notes that an ending needs, "
                    f"at least {needs}. Received: room for {room.min()}"
                )

    def _shifts(self, state: State) -> Bools:
        state.onset = state.last_onset + self._shift
        needs = self._needs(state)
        room = self._room.fits_from(state.onset)
        continues = self._allowed("shift", state, room >= np.maximum(self._needs_to_continue(state, needs), 1))
        continues = self._preferred("shift", state, continues)
        ends = (needs <= 0) & (self._prefers_to_end(state) | ~continues.any(axis=1, keepdims=True))
        ends_past_room = (state.onset >= self._room.end) & ends
        return np.concatenate([continues | ends_past_room, ends & self._may_end], axis=1)

    def _durations(self, state: State) -> Bools:
        """Return which durations end in time and, where more notes are needed, leave room for the next one."""
        state.end = state.onset + self._duration
        allowed = self._allowed("duration", state, self._leave_room(state))
        return self._preferred("duration", state, allowed)

    def _leave_room(self, state: State) -> Bools:
        """Return which durations let another note follow, (B, V); all where no other note is needed."""
        more = self._needs_to_continue(state, self._needs(state)) - 1
        more = np.maximum(more, self._room.must_follow(state.onset))
        enough = more <= 0
        if enough.all():
            return np.ones(state.end.shape, dtype=bool)
        following = state.after_onset(state.onset + self._shift)
        room = self._room.fits_from(following.onset)
        follows = self._allowed("shift", following, room >= np.maximum(more, 1))
        # whether this shift or a longer one is possible; none is where every shift is shorter than the note
        from_here = np.flip(np.logical_or.accumulate(np.flip(follows, axis=1), axis=1), axis=1)
        from_here = np.concatenate([from_here, np.zeros((len(follows), 1), dtype=bool)], axis=1)
        return enough | from_here[:, self._room.next_shift]

    def _pitches(self, state: State) -> Bools:
        """Return which pitches leave all needs attainable; shift and duration were chosen with room for them."""
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
        """Return `allowed` restricted to the values that every constraint allows."""
        for constraint in self._constraints:
            mask = constraint.allowed(field, state)
            if mask is not None:
                allowed &= mask
        return allowed

    def _preferred(self, field: str, state: State, allowed: Bools) -> Bools:
        """Return `allowed` restricted to preferred values, except in rows where none would remain."""
        for preference in self._preferences:
            mask = preference.preferred(field, state)
            if mask is not None and not mask.all():
                preferred = allowed & mask
                allowed = np.where(preferred.any(axis=1, keepdims=True), preferred, allowed)
        return allowed

    def _prefers_to_end(self, state: State) -> Bools:
        """Return whether every preference accepts that the piece ends here, (B, 1)."""
        ends: Bools = np.ones((len(state.count), 1), dtype=bool)
        for preference in self._preferences:
            mask = preference.preferred(END, state)
            if mask is not None:
                ends = ends & mask
        return ends

    def _needs(self, state: State) -> IntArray:
        """Return the fewest further events after which the piece may end."""
        needs: IntArray = _NONE
        for constraint in self._constraints:
            fewest = constraint.needs(state)
            if fewest is not None:
                needs = np.maximum(needs, fewest)
        return needs

    def _needs_to_continue(self, state: State, needs: IntArray) -> IntArray:
        """Return the fewest further events if at least one follows, which preferences may raise above `needs`."""
        for preference in self._preferences:
            fewest = preference.needs(state)
            if fewest is not None:
                needs = np.maximum(needs, fewest)
        return needs
