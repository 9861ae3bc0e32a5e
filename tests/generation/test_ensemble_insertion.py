"""New parts, bars drawn anew and bars after the end, written into a given file, which is kept event for event."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import mido
import numpy as np
import pytest
from ensemble import BEAT, LOW, QUARTER, TUNE, piece, track
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import ensembles

from melodyrnn.errors import MelodyRNNError, MidiError
from melodyrnn.generation.ensemble_insertion import piece_continued, piece_with_bars, piece_with_parts
from melodyrnn.generation.file_edits import Heading
from melodyrnn.generation.given_ensemble import GivenEnsemble, read_given_ensemble
from melodyrnn.generation.performance import perform
from melodyrnn.midi.chunks import unwrap
from melodyrnn.midi.raw import RawFile, parse
from melodyrnn.midi.read import read_bytes
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.chords import ChordSymbol
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Marker, Notes, Piece, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Part, Score
from melodyrnn.score.slots import SLOTS
from tests.midi.files import line, midi_file, name, off, on, program

ALL = range(len(SLOTS))
BAR = 4 * QUARTER
END = 6 * BAR + 3 * 3 * QUARTER  # of the song, after bars of rest
PLAIN = Heading(())
Events = Counter[tuple[int, int, bytes]]
BAND = piece(
    track("Flute", [p + 12 for p in TUNE], program=73), track("Bass", LOW, program=33), track("Kit", BEAT, channel=9)
)
PAD = Part("Pad", "melodic", 89, "harmony")
BONGOS = Part("Bongos", "drums", 0, "drums")
CHORDS = Part("", "chords", 0, "chords")


def read(music: Piece | Path, reading: str = "all") -> GivenEnsemble:
    return read_given_ensemble(music, reading, ALL)


def score(parts: tuple[Part, ...], *notes: tuple[int, int, int, int, int]) -> Score:
    """A score of notes as onset, duration, pitch, velocity and part."""
    columns = np.array(notes, dtype=np.int64).reshape(-1, 5).T
    return Score(*columns, Meter(4, 4), Key(0, "major"), parts=parts)


def events(raw: RawFile) -> Events:
    return Counter((n, *event) for n, one in enumerate(raw.tracks) for event in one.events)


def changed(given: GivenEnsemble, new: Piece) -> tuple[Events, Events]:
    """Return the events that a new piece lacks of the given file, and those that it has more."""
    before, after = events(given.file.raw), events(parse(midi_bytes(new), "a piece"))
    return before - after, after - before


def note_ons(found: Events) -> list[tuple[int, int, int]]:
    """Return track, tick and pitch of the note-ons among some events."""
    return sorted((n, tick, data[1]) for n, tick, data in found.elements() if data[0] & 0xF0 == 0x90 and data[2])


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A file with all that a file of a DAW holds: two tempos, a change of meter, drums, pedal, bends, lyrics."""
    meta = mido.MetaMessage
    conductor = [
        (0, meta("time_signature", numerator=4, denominator=4)),
        (0, meta("set_tempo", tempo=400_000)),
        (0, meta("key_signature", key="G")),
        (1920, meta("marker", text="verse")),
        (3840, meta("set_tempo", tempo=450_000)),
        (6 * BAR, meta("time_signature", numerator=3, denominator=4)),
    ]
    lead = [
        name("Vocals"),
        program(0, 73, 3),
        (960, mido.Message("pitchwheel", pitch=300, channel=3)),
        (480, meta("lyrics", text="la")),
        *((tick + 7 * k % 31, message) for k, (tick, message) in enumerate(line(TUNE[:24], [3]))),
    ]
    pad = [name("Pad"), (10, mido.Message("control_change", control=64, value=127, channel=1))]
    for bar in range(6):
        pad += [on(BAR * bar, pitch, 70, 1) for pitch in (48, 52, 55)]
        pad += [off(BAR * bar + 1900, pitch, 1) for pitch in (48, 52, 55)]
    path = tmp_path / "song.mid"
    path.write_bytes(midi_file(conductor, lead, pad, line(BEAT, [9]), end=END))
    return path


