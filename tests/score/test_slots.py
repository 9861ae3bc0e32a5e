"""Slots: parts take them by role, first come first served."""

from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.errors import SettingError
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.score import KINDS, ROLES, Part, Score
from melodyrnn.score.slots import (
    MAX_PARTS,
    SLOT,
    SLOTS,
    in_file_order,
    is_melodic,
    leading_part,
    slots_of,
    usual_part,
)

VOICES = tuple(
    Part(name, role=role) for name, role in zip("SATB", ("melody", "harmony", "harmony", "bass"), strict=True)
)


def test_every_role_has_slots_and_melodic_parts_have_a_channel_each() -> None:
    assert {slot.role for slot in SLOTS} == set(ROLES) == set(MAX_PARTS)
    assert sum(slot.role not in ("chords", "drums") for slot in SLOTS) == 15
    assert len({slot.name for slot in SLOTS}) == len(SLOTS)


def test_parts_take_the_slots_of_their_role_in_order() -> None:
    slots = slots_of(VOICES)
    assert [SLOTS[slot].name for slot in slots] == ["melody", "harmony", "harmony 2", "bass"]
    assert slots[3] < slots[1]  # simultaneous notes: the bass before the inner voices
    assert slots_of(VOICES[::-1]) == (SLOT["bass"], SLOT["harmony"], SLOT["harmony 2"], SLOT["melody"])


def test_too_many_parts_of_a_role_are_refused() -> None:
    assert len(slots_of([Part(role="bass")] * 2)) == 2
    with pytest.raises(SettingError, match="at most 2 parts of the role bass"):
        slots_of([Part(role="bass")] * 3)


def test_files_hold_the_bass_below_the_inner_parts() -> None:
    slots = sorted(slots_of(VOICES))
    assert [SLOTS[slots[n]].name for n in in_file_order(slots)] == ["melody", "harmony", "harmony 2", "bass"]


def test_the_usual_part_of_a_slot_takes_it() -> None:
    for place, slot in enumerate(SLOTS):
        part = usual_part(place)
        assert (part.name, part.role) == (slot.name, slot.role)
    assert {usual_part(SLOT[name]).kind for name in ("drums", "chords", "bass 2")} == {"drums", "chords", "melodic"}


def test_the_melody_leads_then_the_first_of_the_other_roles() -> None:
    def score(*roles: str) -> Score:
        every = np.arange(len(roles))
        parts = tuple(Part(role=role, kind=role if role in KINDS else "melodic") for role in roles)
        return Score(every, every + 1, every + 60, every + 1, every, Meter(4, 4), Key(0, "major"), parts=parts)

    assert leading_part(score("bass", "melody", "melody")) == 1
    assert leading_part(score("bass", "harmony", "drums")) == 1
    assert leading_part(score("drums", "bass")) == 1
    assert leading_part(score("drums")) == 0
    silent = score("melody", "bass", "harmony")[1:]
    assert leading_part(silent) == 2


def test_which_slots_hold_pitches() -> None:
    assert [slot.name for place, slot in enumerate(SLOTS) if not is_melodic(place)] == ["chords", "drums", "drums 2"]
