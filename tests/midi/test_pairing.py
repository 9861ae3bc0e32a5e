from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.midi.pairing import OpenNotes, durations_until_struck, struck_again
from melodyrnn.music.piece import Notes
from tests.midi.files import READERS, At, line, midi_file, off, on, read_with

TUNE = [60, 64, 62, 64, 67, 64, 60, 64] * 4
MENDED = "notes never closed, ended where the next begins: "

# What is played on one channel, the notes (onset, duration, pitch, velocity) and how many had no note-off.
CASES: dict[str, tuple[list[At], list[tuple[int, int, int, int]], int]] = {
    "a note struck again": (
        [on(0, 60), on(50, 60, 80), off(100, 60), off(150, 60)],
        [(0, 50, 60, 90), (50, 100, 60, 80)],
        0,
    ),
    "a legato chain": (
        [on(0, 60), on(50, 60), off(55, 60), on(100, 60), off(105, 60), off(150, 60)],
        [(0, 50, 60, 90), (50, 50, 60, 90), (100, 50, 60, 90)],
        0,
    ),
    "a note-off written after the note-on of its tick": (
        [on(0, 60), on(50, 60, 80), off(50, 60), off(80, 60)],
        [(0, 50, 60, 90), (50, 30, 60, 80)],
        0,
    ),
    "unison": (
        [on(0, 60), on(0, 60, 80), off(50, 60), off(100, 60)],
        [(0, 50, 60, 90), (0, 100, 60, 80)],
        0,
    ),
    "other pitches sound on": (
        [on(0, 60), on(20, 64), on(50, 60), off(60, 60), off(90, 60), off(100, 64)],
        [(0, 50, 60, 90), (20, 80, 64, 90), (50, 40, 60, 90)],
        0,
    ),
    "a note-off without a note": ([off(0, 60), on(10, 60), off(50, 60), off(60, 60)], [(10, 40, 60, 90)], 0),
    "a lost note-off": (
        [on(0, 60), on(100, 60, 80), off(150, 60), on(200, 60, 70), off(250, 60)],
        [(0, 100, 60, 90), (100, 50, 60, 80), (200, 50, 60, 70)],
        1,
    ),
    "two lost note-offs": (
        [on(0, 60), on(100, 60), on(200, 60), off(250, 60), on(300, 60), off(350, 60)],
        [(0, 100, 60, 90), (100, 100, 60, 90), (200, 50, 60, 90), (300, 50, 60, 90)],
        2,
    ),
    "a doubled note-on": (
        [on(0, 60), on(5, 60, 80), off(50, 60), on(100, 60), off(150, 60)],
        [(0, 5, 60, 90), (5, 45, 60, 80), (100, 50, 60, 90)],
        1,
    ),
    "doubled at its tick": (
        [on(0, 60), on(0, 60, 80), off(50, 60), on(100, 60), off(150, 60)],
        [(0, 50, 60, 80), (100, 50, 60, 90)],
        1,
    ),
    "lost, then note-offs after the note-ons of their ticks": (
        [on(0, 60), on(100, 60), on(200, 60), off(200, 60), on(300, 60), off(300, 60), off(350, 60)],
        [(0, 100, 60, 90), (100, 100, 60, 90), (200, 100, 60, 90), (300, 50, 60, 90)],
        1,
    ),
    "lost after a silence, chain before it": (
        [on(0, 60), on(50, 60), off(55, 60), off(80, 60), on(100, 60), on(200, 60), off(250, 60)],
        [(0, 50, 60, 90), (50, 30, 60, 90), (100, 100, 60, 90), (200, 50, 60, 90)],
        1,
    ),
    "lost, then a note of no length": (
        [on(0, 60), on(100, 60), off(150, 60), on(200, 60), off(200, 60), on(300, 62), off(350, 62)],
        [(0, 100, 60, 90), (100, 50, 60, 90), (200, 0, 60, 90), (300, 50, 62, 90)],
        1,
    ),
    "lost, the next note of another pitch ends it": (
        [on(0, 60), on(40, 64), off(90, 64), on(100, 60, 80), off(150, 60)],
        [(0, 40, 60, 90), (40, 50, 64, 90), (100, 50, 60, 80)],
        1,
    ),
    "lost in a chord, the next onset ends it": (
        [on(0, 60), on(0, 64), on(0, 67), off(90, 60), off(95, 67), on(120, 64), off(150, 64)],
        [(0, 90, 60, 90), (0, 120, 64, 90), (0, 95, 67, 90), (120, 30, 64, 90)],
        1,
    ),
    "the last of its pitch, the next note ends it": (
        [on(0, 60), on(50, 64), off(90, 64)],
        [(0, 50, 60, 90), (50, 40, 64, 90)],
        1,
    ),
    "the last of all, the end of the track ends it": (
        [on(0, 60), off(40, 60), on(50, 64), off(90, 10)],
        [(0, 40, 60, 90), (50, 40, 64, 90)],
        1,
    ),
    "no note-off at all": (
        [on(0, 60), on(30, 62), on(60, 62), off(90, 10)],
        [(0, 30, 60, 90), (30, 30, 62, 90), (60, 30, 62, 90)],
        3,
    ),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("case", CASES)
def test_every_reader_pairs_alike(case: str, reader: str) -> None:
    events, expected, num_unclosed = CASES[case]
    piece = read_with(reader, midi_file(events))
    (track,) = piece.tracks
    notes = track.notes
    columns = (notes.onset, notes.duration, notes.pitch, notes.velocity)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected
    assert [repair for repair in piece.repairs if repair.startswith(MENDED)] == (
        [f"{MENDED}{num_unclosed}"] if num_unclosed else []
    )


@pytest.mark.parametrize("reader", READERS)
def test_channels_and_tracks_are_paired_apart(reader: str) -> None:
    one = [on(0, 60), on(50, 60, 80, 1), off(100, 60), off(200, 60, 1)]
    piece = read_with(reader, midi_file(one, [on(20, 60), off(60, 60)], kind=1))
    assert [(t.notes.onset.tolist(), t.notes.duration.tolist()) for t in piece.tracks] in (
        [([0], [100]), ([50], [150]), ([20], [40])],
    )


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("place", range(32))
def test_one_event_lost_or_doubled_changes_one_note(reader: str, place: int) -> None:
    sound = read_with(reader, midi_file(line(TUNE))).tracks[0].notes
    events = line(TUNE)
    ends = [n for n, (_, message) in enumerate(events) if message.type == "note_off"]
    lost = read_with(reader, midi_file(events[: ends[place]] + events[ends[place] + 1 :], end=32 * 480)).tracks[0].notes
    assert lost.onset.tolist() == sound.onset.tolist()
    assert lost.pitch.tolist() == sound.pitch.tolist()
    assert (lost.duration != sound.duration).sum() <= 1
    begins = [n for n, (_, message) in enumerate(events) if message.type == "note_on"]
    tick, message = events[begins[place]]
    again = [*events[: begins[place] + 1], (tick + 5, message.copy(velocity=70)), *events[begins[place] + 1 :]]
    doubled = read_with(reader, midi_file(again)).tracks[0].notes
    assert len(doubled) == len(sound) + 1
    assert sorted(doubled.end.tolist()) == sorted([*sound.end.tolist(), tick + 5])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(60, 62), st.booleans()), max_size=60))
