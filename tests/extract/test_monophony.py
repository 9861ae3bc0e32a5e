"""Monophonic lines out of polyphonic notes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from strategies import melodies

from melodyrnn.extract.monophony import monophonic, skyline
from melodyrnn.music.piece import Notes
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

QUARTER = 480


def notes(size: int, pitch: int = 60, start: int = 0, length: int = QUARTER) -> Notes:
    onset = start + np.arange(size) * length
    return Notes.of(onset, [length] * size, pitch + np.arange(size) % 5, [80] * size)


def merged(*parts: Notes) -> Notes:
    return Notes.of(
        *(np.concatenate([getattr(p, n) for p in parts]) for n in ("onset", "duration", "pitch", "velocity"))
    )


class TestMonophonic:
    @given(melodies())
    def test_a_line_stays_as_it_is(self, melody: Score) -> None:
        notes = to_piece(melody).tracks[0].notes
        assert monophonic(notes) == (notes, 0)

    def test_of_one_onset_the_highest_stays(self) -> None:
        notes, share = monophonic(Notes.of([0, 0, 0, 10], [10] * 4, [60, 67, 64, 62], [1, 2, 3, 4]))
        assert notes == Notes.of([0, 10], [10, 10], [67, 62], [2, 4])
        assert share == 0.5

    def test_a_note_ends_where_the_next_begins(self) -> None:
        notes, share = monophonic(Notes.of([0, 10, 20], [15, 10, 99], [60, 62, 64], [80] * 3))
        assert notes.duration.tolist() == [10, 10, 99]
        assert share == 0  # 15 instead of 10 is legato

    def test_what_is_cut_by_more_than_half_counts_as_lost(self) -> None:
        _, share = monophonic(Notes.of([0, 10, 20, 30], [40, 10, 10, 10], [60, 62, 64, 65], [80] * 4))
        assert share == 0.25


class TestSkyline:
    def test_chords_and_held_basses_are_left_out(self) -> None:
        melody = notes(8, 70)
        bass = Notes.of([0, 4 * QUARTER], [4 * QUARTER] * 2, [40, 45], [80] * 2)
        inner = Notes.of(np.arange(16) * QUARTER // 2, [QUARTER // 2] * 16, [55] * 16, [80] * 16)
        assert skyline(merged(melody, bass, inner)) == melody
        assert monophonic(merged(melody, inner))[0] != melody  # what the plain top of each onset would take

    def test_legato_hides_nothing(self) -> None:
        falling = Notes.of(np.arange(5) * 100, [120] * 5, [72, 71, 69, 67, 65], [80] * 5)
        assert skyline(falling).pitch.tolist() == [72, 71, 69, 67, 65]

    def test_a_lower_voice_is_used_where_the_higher_rests(self) -> None:
        found = skyline(merged(notes(2, 72), notes(2, 50, 4 * QUARTER)))
        assert found.onset.tolist() == [0, 480, 1920, 2400]
