"""Roles of tracks: by channel, name, program, the ranking of melodies and the register; each hidden in turn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ensemble import BEAT, LOW, TUNE, chords, piece, track

from melodyrnn.extract.roles import find_roles, role_of_name
from melodyrnn.music.piece import Notes, Track

BAND = piece(
    track("a", TUNE, program=73),
    track("b", LOW, program=33),
    chords("c", [55, 60, 64], 8, program=89),
    track("d", BEAT, channel=9),
    track("e", [40] * 32, program=47),
)


def roles(*tracks: Track, **hidden: bool) -> list[str]:
    return [one.role for one in find_roles(piece(*tracks), **hidden)]


def test_by_channel_program_and_line() -> None:
    found = find_roles(BAND)
    assert [(one.track, one.role) for one in found] == [
        (0, "melody"),
        (1, "bass"),
        (2, "harmony"),
        (3, "drums"),
        (4, "other"),
    ]
    assert [one.reason for one in found[1:]] == [
        "its sound, Electric Bass (finger)",
        "its sound, Pad 2 (warm)",
        "channel 10",
        "its sound, Timpani",
    ]
    assert found[0].reason.startswith("the likeliest melody, score ")


def test_without_programs_the_register_says_which_is_the_bass() -> None:
    found = find_roles(replace(BAND, tracks=BAND.tracks[:4]), by_program=False)
    assert [one.role for one in found] == ["melody", "bass", "harmony", "drums"]
    assert found[1].reason == "a low line, mean pitch 39"


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("MELODY", "melody"),
        ("Lead Guitar 2", "melody"),
        ("Soprano", "melody"),
        ("Bass", "bass"),
        ("Fingered Bass", "bass"),
        ("lower:", "bass"),
        ("Warm Pad", "harmony"),
        ("Strings", "harmony"),
        ("Bass Strings", "harmony"),
        ("Bass Drum", "other"),
        ("Timpani", "other"),
        ("Piano", None),
        ("Square Lead", None),
        ("", None),
    ],
)
def test_names(name: str, role: str | None) -> None:
    assert role_of_name(name) == role


def test_a_name_outweighs_the_sound_and_can_be_hidden() -> None:
    tracks = track("Strings", [p - 12 for p in TUNE], program=33), track("Melody", [p + 12 for p in LOW], program=48)
    assert roles(*tracks) == ["harmony", "melody"]
    assert roles(*tracks, by_name=False) == ["bass", "melody"]


def test_the_sound_of_a_bass_played_high_is_none() -> None:
    assert roles(track("", [p + 12 for p in TUNE], program=33), track("", LOW)) == ["melody", "bass"]


def test_a_single_track_is_the_melody() -> None:
    (one,) = find_roles(piece(chords("Piano", [36, 48, 60], 8)))
    assert (one.role, one.reason) == ("melody", "the only track, score 1.00")


def test_strings_lead_where_nothing_else_does() -> None:
    assert roles(track("", TUNE, program=48), track("", LOW, program=48)) == ["melody", "bass"]


def test_a_voice_with_the_sound_of_a_choir_leads_a_piano() -> None:
    assert roles(track("", TUNE, program=52), chords("", [48, 55, 60], 8)) == ["melody", "harmony"]
    assert roles(chords("", [60, 64, 67], 8, program=52), track("", TUNE)) == ["harmony", "melody"]


def test_the_lower_of_two_staves_of_one_sound_is_the_left_hand_even_as_a_better_line() -> None:
    upper, lower = chords("", [66, 73], 8), track("", [p - 4 for p in TUNE])
    assert roles(upper, lower) == ["melody", "bass"]
    assert roles(lower, upper) == ["bass", "melody"]
    organ = track("", [p - 4 for p in TUNE], program=19)
    assert roles(track("", [p + 10 for p in TUNE]), organ) == ["melody", "harmony"]


def test_triads_are_harmony_however_low() -> None:
    assert roles(track("", TUNE), chords("", [40, 44, 47], 8)) == ["melody", "harmony"]
    assert roles(track("", TUNE), chords("", [40, 47], 8)) == ["melody", "bass"]


def test_of_several_named_melodies_the_best_line_ranks_first() -> None:
    found = find_roles(piece(track("melody", [60, 84] * 16), track("solo", TUNE)))
    assert [one.role for one in found] == ["melody", "melody"]
    assert found[1].rank < found[0].rank


def test_tracks_without_notes_have_no_role() -> None:
    assert [one.track for one in find_roles(piece(Track(Notes.of([], [], [], [])), track("", TUNE)))] == [1]