class TestNothingNew:
    def test_the_file_is_the_same(self, song: Path) -> None:
        given = read(song)
        nothing = given.score[:0]
        for made in (
            piece_with_parts(given, score((PAD,)), PLAIN),
            piece_with_bars(given.with_span((2, 3)), nothing, PLAIN, drawn=()),
            piece_continued(given.at_the_end(), nothing, 0, PLAIN),
        ):
            assert midi_bytes(made) == given.file.raw.to_bytes()

    @given(ensembles())
    def test_nor_is_a_score_that_comes_back_as_it_was(self, score: Score) -> None:
        given = read(to_piece(score)).with_span((1, read(to_piece(score)).file.num_bars))
        made = piece_with_bars(given, given.score, PLAIN, as_loud=False)
        assert read(made).score == read(to_piece(score)).score
        assert [t.program for t in made.tracks] == [t.program for t in given.file.piece.tracks]


class TestParts:
    def test_each_is_a_track_with_its_name_program_and_channel(self, song: Path) -> None:
        given = read(song)
        new = score((PAD, BONGOS), (0, 12, 60, 90, 0), (12, 36, 64, 91, 0), (48, 6, 60, 92, 1), (-2, 6, 70, 92, 0))
        made = piece_with_parts(given, new, PLAIN)
        gone, added = changed(given, made)
        assert not gone
        assert note_ons(added) == [(4, 0, 60), (4, 0, 70), (4, 480, 64), (5, 1920, 60)]
        assert [(t.name, t.program, t.is_drums) for t in made.tracks[-2:]] == [("Pad", 89, False), ("Bongos", 0, True)]
        assert {one.end for one in parse(midi_bytes(made), "it").tracks} == {END}
        assert {data[0] & 15 for n, _, data in added if n == 4 and data[0] < 0xF0} == {0}

    def test_a_part_without_a_name_is_called_by_its_role_and_one_without_notes_is_left_out(self, song: Path) -> None:
        unnamed = Part("", "melodic", 40, "harmony")
        made = piece_with_parts(read(song), score((PAD, unnamed), (0, 12, 60, 90, 1)), PLAIN)
        assert [t.name for t in made.tracks[3:]] == ["harmony"]

    def test_a_note_after_the_end_makes_its_track_longer(self, song: Path) -> None:
        made = piece_with_parts(read(song), score((PAD,), (390, 48, 60, 90, 0)), PLAIN)
        assert [one.end for one in parse(midi_bytes(made), "it").tracks] == [*[END] * 4, 438 * 40]

    def test_chords_are_markers_in_the_first_track(self, tmp_path: Path) -> None:
        given = read(BAND)
        symbols = [(0, "C"), (48, "G7/B"), (96, "N.C."), (144, "Am")]
        notes = [(48 * n, 48, ChordSymbol.parse(text).code, 80, 0) for n, (_, text) in enumerate(symbols)]
        made = piece_with_parts(given, score((CHORDS,), *notes), PLAIN)
        assert not changed(given, made)[0]
        assert made.markers == (*(Marker(40 * step, text) for step, text in symbols), Marker(40 * 192, "N.C."))
        (tmp_path / "a.mid").write_bytes(midi_bytes(made))
        again = read(tmp_path / "a.mid").score
        assert again[again.part == 0].pitch[:4].tolist() == [note[2] for note in notes]

    def test_chords_are_texts_beside_other_markers(self, song: Path) -> None:
        notes = [(48 * n, 48, ChordSymbol.parse(text).code, 80, 0) for n, text in enumerate(("C", "G7", "C"))]
        made = piece_with_parts(read(song), score((CHORDS,), *notes), PLAIN)
        assert [(one.text, one.is_text) for one in made.markers][:3] == [("C", True), ("verse", False), ("G7", True)]

    def test_the_heading_stands_first(self, song: Path) -> None:
        made = piece_with_parts(
            read(song), score((PAD,), (0, 12, 60, 90, 0)), Heading(("recipe",), 600_000, Meter(3, 4), Key(2, "minor"))
        )
        assert made.texts == ("recipe",)
        assert [t.microseconds_per_quarter for t in made.tempos] == [600_000]
        assert [m.meter for m in made.meters] == [Meter(3, 4)]
        assert [k.key for k in made.keys] == [Key(2, "minor")]

    def test_swing_moves_new_notes_alone(self, song: Path) -> None:
        given = read(song)
        new = score((PAD,), (0, 6, 60, 90, 0), (6, 6, 62, 90, 0))
        made = piece_with_parts(given, new, PLAIN, partial(perform, swing=0.75, humanize=0.0, seed=(1, 1)))
        gone, added = changed(given, made)
        assert not gone
        assert note_ons(added) == [(4, 0, 60), (4, 360, 62)]

    def test_a_part_begins_with_the_file_where_the_first_bar_is_a_pickup(self, tmp_path: Path) -> None:
        meta = mido.MetaMessage
        meters = [(480 * n, meta("time_signature", numerator=1 + 3 * n, denominator=4)) for n in (0, 1)]
        (tmp_path / "a.mid").write_bytes(midi_file(meters, line(TUNE)))
        given = read(tmp_path / "a.mid")
        made = piece_with_parts(given, score((PAD,), (36, 12, 60, 90, 0), (48, 12, 62, 90, 0)), PLAIN)
        assert note_ons(changed(given, made)[1]) == [(2, 0, 60), (2, 480, 62)]

    def test_a_file_without_a_free_channel(self, tmp_path: Path) -> None:
        full = [[name(f"T{n}"), program(0, n, n), *line(TUNE, [n])] for n in range(16)]
        (tmp_path / "full.mid").write_bytes(midi_file(*full))
        given = read(tmp_path / "full.mid")
        with pytest.raises(MidiError, match=r"must have a free channel for each new part.*full\.mid"):
            piece_with_parts(given, score((PAD,), (0, 12, 60, 90, 0)), PLAIN)
        shared = piece_with_parts(given, score((PAD._replace(program=5),), (0, 12, 60, 90, 0)), PLAIN)
        assert not changed(given, shared)[0]

    @given(ensembles(), st.integers(0, 1))
    def test_new_parts_come_back_exactly(self, new: Score, kind: int) -> None:
        assume(not has_nested(new))
        data = midi_file([name("Vocals"), program(0, 73, 3), *line(TUNE, [3])], kind=kind)
        given = read(read_bytes(data, "it").with_file(data))
        made = piece_with_parts(given, replace(new, meter=given.score.meter), PLAIN)
        assert not changed(given, made)[0]
        old, own = read_bytes(data, "it"), read_bytes(midi_bytes(to_piece(new)), "it")
        assert rows_by_mido(midi_bytes(made)) == sum((rows(one.notes) for one in (*old.tracks, *own.tracks)), Counter())
        if kind == 1:
            assert [one.notes for one in made.tracks[1:]] == [one.notes for one in own.tracks]


