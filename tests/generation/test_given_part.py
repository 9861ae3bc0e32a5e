"""Where the notes of tracks are in a file: no two tracks have one place, whatever they share."""

from __future__ import annotations

import pytest
from ensemble import LOW, TUNE

from melodyrnn.generation.given_part import places_of
from melodyrnn.midi.raw import parse
from melodyrnn.midi.read import read_bytes
from tests.midi.files import At, line, midi_file, name, program


def homes(*tracks: list[At], kind: int = 1) -> list[tuple[int, int]]:
    """Return the home of each track of a file, and check that each note is where it is said to be."""
    data = midi_file(*tracks, kind=kind)
    raw, piece = parse(data, "it"), read_bytes(data, "it")
    found = places_of(raw, piece, range(len(piece.tracks)))
    for track, (places, _) in zip(piece.tracks, found, strict=True):
        assert [(note.onset, note.pitch) for _, note in places] == list(
            zip(track.notes.onset.tolist(), track.notes.pitch.tolist(), strict=True)
        )
    every = [place for places, _ in found for place in places]
    assert len(set(every)) == len(every) == piece.num_notes
    return [home for _, home in found]


@pytest.mark.parametrize(
    ("tracks", "expected"),
    [
        ([line(TUNE), line(LOW, [1])], [(0, 0), (1, 1)]),
        ([line(TUNE), line(TUNE)], [(0, 0), (1, 0)]),  # twins
        ([line(TUNE), line(TUNE[:8])], [(0, 0), (1, 0)]),  # an echo of some notes
        ([line(TUNE[:8]), line(TUNE)], [(0, 0), (1, 0)]),
        ([line(TUNE, range(6)), line(TUNE, [1])], [(0, 0), (1, 1)]),  # a guitar and a line that doubles it
        ([[name("conductor")], line(TUNE), line(LOW)], [(1, 0), (2, 0)]),
    ],
)
def test_each_track_has_a_home_of_its_own(tracks: list[list[At]], expected: list[tuple[int, int]]) -> None:
    assert homes(*tracks) == expected


def test_channels_of_a_file_of_type_0_are_tracks() -> None:
    both = [program(0, 5, 2), program(0, 6, 7), *line(TUNE, [2]), *line(LOW, [7])]
    assert homes(both, kind=0) == [(0, 2), (0, 7)]


def test_some_tracks_alone() -> None:
    data = midi_file(line(TUNE), line(TUNE), line(LOW))
    (found,) = places_of(parse(data, "it"), read_bytes(data, "it"), [1])
    assert found[1] == (1, 0)
    assert {place for place, _ in found[0]} == {(1, 0)}
