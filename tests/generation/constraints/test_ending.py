"""How many notes it takes to reach a pitch to end on."""

from __future__ import annotations

from melodyrnn.generation.constraints.ending import UNREACHABLE, notes_away, notes_needed, notes_to_end
from melodyrnn.generation.scales import SCALES
from melodyrnn.generation.wishes import Wishes
from melodyrnn.music.keys import Key

C_MAJOR = Wishes(Key(0, "major"), SCALES["major"], end="tonic", low=60, high=71, max_interval=2)


def test_notes_to_end_counts_steps_of_the_largest_interval() -> None:
    found = notes_to_end(C_MAJOR)
    assert [found[p] for p in (60, 62, 64, 65, 67, 69, 71)] == [0, 1, 2, 3, 4, 5, 6]
    assert found[61] == UNREACHABLE


def test_forbidden_pitches_need_one_note_more_than_their_nearest_neighbour() -> None:
    found = notes_needed(C_MAJOR)
    assert (found[60], found[61], found[63]) == (0, 1, 2)
    assert found[90] > UNREACHABLE


def test_a_pitch_that_must_be_left_is_reached_again() -> None:
    """C may end at once; away from it, it takes the D and the C again."""
    found = notes_away(C_MAJOR)
    assert (found[60], found[62], found[64]) == (2, 1, 2)
    alone = notes_away(Wishes(Key(0, "major"), (0,), low=60, high=60))
    assert alone[60] > UNREACHABLE
