"""Tracks in words."""

from __future__ import annotations

import pytest

from melodyrnn.music.piece import Notes, Track
from melodyrnn.music.programs import PROGRAMS
from melodyrnn.music.tracks import describe_track

NOTES = Notes.of([0, 480], [400, 400], [60, 67], [80, 80])


@pytest.mark.parametrize(
    ("track", "words"),
    [
        (Track(NOTES, "x", 73, 3), "Flute, channel 4, 2 notes, C4 to G4"),
        (Track(NOTES[:1], "x", 0, 0), "Acoustic Grand Piano, channel 1, 1 note, C4 to C4"),
        (Track(NOTES, "x", 0, 9), "drums, channel 10, 2 notes"),
        (Track(NOTES[:0], "x", 127, 15), "Gunshot, channel 16, 0 notes"),
    ],
)
def test_a_track_in_words(track: Track, words: str) -> None:
    assert describe_track(track) == words


def test_there_is_a_name_for_each_program() -> None:
    assert len(set(PROGRAMS)) == 128
