from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.music.chord_kinds import KINDS
from melodyrnn.music.chords import NO_CHORD, NUM_CODES, ChordSymbol
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.chords import chord_score
from melodyrnn.score.progression import score_of_progression
from melodyrnn.score.score import Score
from melodyrnn.score.voicing import voiced

codes = st.just(NO_CHORD) | st.integers(12, NUM_CODES - 1)


def voices(text: str) -> list[list[int]]:
    """The pitches of each chord of a progression."""
    score = voiced(score_of_progression(text, Meter(4, 4), Key(0, "major")))
    return [score.pitch[score.onset == onset].tolist() for onset in np.unique(score.onset)]


def score_of(numbers: list[int]) -> Score:
    onset = np.arange(len(numbers)) * 24
    return chord_score(onset, np.array(numbers), 24 * len(numbers), Meter(4, 4), Key(0, "major"))


@given(st.lists(codes, min_size=1, max_size=12))
def test_every_symbol_sounds_its_own_tones_over_its_bass(numbers: list[int]) -> None:
    chords = score_of(numbers)
    notes = voiced(chords)
    for onset, duration, code in zip(chords.onset, chords.duration, chords.pitch, strict=True):
        symbol = ChordSymbol.from_code(int(code))
        is_own = notes.onset == onset
        bass, upper = notes.pitch[is_own][:1], notes.pitch[is_own][1:]
        assert set(notes.duration[is_own].tolist()) <= {int(duration)}
        if code == NO_CHORD:
            assert not is_own.any()
            continue
        assert 36 <= bass[0] <= 47
        assert bass[0] % 12 == symbol.bass
        assert 48 <= upper.min() <= upper.max() <= 72
        assert len(set((upper % 12).tolist())) == len(upper) == min(4, len(symbol.pitch_classes))
        assert set((upper % 12).tolist()) <= set(symbol.pitch_classes)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_chords_of_every_kind_have_at_most_four_upper_voices(kind: str) -> None:
    symbol = ChordSymbol(0, kind, 0)
    upper = voiced(score_of([symbol.code])).pitch[1:] % 12
    assert len(set(upper.tolist())) == len(upper) == min(4, len(symbol.pitch_classes))


def test_of_an_altered_chord_third_seventh_sharp_ninth_and_flat_thirteenth_are_left() -> None:
    ((_, *upper),) = voices("C7alt")
    assert {pitch % 12 for pitch in upper} == {3, 4, 8, 10}


def test_the_part_is_a_harmony() -> None:
    (part,) = voiced(score_of([12]), program=4).parts
    assert (part.kind, part.role, part.program) == ("melodic", "harmony", 4)


def test_voices_move_as_little_as_they_can() -> None:
    assert voices("C | F | G | C") == [[36, 55, 60, 64], [41, 57, 60, 65], [43, 55, 59, 62], [36, 55, 60, 64]]
    assert voices("C | C/E") == [[36, 55, 60, 64], [40, 55, 60, 64]]


def test_third_and_seventh_stay_where_tones_are_left_out() -> None:
    ((bass, *upper),) = voices("G13")  # root, third, fifth, seventh, ninth, thirteenth
    assert bass == 43
    assert {pitch % 12 for pitch in upper} == {11, 5, 9, 4}


def test_a_score_without_chords_has_no_notes() -> None:
    assert len(voiced(score_of([NO_CHORD]))) == 0
