"""Pieces cut where the meter changes."""

from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.extract.extractor import Refusal
from melodyrnn.extract.sections import sections, voices_of
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, Tempo, TimeSignature, Track
from melodyrnn.score.quantize import Voice, quantize

QUARTER = 480


def notes(size: int, pitch: int = 60, start: int = 0, length: int = QUARTER) -> Notes:
    onset = start + np.arange(size) * length
    return Notes.of(onset, [length] * size, pitch + np.arange(size) % 5, [80] * size)


def piece_of(*tracks: Track, **more: object) -> Piece:
    end = max((int(t.notes.end.max()) for t in tracks if len(t.notes)), default=0)
    return Piece(QUARTER, tracks, end=end, **more)  # type: ignore[arg-type]


class TestMeters:
    def cut(self, *meters: TimeSignature, quarters: int = 40) -> list[tuple[int, int, int, str]]:
        piece = piece_of(Track(notes(quarters)), meters=meters)
        return [(s.start // 480, s.stop // 480, s.bar_line // 480, str(s.meter)) for s in sections(piece)]

    def test_one(self) -> None:
        assert self.cut(TimeSignature(0, Meter(3, 4))) == [(0, 40, 0, "3/4")]

    def test_a_change_cuts(self) -> None:
        assert self.cut(TimeSignature(0, Meter(4, 4)), TimeSignature(16 * 480, Meter(3, 4))) == [
            (0, 16, 0, "4/4"),
            (16, 40, 16, "3/4"),
        ]

    @pytest.mark.parametrize(("one", "other"), [((4, 4), (2, 2)), ((3, 4), (6, 8)), ((4, 4), (4, 4))])
    def test_a_bar_of_the_same_length_is_no_change(self, one: tuple[int, int], other: tuple[int, int]) -> None:
        assert len(self.cut(TimeSignature(0, Meter(*one)), TimeSignature(12 * 480, Meter(*other)))) == 1

    def test_a_short_first_meter_is_a_pickup(self) -> None:
        assert self.cut(TimeSignature(0, Meter(1, 4)), TimeSignature(480, Meter(4, 4))) == [(0, 40, 1, "4/4")]

    def test_a_meter_of_one_beat_counts_as_four(self) -> None:
        assert self.cut(TimeSignature(0, Meter(1, 4))) == [(0, 40, 0, "4/4")]
        assert self.cut(TimeSignature(0, Meter(4, 4)), TimeSignature(16 * 480, Meter(1, 4))) == [(0, 40, 0, "4/4")]

    def test_an_odd_bar_cuts_in_two_and_leads_into_what_follows(self) -> None:
        found = self.cut(
            TimeSignature(0, Meter(4, 4)), TimeSignature(16 * 480, Meter(2, 4)), TimeSignature(18 * 480, Meter(4, 4))
        )
        assert found == [(0, 16, 0, "4/4"), (16, 40, 18, "4/4")]

    def test_a_short_last_meter_is_the_ending(self) -> None:
        assert self.cut(TimeSignature(0, Meter(4, 4)), TimeSignature(39 * 480, Meter(2, 4))) == [(0, 40, 0, "4/4")]

    def test_the_last_of_two_meters_at_one_tick_counts(self) -> None:
        assert self.cut(TimeSignature(0, Meter(4, 4)), TimeSignature(0, Meter(3, 4))) == [(0, 40, 0, "3/4")]

    def test_notes_keep_their_place_in_the_bar(self) -> None:
        piece = piece_of(Track(notes(20)), meters=(TimeSignature(0, Meter(1, 4)), TimeSignature(480, Meter(3, 4))))
        (voice,) = voices_of(piece, piece.tracks[0].notes, 0)
        assert isinstance(voice, Voice)
        melody, error = quantize(voice)
        assert (melody.onset[:3].tolist(), melody.pickup_bars, error) == ([24, 36, 48], 1, 0.0)

    def test_a_note_over_the_cut_ends_there(self) -> None:
        held = Notes.of([0, 15 * 480, 18 * 480], [480, 4 * 480, 480], [60, 62, 64], [80] * 3)
        piece = piece_of(
            Track(held),
            meters=(TimeSignature(0, Meter(4, 4)), TimeSignature(16 * 480, Meter(3, 4))),
            tempos=(Tempo(0, 1), Tempo(7000, 2)),
        )
        first, second = voices_of(piece, held, 0)
        assert isinstance(first, Voice)
        assert isinstance(second, Voice)
        assert first.notes.duration.tolist() == [480, 480]
        assert [v.microseconds_per_quarter for v in (first, second)] == [1, 2]

    def test_a_meter_that_cannot_be_used_refuses_its_section(self) -> None:
        piece = piece_of(
            Track(notes(40)), meters=(TimeSignature(0, Meter(4, 4)), TimeSignature(16 * 480, Meter(5, 64)))
        )
        first, second = voices_of(piece, piece.tracks[0].notes, 0)
        assert isinstance(first, Voice)
        assert second == Refusal("the bar of 5/64 does not fit the grid")
