"""Edits of a given file: new notes give way to kept ones, headings replace what the file says."""

from __future__ import annotations

import pytest

from melodyrnn.generation.file_edits import NO_NOTES, Heading, in_ticks, piece_of, replaced, with_heading
from melodyrnn.midi.edit import notes_of
from melodyrnn.midi.raw import RawFile, parse
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes
from tests.midi.files import line, midi_file, name, off, on

HOME = (0, 0)


def file_of(*notes: tuple[int, int, int]) -> RawFile:
    """A file of one track with notes as onset, end and pitch."""
    ons, offs = [on(onset, pitch) for onset, _, pitch in notes], [off(end, pitch) for _, end, pitch in notes]
    return parse(midi_file([*offs, *ons], end=2000), "it")


def spans(file: RawFile) -> list[tuple[int, int, int]]:
    return [(note.onset, note.end, note.pitch) for note in notes_of(file.tracks[0], 0)]


@pytest.mark.parametrize(
    ("new", "max_delay", "expected"),
    [
        ((0, 100, 62), 0, [(0, 100, 62)]),  # another pitch
        ((0, 500, 60), 0, [(0, 400, 60)]),  # until the kept one begins
        ((400, 900, 60), 0, []),
        ((790, 900, 60), 0, []),
        ((790, 900, 60), 9, []),
        ((790, 900, 60), 10, [(800, 900, 60)]),  # a little later, where the kept one has ended
        ((790, 800, 60), 10, []),
        ((800, 900, 60), 0, [(800, 900, 60)]),
    ],
)
def test_a_new_note_gives_way_to_a_kept_one_of_its_pitch(
    new: tuple[int, int, int], max_delay: int, expected: list[tuple[int, int, int]]
) -> None:
    onset, end, pitch = new
    added = Notes.of([onset], [end - onset], [pitch], [90])
    assert spans(replaced(file_of((400, 800, 60)), HOME, (), added, max_delay)) == sorted([(400, 800, 60), *expected])


def test_removed_notes_leave_room_for_new_ones() -> None:
    file = file_of((0, 400, 60), (400, 800, 60))
    removed = notes_of(file.tracks[0], 0)[:1]
    assert spans(replaced(file, HOME, removed, NO_NOTES)) == [(400, 800, 60)]
    assert spans(replaced(file, HOME, removed, Notes.of([100], [500], [60], [90]))) == [(100, 400, 60), (400, 800, 60)]


def test_notes_in_ticks_lie_between_two_of_them() -> None:
    notes = Notes.of([0, 480, 960], [480, 480, 960], [60, 62, 64], [80, 80, 80])
    assert in_ticks(notes, 100, 96, 0) == Notes.of([100, 196, 292], [96, 96, 192], [60, 62, 64], [80, 80, 80])
    assert in_ticks(notes, 100, 96, 150, 300) == Notes.of([150, 196, 292], [46, 96, 8], [60, 62, 64], [80, 80, 80])
    assert in_ticks(notes, 100, 96, 200, 292) == Notes.of([200], [92], [62], [80])


def test_a_heading_replaces_what_the_file_says_and_keeps_its_texts() -> None:
    file = parse(midi_file([name("a"), *line([60, 62, 64, 65])]), "it")
    assert with_heading(file, Heading(()), 0) == file
    made = piece_of(with_heading(file, Heading(("one", "two"), 400_000, Meter(3, 4), Key(2, "minor")), 960))
    assert made.texts == ("one", "two")
    assert [t.microseconds_per_quarter for t in made.tempos] == [400_000]
    assert [(k.tick, k.key) for k in made.keys] == [(960, Key(2, "minor"))]
    assert [m.meter for m in made.meters] == [Meter(3, 4)]
