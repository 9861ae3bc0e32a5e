"""Slots: the places that parts take in an ensemble, by role. Every corpus and every network counts parts by slot.

A part takes the first free slot of its role, in the order of the parts: the second part with the role harmony takes
the slot "harmony 2". The order of the slots is the order of simultaneous notes in event rows: chord symbols, melody,
bass, the inner parts from the first to the last, drums. Outer voices come first; the inner ones follow from them. In
written files, parts stand in the usual order of a score, with the bass below the inner parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..arrays import IntArray
from ..errors import SettingError
from .score import KINDS, ROLES, Part, Score


class Slot(NamedTuple):
    """A slot: its name, and the role of the part that takes it."""

    name: str
    role: str


# Parts of each role: all melodic parts together have a channel each.
MAX_PARTS = {"chords": 1, "melody": 3, "bass": 2, "harmony": 6, "other": 4, "drums": 2}
_IN_FILES = ("chords", "melody", "harmony", "other", "bass", "drums")
SLOTS = tuple(
    Slot(role if number == 1 else f"{role} {number}", role)
    for role in ROLES
    for number in range(1, MAX_PARTS[role] + 1)
)
_FIRST = {role: next(place for place, slot in enumerate(SLOTS) if slot.role == role) for role in ROLES}
SLOT = {slot.name: place for place, slot in enumerate(SLOTS)}


def slots_of(parts: Sequence[Part]) -> tuple[int, ...]:
    """Return the slot of each part, an index into `SLOTS`. Raises SettingError where a role has too many parts."""
    seen = Counter[str]()
    found = []
    for part in parts:
        if seen[part.role] == MAX_PARTS[part.role]:
            raise SettingError(f"a score must have at most {MAX_PARTS[part.role]} parts of the role {part.role}")
        found.append(_FIRST[part.role] + seen[part.role])
        seen[part.role] += 1
    return tuple(found)


# Which part of a score leads: the first of the foremost role here. Forms and features are those of the leading part.
_LEADING = ("melody", "harmony", "other", "bass", "drums", "chords")
LEAD_RANK: IntArray = np.array([100 * _LEADING.index(slot.role) + place for place, slot in enumerate(SLOTS)])
LEAD_RANK.setflags(write=False)


def leading_part(score: Score) -> int:
    """Return the number of the part, of those with notes, that leads a score of at least one note."""
    present = np.nonzero(np.bincount(score.part))[0]
    slots = np.array(slots_of(score.parts))[present]
    return int(present[LEAD_RANK[slots].argmin()])


def is_melodic(slot: int) -> bool:
    """Return whether the parts of a slot hold pitches."""
    return SLOTS[slot].role not in KINDS


def in_file_order(slots: Sequence[int]) -> list[int]:
    """Return the indices of parts with these slots in the order in which files hold them."""
    return sorted(range(len(slots)), key=lambda n: (_IN_FILES.index(SLOTS[slots[n]].role), slots[n]))


def usual_part(slot: int) -> Part:
    """Return the part of a slot that nothing more is known about."""
    role = SLOTS[slot].role
    return Part(SLOTS[slot].name, role if role in KINDS else "melodic", 0, role)
