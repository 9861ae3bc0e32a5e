"""A piece with markers around its loop is repeated from bar line to bar line, its pick-up at the end of each round."""

from __future__ import annotations

from melodyrnn.generation.looping import with_loop
from melodyrnn.live.schedule import CLOCK, schedule
from melodyrnn.midi.file import MidiFile, file_of
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, Tempo, TimeSignature, Track


def piece_with_pickup() -> Piece:
    """A pick-up of a quarter, a bar of 2/4 twice; the second has room for the pick-up."""
    notes = Notes.of([480, 960, 1440, 1920], [480, 480, 480, 480], [60, 62, 64, 65], [90] * 4)
    meters = (TimeSignature(0, Meter(2, 4)),)
    return Piece(480, (Track(notes),), (Tempo(0, 500_000),), meters, end=2880)


def sounding(midi: MidiFile, loop: bool, clock: bool = False) -> tuple[list[tuple[float, int, bool]], float]:
    """The notes of a schedule as (time in seconds, pitch, whether it begins), and its length."""
    plan = schedule(midi, clock=clock, loop=loop)
    notes = [(time, data[1], data[0] & 0xF0 == 0x90) for time, data in plan.events if data[0] & 0xF0 in (0x80, 0x90)]
    return notes, plan.length


def test_a_loop_begins_on_the_bar_line_after_the_pickup() -> None:
    midi = file_of(with_loop(piece_with_pickup(), 2))
    notes, length = sounding(midi, loop=True)
    assert length == 2.0
    assert [(time, pitch) for time, pitch, begins in notes if begins] == [(0, 62), (0.5, 64), (1, 65), (1.5, 60)]
    assert [(time, pitch) for time, pitch, begins in notes if not begins] == [(0.5, 62), (1, 64), (1.5, 65), (2, 60)]
    times = [time for time, _ in schedule(midi, loop=True).events]
    assert times == sorted(times)
    assert sum(data == CLOCK for _, data in schedule(midi, clock=True, loop=True).events) == 4 * 24


def test_without_markers_or_a_loop_all_is_played_from_the_first_bar() -> None:
    plain, marked = (file_of(piece) for piece in (piece_with_pickup(), with_loop(piece_with_pickup(), 2)))
    assert sounding(plain, loop=True) == sounding(plain, loop=False) == sounding(marked, loop=False)
    notes, length = sounding(plain, loop=True)
    assert (notes[0], length) == ((0.5, 60, True), 3.0)