def has_nested(score: Score) -> bool:
    """Whether a note begins and ends within one of its part and pitch: what a file has of them is ambiguous."""
    end = score.onset + score.duration
    same = (score.part[:, None] == score.part) & (score.pitch[:, None] == score.pitch)
    return bool((same & (score.onset[:, None] < score.onset) & (end[:, None] > end)).any())


def rows(notes: Notes) -> Counter[tuple[int, ...]]:
    columns = notes.onset, notes.end, notes.pitch, notes.velocity
    return Counter(zip(*(column.tolist() for column in columns), strict=True))


def rows_by_mido(data: bytes) -> Counter[tuple[int, ...]]:
    """Return onset, end, pitch and velocity of all notes as mido reads them, which never overlap in a channel."""
    found, sounding = Counter[tuple[int, ...]](), {}
    for number, messages in enumerate(mido.MidiFile(file=io.BytesIO(data)).tracks):
        now = 0
        for message in messages:
            now += message.time
            if message.type == "note_on" and message.velocity:
                sounding[number, message.channel, message.note] = now, message.velocity
            elif message.type in ("note_on", "note_off"):
                onset, velocity = sounding.pop((number, message.channel, message.note))
                found[onset, now, message.note, velocity] += 1
    return found


class TestBars:
    def test_notes_of_the_drawn_parts_that_begin_there_are_replaced(self, song: Path) -> None:
        given = read(song).with_span((2, 3))
        parts = given.score.parts
        lead = next(number for number, part in enumerate(parts) if part.name == "Vocals")
        new = score(parts, *((48 + 24 * k, 12, 80 + k, 90, lead) for k in range(4)), (0, 12, 99, 90, lead))
        gone, added = changed(given, piece_with_bars(given, new, PLAIN, drawn=[lead]))
        assert [tick // BAR for _, tick, _ in note_ons(gone)] == [1] * 4 + [2] * 4
        assert {n for n, _, _ in gone + added} == {1}
        assert note_ons(added) == [(1, 1920, 80), (1, 2880, 81), (1, 3840, 82), (1, 4800, 83)]

    def test_all_parts_by_default_and_new_ones_too(self, song: Path) -> None:
        given = read(song).with_span((2, 2))
        parts = (*given.score.parts, Part("Strings", "melodic", 48, "harmony"))
        new = score(parts, *((48 + k, 6, 60 + k, 90, k) for k in range(len(parts))))
        gone, added = changed(given, piece_with_bars(given, new, PLAIN))
        assert {n for n, _, _ in gone} == {1, 2, 3}
        assert {n for n, _, _ in added} == {1, 2, 3, 4}
        assert len(note_ons(added)) == 4

    def test_kept_notes_are_not_cut_and_new_ones_give_way(self) -> None:
        held = Track(Notes.of([0, 0, 3 * BAR], [2 * BAR, BAR + 10, 480], [60, 64, 67], [80, 80, 80]), "Pad", 89)
        given = read(piece(held, track("Bass", LOW))).with_span((2, 3))
        pad = next(number for number, part in enumerate(given.score.parts) if part.name == "Pad")
        notes = (60, 12, 60), (60, 12, 62), (48, 12, 64), (100, 60, 67)
        new = score(given.score.parts, *((*note, 80, pad) for note in notes))
        gone, added = changed(given, piece_with_bars(given, new, PLAIN, drawn=[pad]))
        assert note_ons(gone) == []
        assert note_ons(added) == [(1, BAR + 10, 64), (1, 2400, 62), (1, 4000, 67)]
        assert (1, 3 * BAR, bytes([0x80, 67, 64])) in added

    def test_new_notes_are_as_loud_as_the_part(self) -> None:
        quiet = Track(Notes.of(np.arange(8) * BAR, [BAR] * 8, [60] * 8, [30] * 8), "Pad", 89)
        given = read(piece(quiet)).with_span((2, 2))
        new = score(given.score.parts, (48, 12, 60, 90, 0), (60, 12, 62, 110, 0))
        for as_loud, expected in ((True, [20, 40]), (False, [90, 110])):
            _, added = changed(given, piece_with_bars(given, new, PLAIN, as_loud=as_loud))
            assert sorted(data[2] for _, _, data in added if data[0] == 0x90) == expected

    def test_chord_symbols_in_the_bars_are_others(self) -> None:
        markers = tuple(Marker(BAR * n, text) for n, text in enumerate(("C", "G7", "Am", "F")))
        given = read(replace(BAND, markers=markers)).with_span((2, 2))
        code = {text: ChordSymbol.parse(text).code for text in ("C", "Dm", "E7", "Am")}
        parts = given.score.parts
        assert parts[0].kind == "chords"

        def symbols(*notes: tuple[int, int, str]) -> list[tuple[int, str]]:
            new = score(parts, *((onset, length, code[text], 80, 0) for onset, length, text in notes))
            made = piece_with_bars(given, new, PLAIN, drawn=[0])
            return [(one.tick, one.text) for one in made.markers]

        assert symbols((48, 24, "Dm"), (72, 24, "E7")) == [
            (0, "C"),
            (BAR, "Dm"),
            (BAR + 960, "E7"),
            (2 * BAR, "Am"),
            (3 * BAR, "F"),
        ]
        assert symbols((48, 24, "C"), (72, 24, "Am")) == [(0, "C"), (BAR + 960, "Am"), (2 * BAR, "Am"), (3 * BAR, "F")]
        within = given.with_span((1, 1))
        made = piece_with_bars(within, score(parts, (0, 24, code["Dm"], 80, 0)), PLAIN, drawn=[0])
        assert [(one.tick, one.text) for one in made.markers][:3] == [(0, "Dm"), (960, "N.C."), (BAR, "G7")]

    def test_no_symbol_stands_before_the_first(self) -> None:
        given = read(replace(BAND, markers=(Marker(BAR, "C"), Marker(2 * BAR, "F")))).with_span((1, 2))
        made = piece_with_bars(given, given.score, PLAIN, as_loud=False)
        assert made.markers == given.file.piece.markers

    def test_a_held_chord_goes_on_after_the_bars(self) -> None:
        markers = Marker(0, "C"), Marker(2 * BAR, "F"), Marker(7 * BAR, "C")
        given = read(replace(BAND, markers=markers)).with_span((4, 4))
        new = score(given.score.parts, (144, 48, ChordSymbol.parse("G").code, 80, 0))
        made = piece_with_bars(given, new, PLAIN, drawn=[0])
        found = [(one.tick // BAR, one.text) for one in made.markers]
        assert found == [(0, "C"), (2, "F"), (3, "G"), (4, "F"), (7, "C")]
        assert piece_with_bars(given, new[:0], PLAIN, drawn=[0]).markers == markers

    def test_what_a_caller_must_give(self) -> None:
        given = read(BAND)
        with pytest.raises(ValueError, match=r"given music with a span\. Received: none"):
            piece_with_bars(given, given.score, PLAIN)
        with pytest.raises(ValueError, match="new notes must be of the parts"):
            piece_with_bars(given.with_span((1, 1)), score((PAD,)), PLAIN)


class TestContinued:
    def test_bars_follow_in_the_own_track_and_channel_of_each_part(self, song: Path) -> None:
        given = read(song).at_the_end()
        parts = given.score.parts
        assert (given.score.meter, given.end % given.score.bar) == ((3, 4), 0)
        new = score((*parts, PAD), *((given.end + 12 * k, 12, 70 + k, 90, k) for k in range(4)), (0, 12, 99, 90, 0))
        made = piece_continued(given, replace(new, meter=Meter(3, 4)), 2, PLAIN)
        gone, added = changed(given, made)
        end = given.tick_of(given.end)
        assert not gone
        assert Counter(n for n, _, _ in note_ons(added)) == {1: 1, 2: 1, 3: 1, 4: 1}
        assert sorted(tick for _, tick, _ in note_ons(added)) == [end + 480 * k for k in range(4)]
        assert {data[0] for n, _, data in added if n == 1 and data[0] & 0xF0 == 0x90} == {0x93}
        assert [one.end for one in parse(midi_bytes(made), "it").tracks] == [end + 2 * 1440] * 5

    def test_notes_last_to_the_last_bar_line_and_a_new_chord_follows_the_last(self) -> None:
        given = read(replace(BAND, markers=(Marker(0, "C"), Marker(2 * BAR, "F")))).at_the_end()
        code = [ChordSymbol.parse(text).code for text in ("F", "G")]
        end = 8 * 48
        new = score(given.score.parts, (end, 24, code[0], 80, 0), (end + 24, 24, code[1], 80, 0), (end, 999, 60, 80, 1))
        made = piece_continued(given, new, 1, PLAIN)
        assert [(one.tick, one.text) for one in made.markers[2:]] == [(8 * BAR + 960, "G")]
        assert made.end == 9 * BAR
        assert max(int(one.notes.end.max()) for one in made.tracks) == 9 * BAR

    def test_a_section_before_the_last_is_refused(self, song: Path) -> None:
        given = read(song)
        with pytest.raises(ValueError, match=r"goes on after its last section\. Received: one that ends at tick 11520"):
            piece_continued(given, given.score, 1, PLAIN)


FOLDERS = {"multi": "all", "pop909-beats": "tracks", "quartets": "tracks", "hymns": "tracks", "lieder": "all"}
FOLDERS |= {"midi-defects": "all", "leadsheets": "leadsheet", "mutopia": "piano"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_real_files_come_back_as_they_are_and_with_new_parts(shared: Path, folder: str) -> None:
    files = sorted(path for path in (shared / folder).rglob("*.mid") if path.stat().st_size < 40_000)
    read_files = 0
    for path in files[:: max(1, len(files) // 8)][:8]:
        try:
            given = read(path, FOLDERS[folder])
            data, _ = unwrap(path.read_bytes(), "it")
            raw = parse(data, "it")
        except MelodyRNNError:
            continue
        read_files += 1
        same = piece_with_parts(given, score((PAD,)), PLAIN)
        assert parse(midi_bytes(same), "it") == raw
        old, new = given.file.piece, same
        assert [(t.notes, t.name, t.program) for t in new.tracks] == [(t.notes, t.name, t.program) for t in old.tracks]
        assert (new.tempos, new.keys, new.texts, new.markers) == (old.tempos, old.keys, old.texts, old.markers)
        notes = [(given.start + 24 * k, 24, 60 + k, 40 + k, 0) for k in range(12)]
        try:
            made = piece_with_parts(given, score((PAD,), *notes), PLAIN)
        except MidiError:
            continue
        gone, added = changed(given, made)
        assert not gone
        assert [pitch for _, _, pitch in note_ons(added)] == list(range(60, 72))
    assert read_files >= 4
