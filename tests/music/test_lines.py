"""Voices out of tracks: top lines, meters that change, pick-ups, and which track is the melody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from melodyrnn.extract.lines import Refusal, monophonic, sections, skyline, voices_of
from melodyrnn.extract.melody import choose, lines_of
from melodyrnn.midi.read import read_piece
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, Tempo, TimeSignature, Track
from melodyrnn.score.quantize import Voice, quantize

QUARTER = 480


def notes(size: int, pitch: int = 60, start: int = 0, length: int = QUARTER) -> Notes:
    onset = start + np.arange(size) * length
    return Notes.of(onset, [length] * size, pitch + np.arange(size) % 5, [80] * size)


def merged(*parts: Notes) -> Notes:
    return Notes.of(
        *(np.concatenate([getattr(p, n) for p in parts]) for n in ("onset", "duration", "pitch", "velocity"))
    )


def piece_of(*tracks: Track, **more: object) -> Piece:
    end = max((int(t.notes.end.max()) for t in tracks if len(t.notes)), default=0)
    return Piece(QUARTER, tracks, end=end, **more)  # type: ignore[arg-type]


class TestSkyline:
    def test_chords_and_held_basses_give_way(self) -> None:
        melody = notes(8, 70)
        bass = Notes.of([0, 4 * QUARTER], [4 * QUARTER] * 2, [40, 45], [80] * 2)
        inner = Notes.of(np.arange(16) * QUARTER // 2, [QUARTER // 2] * 16, [55] * 16, [80] * 16)
        assert skyline(merged(melody, bass, inner)) == melody
        assert monophonic(merged(melody, inner))[0] != melody  # what the plain top of each onset would take

    def test_legato_hides_nothing(self) -> None:
        falling = Notes.of(np.arange(5) * 100, [120] * 5, [72, 71, 69, 67, 65], [80] * 5)
        assert skyline(falling).pitch.tolist() == [72, 71, 69, 67, 65]

    def test_a_lower_voice_speaks_where_the_higher_rests(self) -> None:
        found = skyline(merged(notes(2, 72), notes(2, 50, 4 * QUARTER)))
        assert found.onset.tolist() == [0, 480, 1920, 2400]


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

    def test_of_two_at_one_tick_the_last_holds(self) -> None:
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

    def test_a_meter_that_cannot_be_used_costs_its_stretch(self) -> None:
        piece = piece_of(
            Track(notes(40)), meters=(TimeSignature(0, Meter(4, 4)), TimeSignature(16 * 480, Meter(5, 64)))
        )
        first, second = voices_of(piece, piece.tracks[0].notes, 0)
        assert isinstance(first, Voice)
        assert second == Refusal("the bar of 5/64 does not fit the grid")


class TestChoose:
    tune, other = Track(notes(40, 70), "Lead"), Track(notes(40, 60), "Second")
    piano = Track(merged(notes(40, 50), notes(40, 43), notes(40, 40)), "Piano")
    drums = Track(notes(40, 36), "Kit", 0, 9)

    def taken(self, voices: str) -> list[str]:
        return [line.name for line in choose(piece_of(self.piano, self.other, self.tune, self.drums), voices)[0]]

    def test_each_way(self) -> None:
        assert self.taken("auto") == ["Lead"]
        assert self.taken("all") == ["Lead", "Second"]
        assert self.taken("skyline") == ["Lead"]
        assert self.taken("track:second") == self.taken("track:1") == ["Second"]
        assert self.taken("track:Piano") == ["Piano"]
        assert self.taken("track:nobody") == []

    def test_skyline_of_chords_alone(self) -> None:
        ((line,), refused) = choose(piece_of(self.piano), "skyline")
        assert (line.notes, refused) == (notes(40, 50), [])
        assert choose(piece_of(self.piano), "auto")[0] == []

    def test_why_the_others_were_not_taken(self) -> None:
        _, refused = choose(piece_of(self.piano, self.other, self.tune), "auto")
        assert [(line.name, refusal.reason, refusal.option) for line, refusal in refused] == [
            ("Second", "not taken for the melody", "--voices all"),
            ("Piano", "no monophonic track", "--voices skyline"),
        ]

    def test_a_named_melody_in_octaves_is_its_top_line(self) -> None:
        doubled = merged(notes(40, 70), notes(40, 58))
        ((line,), _) = choose(piece_of(Track(doubled, "MELODY"), self.other), "auto")
        assert (line.name, line.notes) == ("MELODY", notes(40, 70))
        ((line,), _) = choose(piece_of(Track(doubled, "Organ"), self.other), "auto")
        assert line.name == "Second"


def test_the_melody_of_pop_songs_is_found(shared: Path) -> None:
    """A sample; `benchmarks/melody_finding.py` asks them all."""
    pieces = [read_piece(path) for path in sorted((shared / "pop909").rglob("*.mid"))[::9]]
    assert len(pieces) == 101
    for by_name, least in ((True, 0.99), (False, 0.95)):
        for turned in (False, True):
            right = 0
            for piece in pieces:
                asked = replace(piece, tracks=piece.tracks[::-1]) if turned else piece
                best = next(line for line in lines_of(asked, by_name) if line.is_usable)
                right += best.name == "MELODY"
            assert right >= (least if not turned or by_name else 0.9) * len(pieces), (by_name, turned, right)
