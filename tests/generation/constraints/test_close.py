"""A full close: the tonic, by step or from the dominant."""

from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.errors import SettingError
from melodyrnn.generation.constraints.base import State
from melodyrnn.generation.constraints.clashes import check
from melodyrnn.generation.constraints.close import Close, closes, notes_to_close
from melodyrnn.generation.constraints.ending import UNREACHABLE
from melodyrnn.generation.constraints.last_note import LastNotes
from melodyrnn.generation.scales import SCALES
from melodyrnn.generation.wishes import Wishes
from melodyrnn.music.keys import Key

C_MAJOR = Wishes(Key(0, "major"), SCALES["major"], end="close", low=55, high=84)


def test_steps_and_the_dominant_lead_into_the_tonic() -> None:
    found = closes(C_MAJOR)
    assert np.flatnonzero(found[:, 72]).tolist() == [67, 71, 74, 79]  # G, B, D and G, not the C itself, E or F
    assert found.any(axis=0).nonzero()[0].tolist() == [60, 72, 84]
    narrow = closes(Wishes(Key(0, "major"), end="close", max_interval=4))
    assert np.flatnonzero(narrow[:, 72]).tolist() == [70, 71, 73, 74]


def test_notes_to_close_counts_the_note_before_the_last() -> None:
    found = notes_to_close(C_MAJOR)
    assert (found[67], found[71], found[72], found[76]) == (1, 1, 2, 2)
    steps = notes_to_close(Wishes(Key(0, "major"), SCALES["major"], end="close", low=60, high=72, max_interval=2))
    assert [steps[p] for p in (60, 62, 64, 65)] == [2, 1, 2, 3]
    assert notes_to_close(Wishes(Key(0, "major"), (0, 4), end="close"))[64] == UNREACHABLE


def test_only_the_last_note_is_restricted() -> None:
    close, state = Close(C_MAJOR, LastNotes(np.array([[24], [36]]), np.array([[48], [48]]))), State.empty(2, 48)
    needs = close.needs(state)
    assert needs is not None
    assert needs.tolist() == [[2]]  # from G, B or D
    state.onset = np.array([[12], [12]])
    state.take(state.onset, state.onset + 12, np.array([[64], [67]]), np.arange(2))
    needs = close.needs(state)
    assert needs is not None
    assert needs.tolist() == [[2], [1]]
    state.onset, state.pitch = np.array([[24], [24]]), np.array([[60, 62]])
    allowed = close.allowed("pitch", state)
    assert allowed is not None
    assert allowed.tolist() == [[False, False], [True, True]]  # E does not lead into C; the second goes on


def test_a_scale_from_which_nothing_closes_is_refused() -> None:
    with pytest.raises(SettingError, match="scale and end must leave a note from which to close: a step from the ton"):
        check(Wishes(Key(0, "major"), (0, 4), end="close"))
    check(Wishes(Key(0, "major"), (0, 7), end="close"))
