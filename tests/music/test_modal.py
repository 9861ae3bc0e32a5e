"""Modes that are found in the notes of melodies, and that are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.arrays import IntArray
from melodyrnn.music.keys import Key, guess_key
from melodyrnn.music.modal import guess_modal_key, opening_of
from melodyrnn.music.modes import BASIC_MODES, MODE, MODES, OWN_DEGREES

# Places in a scale from the tonic: an arch that rests on the tonic and its fifth, and ends on the tonic.
ARCH = (0, 4, 3, 2, 1, 0, 4, 5, 6, 4, 3, 2, 1, 0, 0, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1, 0, 0)
OTHERS = tuple(OWN_DEGREES)


def tune(key: Key, places: tuple[int, ...] = ARCH) -> IntArray:
    """Return the pitches at places in the scale of a key."""
    scale = MODE[key.mode].scale
    return np.array([60 + key.tonic + 12 * (place // 7) + scale[place % 7] for place in places])


def even(pitch: IntArray) -> IntArray:
    return np.full(len(pitch), 12)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("tonic", range(12))
class TestEveryKey:
    def test_is_found_in_a_tune_of_its_scale(self, mode: str, tonic: int) -> None:
        pitch = tune(Key(tonic, mode))
        assert guess_modal_key(pitch, even(pitch)) == Key(tonic, mode)

    def test_is_found_under_the_signature_that_midi_gives_it(self, mode: str, tonic: int) -> None:
        key = Key(tonic, mode)
        pitch = tune(key)
        sharps = Key.parse(str(key)).sharps
        assert sharps is not None
        signature = Key.of_signature(sharps, key.basis.mode)
        found = guess_modal_key(pitch, even(pitch), signature)
        expected = signature if mode == "phrygian" else key
        assert (found, str(found)) == (expected, str(expected))

    def test_is_taken_where_notation_states_it(self, mode: str, tonic: int) -> None:
        """Without its own degree, so that the notes alone do not say it."""
        key = Key(tonic, mode)
        pitch = tune(key, (0, 4, 2, 0, 4, 2, 0, 4, 2, 0))
        assert guess_modal_key(pitch, even(pitch), key) == key
        assert guess_modal_key(pitch, even(pitch)) == key.basis


@given(
    st.lists(st.integers(48, 84), min_size=1, max_size=40),
    st.sampled_from([None, Key(2, "major"), Key(4, "minor")]),
)
def test_any_other_key_is_that_of_major_and_minor(pitches: list[int], hint: Key | None) -> None:
    pitch = np.array(pitches)
    found, basic = guess_modal_key(pitch, even(pitch), hint), guess_key(pitch, even(pitch), hint)
    if found.mode in BASIC_MODES:
        assert (found, str(found)) == (basic, str(basic))
    else:
        own, replaced = ((pitch % 12 == (found.tonic + degree) % 12).sum() for degree in OWN_DEGREES[found.mode])
        assert own >= 3
        assert replaced < own
        assert pitch[-1] % 12 == found.tonic


@given(st.lists(st.sampled_from(MODE["major"].scale), min_size=8, max_size=60), st.integers(0, 11))
def test_notes_of_a_major_key_with_its_fourth_and_seventh_that_end_on_its_tonic_stay(
    degrees: list[int], tonic: int
) -> None:
    pitch = 60 + tonic + np.array([0, 4, 7, 5, 11, *degrees, 7, 4, 5, 11, 0, 4, 7, 0])
    assert guess_modal_key(pitch, even(pitch), Key(tonic, "major")) == guess_key(
        pitch, even(pitch), Key(tonic, "major")
    )


@pytest.mark.parametrize("mode", OTHERS)
class TestTheNotesMustSaySoClearly:
    def test_both_forms_of_the_degree_leave_the_basis(self, mode: str) -> None:
        key = Key(2, mode)
        pitch = tune(key)
        own, replaced = OWN_DEGREES[mode]
        places = np.flatnonzero((pitch - key.tonic) % 12 == own)
        pitch[places[::2]] += replaced - own
        assert guess_modal_key(pitch, even(pitch)) == key.basis

    def test_a_degree_that_occurs_in_one_half_alone_leaves_the_basis(self, mode: str) -> None:
        key = Key(2, mode)
        pitch = np.concatenate([tune(key), tune(key, (0, 4, 2, 0) * 8)])
        assert guess_modal_key(pitch, even(pitch)).mode in BASIC_MODES

    def test_notes_outside_the_scale_leave_the_basis(self, mode: str) -> None:
        key = Key(2, mode)
        outside = next(degree for degree in (6, 8, 9) if degree not in (*MODE[mode].scale, *OWN_DEGREES[mode]))
        pitch = np.concatenate([tune(key)[:-1], [62 + outside, 62 + outside, 62]])
        assert guess_modal_key(pitch, even(pitch)).mode in BASIC_MODES

    def test_a_stated_mode_that_the_notes_contradict_is_not_taken(self, mode: str) -> None:
        key = Key(2, mode)
        pitch = tune(key.basis)
        assert guess_modal_key(pitch, even(pitch), key) == key.basis


# Of G major by its notes; of A dorian, as it opens and ends on A.
DORIAN = np.array(
    [69, 78, 79, 74, 79, 76, 74, 74, 78, 74, 74, 72, 74, 71, 74, 67, 67, 76, 76, 74, 72, 74, 76, 76, 78, 76, 71, 69]
)


class TestTheTonicOfMajorNotes:
    """Notes of one scale are G major or A dorian by the note that a tune rests on."""

    def test_a_dorian_tune_rests_on_its_last_note_and_its_fifth(self) -> None:
        pitch = DORIAN
        assert guess_key(pitch, even(pitch)) == Key(7, "major")
        assert guess_modal_key(pitch, even(pitch)) == Key(9, "dorian")

    def test_a_tune_in_major_that_ends_on_its_second_degree_stays(self) -> None:
        pitch = np.array([67, 71, 74, 79, 78, 76, 74, 71, 67, 72, 71, 67, 66, 67, 71, 74, 79, 74, 71, 69])
        assert guess_modal_key(pitch, even(pitch)) == Key(7, "major")

    def test_the_end_of_a_beginning_says_nothing(self) -> None:
        pitch = DORIAN
        assert guess_modal_key(pitch, even(pitch), is_whole=False) == guess_key(pitch, even(pitch))


def test_a_melody_opens_with_its_first_note_on_a_bar_line() -> None:
    pitch = np.array([62, 67, 69, 71])
    assert opening_of(np.array([36, 48, 60, 96]), pitch, 48) == 67
    assert opening_of(np.array([12, 60, 72, 108]), pitch, 48) == 62
