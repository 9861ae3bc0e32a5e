"""Identities of tunes: equal in every key, of other music or other parts different."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import ensembles

from melodyrnn.corpus.ingest.identity import tune_identity
from melodyrnn.music.chords import transpose_codes
from melodyrnn.music.keys import Key
from melodyrnn.score.score import Part, Score


def moved(score: Score, semitones: int) -> Score:
    """The score in another key; drums stay."""
    kinds = np.array([part.kind for part in score.parts])[score.part]
    pitch = np.where(kinds == "melodic", score.pitch + semitones, score.pitch)
    pitch = np.where(kinds == "chords", transpose_codes(pitch, semitones), pitch)
    return replace(score, pitch=pitch, microseconds_per_quarter=7)


@given(ensembles(), st.integers(-5, 5), st.integers(0, 11))
def test_pieces_of_parts_are_equal_in_every_key_and_tempo(score: Score, semitones: int, tonic: int) -> None:
    """Also where another key was guessed."""
    other = replace(moved(score, semitones), key=Key(tonic, "minor"))
    assert tune_identity(other) == tune_identity(score)


def test_chord_symbols_move_with_the_melody() -> None:
    parts = Part("chords", "chords", 0, "chords"), Part()
    score = Score(
        *np.array([[0, 0, 12], [12, 12, 12], [12, 60, 62], [1, 1, 1], [0, 1, 1]]), (4, 4), Key(0, "major"), parts=parts
    )
    assert tune_identity(moved(score, 3)) == tune_identity(score)
    assert tune_identity(replace(score, pitch=np.add(score.pitch, [0, 3, 3]))) != tune_identity(score)


@given(ensembles())
def test_another_onset_is_another_piece(score: Score) -> None:
    later = np.append(score.onset[:-1], score.onset[-1] + 1)
    assert tune_identity(replace(score, onset=later)) != tune_identity(score) or len(score) == 1


@given(ensembles())
def test_another_pitch_is_another_piece(score: Score) -> None:
    """Unless the note is the only one that has a pitch: then that is the key."""
    higher = replace(score, pitch=np.append(score.pitch[:-1], score.pitch[-1] + 1))
    has_pitch = np.array([part.kind == "melodic" for part in score.parts])[score.part]
    only_key = has_pitch[-1] and has_pitch.sum() == 1
    assert (tune_identity(higher) == tune_identity(score)) == only_key