def test_all_readers_agree_on_any_events(events: list[tuple[int, int, bool]]) -> None:
    tick, played = 0, []
    for wait, pitch, is_on in events:
        tick += wait
        played.append(on(tick, pitch, 40 + tick % 80) if is_on else off(tick, pitch))
    data = midi_file([*played, off(tick + 2, 100)])
    exact, *others = (read_with(reader, data) for reader in ("salvage", "mido", "symusic"))
    for other in others:
        assert [track.notes for track in other.tracks] == [track.notes for track in exact.tracks]
    for track in exact.tracks:
        assert (track.notes.duration >= 0).all()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(60, 62), st.booleans()), max_size=60))
def test_a_pitch_never_sounds_on_after_it_is_struck_again(events: list[tuple[int, int, bool]]) -> None:
    tick, notes = 0, OpenNotes()
    for wait, pitch, is_on in events:
        tick += wait
        notes.add(tick, pitch, 90 if is_on else 0)
    closed, num_unclosed = notes.closed(tick + 2)
    assert len(closed) <= sum(is_on for *_, is_on in events) <= len(closed) + num_unclosed
    for pitch in {60, 61, 62}:
        own = closed[closed.pitch == pitch]
        later = own.onset[1:] > own.onset[:-1]
        assert (own.end[:-1] <= own.onset[1:])[later].all()


def test_a_line_is_returned_as_it_is() -> None:
    notes = Notes.of([0, 10, 20], [10, 10, 5], [60, 60, 62], [90] * 3)
    assert struck_again(notes) is notes


_NOTE = st.tuples(st.integers(0, 30), st.integers(0, 20), st.integers(60, 63))


@given(st.lists(st.lists(_NOTE, min_size=1, max_size=20), min_size=1, max_size=4), st.sampled_from([0, 1 << 20]))
def test_channels_are_ended_apart_where_many_are_read_at_once(
    channels: list[list[tuple[int, int, int]]], first_voice: int
) -> None:
    parts = [Notes.of(*zip(*rows, strict=True), [90] * len(rows)) for rows in channels]
    onset, duration = (np.concatenate([getattr(part, name) for part in parts]) for name in ("onset", "duration"))
    voice = first_voice + np.concatenate([128 * number + part.pitch for number, part in enumerate(parts)])
    expected = np.concatenate([struck_again(part).duration for part in parts])
    np.testing.assert_array_equal(durations_until_struck(onset, duration, voice), expected)
