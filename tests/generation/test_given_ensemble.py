"""A given file of several parts as a score: the file's own bars, the nearest steps, and the place of each note."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ensemble import BEAT, LOW, QUARTER, TUNE, chords, piece, track
from hypothesis import given
from strategies import ensembles

from melodyrnn.errors import SettingError
from melodyrnn.generation.given_ensemble import GivenEnsemble, read_given_ensemble
from melodyrnn.midi.read import read_bytes
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.chords import ChordSymbol
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import KeySignature, Marker, Notes, Piece, Tempo, TimeSignature, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.score.slots import SLOT, SLOTS, slots_of
from tests.midi.files import line, midi_file, name, off, on

ALL = range(len(SLOTS))
BAR = 4 * QUARTER
BAND = piece(
    track("Bass", LOW, program=33),
    chords("Piano", [60, 64, 67], 8),
    track("Flute", [p + 12 for p in TUNE], program=73),
    track("Kit", BEAT, channel=9),
)


def read(music: Piece | Path | str, reading: str = "all", **how: object) -> GivenEnsemble:
    return read_given_ensemble(music, reading, **{"slots": ALL, **how})  # type: ignore[arg-type]


class TestScore:
    def test_parts_stand_in_the_order_of_their_slots(self) -> None:
        found = read(BAND)
        assert [(p.name, p.kind, p.program, p.role) for p in found.score.parts] == [
            ("Flute", "melodic", 73, "melody"),
            ("Bass", "melodic", 33, "bass"),
            ("Piano", "melodic", 0, "harmony"),
            ("Kit", "drums", 0, "drums"),
        ]
        assert found.slots == slots_of(found.score.parts)
        assert [len(found.score.only(n)) for n in range(4)] == [32, 32, 24, 32]
        assert (found.num_bars, found.end, found.start, found.first_bar, found.notices[1:]) == (8, 8 * 48, 0, 1, ())

    @given(ensembles())
    def test_every_note_names_its_place(self, score: Score) -> None:
        given = read(to_piece(score))
        piece = read_bytes(midi_bytes(to_piece(score)), "it")
        assert len(given.score) == piece.num_notes
        for n, found in enumerate(given.places):
            assert found is not None
            (number, channel), note = found
            event = given.file.raw.tracks[number].events[note.on]
            assert event.channel == channel
            assert event.data[1:] == bytes([given.score.pitch[n], given.score.velocity[n]])
            assert event.tick == given.tick_of(int(given.score.onset[n]))
        assert len({found for found in given.places if found}) == len(given.score)

    def test_no_chord_is_thinned_and_notes_are_read_at_the_nearest_steps(self) -> None:
        loose = Notes.of([0, 7, 11, 470, 495], [400, 400, 400, 20, 900], [60, 64, 67, 72, 74], [80, 81, 82, 83, 84])
        score = read(piece(Track(loose, "Piano"))).score
        assert score.onset.tolist() == [0, 0, 0, 12, 12]
        assert score.pitch.tolist() == [60, 64, 67, 72, 74]
        assert score.duration.tolist() == [10, 10, 10, 1, 23]

    def test_of_two_notes_on_one_step_the_longest_is_read(self) -> None:
        double = Notes.of([0, 4, 480], [3, 400, 480], [60, 60, 62], [70, 90, 80])
        given = read(piece(Track(double, "Piano")))
        assert (given.score.velocity.tolist(), given.index.tolist()) == ([90, 80], [1, 2])
        assert len(given.parts[0].places) == 3

    def test_the_key_is_that_of_the_melodic_parts(self) -> None:
        assert read(BAND).score.key == Key(0, "major")
        signed = Piece(QUARTER, BAND.tracks[3:], keys=(KeySignature(0, Key(2, "minor")),), end=BAND.end)
        assert read(signed).score.key == Key(2, "minor")

    def test_kits_are_one_part_and_each_note_knows_its_own(self) -> None:
        given = read(piece(*BAND.tracks, track("More", BEAT, channel=9), track("Rest", BEAT, channel=9)))
        drums = [number for number, part in enumerate(given.parts) if part.part.kind == "drums"]
        tracks = [{place[0] for place, _ in given.parts[number].places} for number in drums]
        assert tracks == [{4, 6}, {5}]

    def test_a_track_that_doubles_some_notes_of_another_is_not_taken_for_it(self) -> None:
        doubled = piece(track("Lead", TUNE), track("Echo", TUNE[:8]), track("Bass", LOW))
        given = read(doubled)
        tracks = {part.part.name: {place[0] for place, _ in part.places} for part in given.parts}
        assert tracks == {"Lead": {1}, "Echo": {2}, "Bass": {3}}

    def test_strings_of_a_guitar_are_one_part(self) -> None:
        data = midi_file([name("Guitar"), *line(TUNE, range(6))])
        given = read(read_bytes(data, "it").with_file(data))
        assert given.score.pitch.tolist() == TUNE
        assert [place[1] for place, _ in given.parts[0].places][:7] == [0, 1, 2, 3, 4, 5, 0]


class TestBars:
    meters = (TimeSignature(0, Meter(3, 4)), TimeSignature(3 * 4 * QUARTER, Meter(4, 4)))
    changing = Piece(QUARTER, BAND.tracks, meters=meters, end=BAND.end)

    def test_the_section_with_most_notes_is_read_and_said(self) -> None:
        given = read(self.changing)
        assert (given.score.meter, given.first_bar, given.num_bars, given.tick_of(0)) == ((4, 4), 5, 5, 3 * BAR)
        assert given.score.onset[0] == 0
        assert given.notices[-1] == "the model reads bars 5-9, in 4/4; the other bars of the file are kept as they are"

    def test_bars_after_the_end_follow_the_last_section(self) -> None:
        meters = (TimeSignature(0, Meter(4, 4)), TimeSignature(6 * BAR, Meter(3, 4)))
        given = read(Piece(QUARTER, BAND.tracks, meters=meters, end=BAND.end))
        assert (given.score.meter, given.num_bars, given.is_last) == ((4, 4), 6, False)
        last = given.at_the_end()
        assert (last.score.meter, last.num_bars, last.is_last, last.tick_of(0)) == ((3, 4), 3, True, 6 * BAR)
        assert last.parts == given.parts
        assert last.end == 2 * 48  # where the file ends, within a bar
        assert last.notices[-1].startswith("the model reads bars 7-9, in 3/4")

    def test_a_rest_at_the_start_is_part_of_the_section(self) -> None:
        given = read(piece(track("Flute", TUNE, first=8)))
        assert (given.first_bar, given.score.onset[0], given.num_bars) == (1, 96, 10)

    def test_a_pickup_is_in_the_first_bar(self) -> None:
        meters = (TimeSignature(0, Meter(1, 4)), TimeSignature(QUARTER, Meter(4, 4)))
        given = read(Piece(QUARTER, BAND.tracks, meters=meters, end=BAND.end))
        assert (given.score.onset[0], given.start, given.tick_of(36)) == (36, 36, 0)

    def test_the_caller_may_name_the_meter(self) -> None:
        given = read(self.changing, meter=Meter(2, 4))
        assert (given.score.meter, given.num_bars) == ((2, 4), 16)

    def test_beats_of_a_beat_tracker_are_counted_in_fours(self) -> None:
        given = read(Piece(QUARTER, BAND.tracks, meters=(TimeSignature(0, Meter(1, 4)),), end=BAND.end))
        assert (given.score.meter, given.num_bars) == ((4, 4), 8)


class TestSpan:
    def test_a_span_holds_the_notes_that_begin_in_it_in_the_file_and_on_the_grid(self) -> None:
        onset = [0, BAR - 6, BAR, 2 * BAR - 6, 2 * BAR]
        given = read(piece(Track(Notes.of(onset, [400] * 5, [60, 62, 64, 65, 67], [80] * 5), "Flute")))
        given = given.with_span((2, 2))
        assert given.span == (48, 96)
        assert given.score.onset.tolist() == [0, 47, 48, 96, 96]
        assert given.is_drawn_anew(0).tolist() == [False, False, True, False, False]

    def test_the_section_is_that_of_the_bars(self) -> None:
        given = read(TestBars.changing).with_span((2, 3))
        assert (given.score.meter, given.span) == ((3, 4), (36, 108))
        with pytest.raises(SettingError) as error:
            read(TestBars.changing).with_span((4, 5))
        assert str(error.value) == "infill must name bars of one meter. Received: 4-5"

    def test_bars_that_are_not_there(self) -> None:
        with pytest.raises(SettingError) as error:
            read(BAND).with_span((8, 9))
        assert str(error.value) == (
            "infill must name bars of the given file, 1-8, the first before the last. Received: 8-9"
        )


class TestChords:
    def given(self, *markers: tuple[int, str], **how: object) -> GivenEnsemble:
        found = tuple(Marker(tick, text) for tick, text in markers)
        return read(Piece(QUARTER, BAND.tracks[2:3], end=BAND.end, markers=found), **how)

    def test_symbols_are_a_part(self) -> None:
        given = self.given((0, "C"), (BAR, "G7/B"), (2 * BAR, "G7/B"), (3 * BAR, "N.C."))
        symbols = given.score.only(0)
        assert given.slots[0] == SLOT["chords"]
        assert [str(ChordSymbol.from_code(code)) for code in symbols.pitch.tolist()] == ["C", "G7/B", "N.C."]
        assert (symbols.onset.tolist(), symbols.duration.tolist()) == ([0, 48, 144], [48, 96, 240])
        assert given.index[given.score.part == 0].tolist() == [-1] * 3
        assert given.places.count(None) == 3

    def test_the_one_that_holds_where_a_section_begins_is_read(self) -> None:
        given = self.given((0, "C"), (QUARTER, "F"), (5 * BAR, "G"), meter=None)
        changing = Piece(
            QUARTER, BAND.tracks[2:3], meters=TestBars.meters, end=BAND.end, markers=given.file.piece.markers
        )
        symbols = read(changing).score.only(0)
        assert [str(ChordSymbol.from_code(code)) for code in symbols.pitch.tolist()] == ["F", "G"]
        assert symbols.onset.tolist() == [0, 96]

    def test_the_key_of_chords_over_drums_is_theirs(self) -> None:
        markers = tuple(Marker(tick * BAR, text) for tick, text in enumerate(("D", "G", "A7", "D")))
        given = read(Piece(QUARTER, BAND.tracks[3:], end=BAND.end, markers=markers))
        assert given.score.key == Key(2, "major")


class TestFiles:
    def test_coarse_ticks_are_made_finer(self, tmp_path: Path) -> None:
        coarse = Piece(4, (Track(Notes.of([0, 4, 8], [4, 4, 4], [60, 62, 64], [80, 81, 82]), "Flute"),), end=16)
        (tmp_path / "a.mid").write_bytes(midi_bytes(coarse))
        given = read(tmp_path / "a.mid")
        assert (given.file.raw.ticks_per_quarter, given.score.onset.tolist(), given.tick_of(12)) == (
            48,
            [0, 12, 24],
            48,
        )

    def test_a_damaged_file_is_read_and_said(self, tmp_path: Path) -> None:
        (tmp_path / "a.mid").write_bytes(midi_bytes(BAND)[:-30])
        assert "a.mid is damaged; what can be read is kept" in read(tmp_path / "a.mid").notices[0]

    def test_notes_off_the_grid_are_said(self) -> None:
        free = np.arange(32) * QUARTER + np.random.default_rng(0).integers(0, QUARTER, 32)
        loose = Track(Notes.of(free, [200] * 32, TUNE, [80] * 32), "Flute")
        assert read(piece(loose)).notices == (
            "track 0 (Flute) is played off the grid: the model reads its notes at the nearest steps, "
            "and new notes are on the grid",
        )
        both = read(piece(loose, Track(loose.notes, "Oboe"), track("Bass", LOW)))
        assert both.notices[-1].startswith("track 0 (Flute), track 1 (Oboe) are played off the grid")
        assert read(piece(track("Flute", TUNE))).notices == ()

    def test_a_last_note_without_an_end_is_refused(self, tmp_path: Path) -> None:
        endless = midi_file([on(0, 60), off(40 * BAR, 60)])
        (tmp_path / "a.mid").write_bytes(endless)
        with pytest.raises(SettingError, match=r"the last notes of a given file must end within 32 bars\. Received: "):
            read(tmp_path / "a.mid")

    def test_tempos_are_those_of_the_section(self) -> None:
        tempos = (Tempo(0, 600_000), Tempo(3 * BAR, 400_000))
        changing = Piece(QUARTER, BAND.tracks, tempos=tempos, meters=TestBars.meters, end=BAND.end)
        assert read(changing).score.microseconds_per_quarter == 400_000
