"""Scores as pieces of MIDI."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from strategies import melodies

from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import KeySignature, Notes, Tempo, TimeSignature
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

Make = Callable[..., Score]


class TestPiece:
    def test_what_it_holds(self, make_melody: Make) -> None:
        melody = make_melody(
            [60, 62], [12, 6], first=36, meter=(3, 4), key="A minor", name="t", microseconds_per_quarter=9
        )
        piece = to_piece(melody, num_bars=4, program=40, texts=("x",))
        (track,) = piece.tracks
        assert track.notes == Notes.of([36 * 40, 48 * 40], [12 * 40, 6 * 40], [60, 62], [90, 90])
        assert (track.name, track.program) == ("t", 40)
        assert piece.ticks_per_quarter == 480
        assert piece.meters == (TimeSignature(0, Meter(3, 4)),)
        assert piece.keys == (KeySignature(0, Key(9, "minor")),)
        assert piece.tempos == (Tempo(0, 9),)
        assert piece.end == 4 * 3 * 480
        assert piece.texts == ("x",)

    @given(melodies())
    def test_ends_on_the_next_bar_line(self, melody: Score) -> None:
        piece = to_piece(melody)
        last = int(piece.tracks[0].notes.end.max())
        assert piece.end % piece.bar_ticks == 0
        assert 0 <= piece.end - last < piece.bar_ticks
