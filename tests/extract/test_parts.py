"""Whole pieces as scores of several parts: the three extractors, exact notes, cuts and losses with a line each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ensemble import BEAT, LOW, QUARTER, TUNE, chords, piece, track
from hypothesis import given
from strategies import ensembles

from melodyrnn.errors import SettingError
from melodyrnn.extract.extractor import Extracted, ExtractionSettings, PartRole, Refusal
from melodyrnn.extract.parts import ALL, PIANO, TRACKS, PartsExtractor
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import KeySignature, Notes, Piece, Tempo, TimeSignature, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

KEEP = ExtractionSettings(bar_lines="file", max_bars=1000, max_rest_quarters=1000)


def extract(one: Piece, by: PartsExtractor = ALL, **settings: object) -> list[Extracted]:
    return list(by.extract(one, ExtractionSettings(**settings)))  # type: ignore[arg-type]


def scores(found: list[Extracted]) -> list[Score]:
    return [one.result for one in found if isinstance(one.result, Score)]


def roles(found: list[Extracted]) -> dict[str | None, str]:
    return {one.voice: one.result.role for one in found if isinstance(one.result, PartRole)}


def refusals(found: list[Extracted]) -> list[tuple[str | None, Refusal, object]]:
    return [(one.voice, one.result, one.details["notes"]) for one in found if isinstance(one.result, Refusal)]


BAND = piece(
    track("Drums", BEAT, channel=9),
    track("Bass", LOW, program=33),
    chords("Piano", [60, 64, 67], 8),
    track("Flute", [p + 12 for p in TUNE], program=73),
)


class TestAll:
    def test_every_track_is_a_part(self) -> None:
        found = extract(BAND)
        (score,) = scores(found)
        assert [(p.name, p.kind, p.program, p.role) for p in score.parts] == [
            ("Flute", "melodic", 73, "melody"),
            ("Bass", "melodic", 33, "bass"),
            ("Piano", "melodic", 0, "harmony"),
            ("Drums", "drums", 0, "drums"),
        ]
        assert [len(score.only(n)) for n in range(4)] == [32, 32, 24, 32]
        assert found[0].details["parts"] == ["melody", "bass", "harmony", "drums"]
        assert (found[0].voice, score.name, score.key) == (None, "", Key(0, "major"))

    def test_a_line_for_each_track_with_its_role_and_the_reason(self) -> None:
        lines = extract(BAND)[1:]
        assert [one.voice for one in lines] == [
            "track 3 (Flute)",
            "track 1 (Bass)",
            "track 2 (Piano)",
            "track 0 (Drums)",
        ]
        assert lines[1].result == PartRole("bass", "its name, 'Bass'")
        assert lines[1].details == {"notes": 32, "program": 33}

    @given(ensembles())
    def test_notes_survive_exactly(self, score: Score) -> None:
        own = to_piece(score)
        (found,) = scores(list(ALL.extract(own, KEEP)))
        names = {part.name: number for number, part in enumerate(score.parts)}
        part = np.array([names[p.name] for p in found.parts])[found.part]
        moved = replace(found, part=part, parts=score.parts, key=score.key, name=score.name)
        assert moved == score.shifted(-(int(score.onset[0]) // score.bar) * score.bar)

    def test_drums_alone_are_a_piece(self) -> None:
        (score,) = scores(extract(piece(track("kit", BEAT, channel=9))))
        assert [p.role for p in score.parts] == ["drums"]
        assert score.pitch.tolist() == BEAT

    def test_no_notes(self) -> None:
        assert extract(Piece(QUARTER, (Track(Notes.of([], [], [], [])),))) == [Extracted(None, Refusal("no notes"))]

    def test_notes_of_one_onset_and_pitch_leave_the_longest_and_a_line(self) -> None:
        double = Notes.of([0, 2, 480, 960], [100, 400, 480, 480], [60, 60, 62, 64], [70, 90, 80, 80])
        found = extract(piece(Track(double, "a"), track("b", LOW)))
        (score,) = scores(found)
        own = score.only(0)
        assert (own.pitch.tolist(), own.duration.tolist(), own.velocity.tolist()) == (
            [60, 62, 64],
            [10, 12, 12],
            [90, 80, 80],
        )
        assert refusals(found) == [("track 0 (a)", Refusal("notes of one onset and pitch"), 1)]

    def test_a_note_of_no_length_lasts_a_step(self) -> None:
        clicks = Notes.of(np.arange(32) * QUARTER, [0] * 32, BEAT, [80] * 32)
        (score,) = scores(extract(piece(Track(clicks, "kit", 0, 9), track("a", TUNE))))
        assert score.only(1).duration.tolist() == [1] * 32

    def test_parts_without_notes_in_a_piece_are_not_in_its_score(self) -> None:
        found = extract(piece(track("Flute", TUNE * 2), track("Bass", LOW, first=32)), max_bars=8)
        assert [[p.name for p in score.parts] for score in scores(found)] == [["Flute"], ["Flute", "Bass"]]


class TestCuts:
    def test_by_length_with_names_and_places(self) -> None:
        found = extract(piece(track("a", TUNE * 4), track("b", LOW * 4)), max_bars=12)
        assert [(one.voice, one.result.name) for one in found if isinstance(one.result, Score)] == [
            ("bars 1-8", " (1)"),
            ("bars 9-20", " (2)"),
            ("bars 21-32", " (3)"),
        ]
        assert [score.num_bars for score in scores(found)] == [8, 12, 12]

    def test_a_held_note_stays_whole_where_there_is_room(self) -> None:
        held = Track(Notes.of([0], [QUARTER * 36], [48], [80]), "pad")
        found = extract(piece(track("a", TUNE * 2), held), max_bars=12)
        first = scores(found)[0]
        assert first.duration.max() == 36 * 12
        assert "notes_cut" not in found[0].details

    def test_else_it_ends_at_the_last_bar_line_which_is_told(self) -> None:
        held = Track(Notes.of([0], [QUARTER * 64], [48], [80]), "pad")
        found = extract(piece(track("a", TUNE * 2), held), max_bars=8)
        assert scores(found)[0].duration.max() == 32 * 12
        assert found[0].details["notes_cut"] == 1

    def test_where_the_meter_changes_and_with_the_tempo_and_key_there(self) -> None:
        meters = TimeSignature(0, Meter(4, 4)), TimeSignature(16 * QUARTER, Meter(3, 4))
        tempos = Tempo(0, 500_000), Tempo(16 * QUARTER, 400_000)
        keys = KeySignature(0, Key(0, "major")), KeySignature(16 * QUARTER, Key(0, "major"))
        found = extract(piece(track("a", TUNE), track("b", LOW), meters=meters, tempos=tempos, keys=keys))
        assert [(s.meter, s.microseconds_per_quarter) for s in scores(found)] == [((4, 4), 500_000), ((3, 4), 400_000)]
        assert [one.voice for one in found[:2]] == ["bars 1-4", "bars 5-10"]

    def test_at_a_change_of_key(self) -> None:
        """It is written as a double bar."""
        keys = KeySignature(0, Key(0, "major")), KeySignature(5 * 4 * QUARTER, Key(7, "major"))
        found = extract(piece(chords("a", [60, 64, 67], 12), track("b", LOW, length=1.5), keys=keys), max_bars=8)
        assert [one.voice for one in found[:2]] == ["bars 1-5", "bars 6-12"]

    def test_a_pickup_is_in_the_first_bar(self) -> None:
        meters = TimeSignature(0, Meter(2, 4)), TimeSignature(2 * QUARTER, Meter(4, 4))
        (score,) = scores(extract(piece(track("a", TUNE), track("b", LOW), meters=meters)))
        assert (score.onset[0], score.meter, score.pickup_bars) == (24, (4, 4), 1)

    def test_a_meter_that_does_not_fit(self) -> None:
        found = extract(piece(track("a", TUNE), meters=(TimeSignature(0, Meter(1, 64)),)))
        assert refusals(found) == [(None, Refusal("the bar of 1/64 does not fit the grid"), 32)]


class TestGrid:
    free = np.random.default_rng(0).integers(0, QUARTER, 32) + np.arange(32) * QUARTER

    def free_piece(self) -> Piece:
        return piece(Track(Notes.of(self.free, [400] * 32, TUNE, [80] * 32), "a"))

    def test_free_playing_is_dropped_as_a_whole(self) -> None:
        found = extract(self.free_piece())
        assert refusals(found) == [(None, Refusal("off the grid", "--off-grid snap"), 32)]
        assert roles(found) == {"track 0 (a)": "melody"}

    def test_or_snapped_or_kept(self) -> None:
        (snapped,) = scores(extract(self.free_piece(), off_grid="snap"))
        assert set((snapped.onset % 12).tolist()) <= {0, 3, 4, 6, 8, 9}
        (kept,) = scores(extract(self.free_piece(), off_grid="keep"))
        assert len(set((kept.onset % 12).tolist())) > 6

    def test_thirty_seconds_are_rounded(self) -> None:
        found = extract(piece(track("a", TUNE * 2, length=1 / 8), track("b", LOW)))
        assert len(scores(found)[0]) == 96
        assert found[0].details["thirty_seconds"] == "rounded"

    def test_a_grid_that_is_late(self) -> None:
        late = piece(
            *(
                replace(t, notes=Notes.of(t.notes.onset + 13, t.notes.duration, t.notes.pitch, t.notes.velocity))
                for t in BAND.tracks
            )
        )
        found = extract(late, bar_lines="file")
        assert found[0].details["grid_offset"] == 0.325
        assert scores(found)[0].onset[0] == 0


class TestTracks:
    def test_first_inner_and_last(self) -> None:
        voices = piece(*(track(f"v{n}", [p - 5 * n for p in TUNE]) for n in range(4)))
        found = extract(voices, TRACKS)
        assert [(p.name, p.role) for p in scores(found)[0].parts] == [
            ("v0", "melody"),
            ("v3", "bass"),
            ("v1", "harmony"),
            ("v2", "harmony"),
        ]
        reasons = [one.result.reason for one in found if isinstance(one.result, PartRole)]
        assert reasons == ["the first track", "the last track", "an inner track", "an inner track"]

    def test_drums_are_drums(self) -> None:
        assert roles(extract(BAND, TRACKS)) == {
            "track 0 (Drums)": "drums",
            "track 1 (Bass)": "melody",
            "track 2 (Piano)": "harmony",
            "track 3 (Flute)": "bass",
        }

    def test_one_track_is_refused_with_the_option_that_keeps_it(self) -> None:
        one = piece(track("a", TUNE), Track(Notes.of([], [], [], [])))
        assert extract(one, TRACKS) == [Extracted(None, Refusal("a single track with notes", "--parts all"))]


class TestPiano:
    def test_the_higher_track_is_the_right_hand(self) -> None:
        found = extract(piece(track("x", LOW), track("y", TUNE)), PIANO)
        assert roles(found) == {"track 0 (x)": "bass", "track 1 (y)": "melody"}

    def test_names_of_hands_outweigh_the_register(self) -> None:
        found = extract(piece(track("right hand", LOW), track("left hand", TUNE)), PIANO)
        assert roles(found) == {"track 0 (right hand)": "melody", "track 1 (left hand)": "bass"}

    def test_a_single_track_is_one_part(self) -> None:
        (score,) = scores(extract(piece(chords("", [40, 52, 64], 4)), PIANO))
        assert ([p.role for p in score.parts], len(score)) == (["melody"], 12)

    def test_voices_of_a_hand_by_their_register(self) -> None:
        found = extract(piece(track("a", TUNE), track("b", [p + 12 for p in TUNE]), track("c", LOW)), PIANO)
        assert list(roles(found).values()) == ["melody", "melody", "bass"]

    def test_other_instruments_are_refused(self) -> None:
        found = extract(piece(track("Voice", TUNE, program=52), track("Piano", TUNE), track("Piano", LOW)), PIANO)
        assert refusals(found) == [("track 0 (Voice)", Refusal("no track of a piano", "--parts all"), 32)]
        none = extract(piece(track("Voice", TUNE, program=52)), PIANO)
        assert none == [Extracted(None, Refusal("no track of a piano", "--parts all"))]


class TestAskedRoles:
    def test_by_name_in_any_case_and_by_number(self) -> None:
        found = extract(BAND, roles=(("piano", "melody"), ("3", "other")))
        assert roles(found) == {
            "track 2 (Piano)": "melody",
            "track 1 (Bass)": "bass",
            "track 3 (Flute)": "other",
            "track 0 (Drums)": "drums",
        }
        lines = {one.voice: one for one in found if isinstance(one.result, PartRole)}
        assert lines["track 2 (Piano)"].result == PartRole("melody", "--role piano=melody")
        assert lines["track 2 (Piano)"].details["asked"] == "piano"
        assert "asked" not in lines["track 1 (Bass)"].details

    def test_a_track_that_would_be_refused(self) -> None:
        found = extract(piece(track("Cello", LOW, program=42), track("Piano", TUNE)), PIANO, roles=(("Cello", "bass"),))
        assert roles(found) == {"track 1 (Piano)": "melody", "track 0 (Cello)": "bass"}

    def test_drums_on_another_channel(self) -> None:
        (score,) = scores(extract(piece(track("kit", BEAT), track("a", TUNE)), roles=(("kit", "drums"),)))
        assert [p.kind for p in score.parts] == ["melodic", "drums"]

    @pytest.mark.parametrize(
        ("roles", "message"),
        [
            (
                (("Strings", "chords"),),
                "a role must be one of melody, bass, harmony, other, drums. Received: 'chords' for 'Strings'",
            ),
            ((("Strings", "bass"), ("strings", "harmony")), "a track must have one role. Received: two for 'strings'"),
        ],
    )
    def test_settings_that_cannot_be(self, roles: tuple[tuple[str, str], ...], message: str) -> None:
        with pytest.raises(SettingError) as error:
            ExtractionSettings(roles=roles)
        assert str(error.value) == message


def test_max_bars_must_be_positive() -> None:
    with pytest.raises(SettingError, match=r"max_bars must be at least 1\. Received: 0"):
        ExtractionSettings(max_bars=0)
