from __future__ import annotations

import numpy as np
from hypothesis import given
from strategies import chord_scores

from melodyrnn.midi.read import read_bytes
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.chords import ChordSymbol
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Marker
from melodyrnn.score.chords import CHORDS, chord_score, has_chords, markers_of
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import MELODY, Score

FOUR, C_MAJOR = Meter(4, 4), Key(0, "major")
LEAD = (CHORDS, MELODY)


def code(text: str) -> int:
    return ChordSymbol.parse(text).code


@given(chord_scores())
def test_chords_are_markers_of_a_file(score: Score) -> None:
    markers = read_bytes(midi_bytes(to_piece(score)), "it").markers
    onset = np.array([marker.tick // 40 for marker in markers])
    code = np.array([ChordSymbol.parse(marker.text).code for marker in markers])
    assert chord_score(onset, code, score.num_bars * score.bar, score.meter, score.key) == score


def test_of_several_symbols_at_one_step_the_last_counts_and_repeated_ones_are_one() -> None:
    c, g = code("C"), code("G")
    score = chord_score(np.array([0, 0, 12, 24, 24]), np.array([g, c, c, c, g]), 48, FOUR, C_MAJOR)
    assert (score.onset.tolist(), score.duration.tolist(), score.pitch.tolist()) == ([0, 24], [24, 24], [c, g])


def test_no_symbols_give_no_notes() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert len(chord_score(none, none, 48, FOUR, C_MAJOR)) == 0


def test_markers_say_where_there_is_no_chord() -> None:
    chords = chord_score(np.array([48]), np.array([code("Bb")]), 96, FOUR, Key.parse("F"))
    assert markers_of(chords, 192, 40) == (Marker(0, "N.C."), Marker(1920, "Bb"), Marker(3840, "N.C."))


def test_a_piece_has_tracks_of_melodic_parts_and_markers_of_chords() -> None:
    score = Score([0, 0, 24], [48, 12, 24], [code("Am"), 60, 62], [80, 90, 90], [0, 1, 1], FOUR, C_MAJOR, parts=LEAD)
    piece = to_piece(score, num_bars=1)
    assert [track.notes.pitch.tolist() for track in piece.tracks] == [[60, 62]]
    assert piece.markers == (Marker(0, "Am"),)
    assert has_chords(score)
    assert not has_chords(score.only(1))
    assert to_piece(score.only(1)).markers == ()
