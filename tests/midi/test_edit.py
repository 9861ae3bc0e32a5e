"""Notes can be removed and added while every other event stays."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.midi.edit import RawNote, channels_with_notes, closed, notes_of, with_notes
from melodyrnn.midi.raw import RawEvent, RawTrack
from melodyrnn.music.piece import Notes

NOTHING = Notes.of([], [], [], [])


def _track(*events: tuple[int, int, int, int], end: int = 1000) -> RawTrack:
    """Return a track of events as tick, status, and two data bytes."""
    return RawTrack(tuple(RawEvent(tick, bytes(data)) for tick, *data in events), end)


def _spans(track: RawTrack, channel: int = 0) -> list[tuple[int, int, int, int]]:
    return [(note.onset, note.end, note.pitch, note.velocity) for note in notes_of(track, channel)]


def test_a_note_struck_again_ends_the_one_before() -> None:
    track = _track((0, 0x90, 60, 90), (100, 0x90, 60, 80), (200, 0x80, 60, 0), (300, 0x80, 60, 0))
    assert _spans(track) == [(0, 100, 60, 90), (100, 300, 60, 80)]


def test_a_note_without_a_note_off_ends_where_the_next_begins_or_with_the_track() -> None:
    assert _spans(_track((10, 0x90, 60, 90), end=500)) == [(10, 500, 60, 90)]
    followed = _track((10, 0x90, 60, 90), (40, 0x90, 61, 90), (60, 0x80, 61, 0))
    assert _spans(followed) == [(10, 40, 60, 90), (40, 60, 61, 90)]


def test_velocity_0_is_a_note_off_and_channels_are_apart() -> None:
    track = _track((0, 0x90, 60, 90), (0, 0x93, 60, 70), (50, 0x90, 60, 0), (80, 0x83, 60, 0))
    assert channels_with_notes(track) == [0, 3]
    assert _spans(track) == [(0, 50, 60, 90)]
    assert _spans(track, 3) == [(0, 80, 60, 70)]


def test_a_kept_note_ends_where_a_removed_note_ended_it() -> None:
    """Without the second note the first would last until the second's note-off."""
    track = _track((0, 0x90, 60, 90), (100, 0x90, 60, 80), (200, 0x80, 60, 0))
    _, second = notes_of(track, 0)
    assert _spans(with_notes(track, 0, [second], NOTHING)) == [(0, 100, 60, 90)]


def test_a_track_becomes_longer_where_added_notes_need_it() -> None:
    longer = with_notes(_track((0, 0x90, 60, 90), (10, 0x80, 60, 0), end=10), 0, (), Notes.of([20], [30], [61], [50]))
    assert longer.end == 50
    assert _spans(longer) == [(0, 10, 60, 90), (20, 50, 61, 50)]


def test_a_closed_track_has_a_note_off_for_each_note_that_lasts_to_its_end() -> None:
    track = _track((0, 0x90, 60, 90), (5, 0x90, 60, 90), (5, 0x92, 61, 90), (8, 0x82, 61, 0), end=20)
    added = closed(track).events[len(track.events) :]
    assert [(event.tick, event.data[:2]) for event in added] == [(20, bytes([0x80, 60]))]
    assert notes_of(closed(track), 0)[-1].off == len(track.events)


def test_closing_a_track_with_a_note_struck_twice_at_once_changes_none() -> None:
    """A note-off for the first note would make the messages of its pitch stand for others."""
    ons = [(0, 0x90, 60, 1), (1, 0x90, 61, 1), (2, 0x90, 60, 1), (2, 0x90, 60, 1)]
    track = _track(*ons, (3, 0x80, 60, 0), (3, 0x80, 60, 0), (4, 0x80, 61, 0))
    assert _spans(track) == [(0, 1, 60, 1), (1, 4, 61, 1), (2, 3, 60, 1)]
    assert _spans(closed(track)) == _spans(track)


def test_a_note_struck_again_at_its_tick_has_its_own_messages() -> None:
    track = _track((0, 0x90, 60, 1), (0, 0x80, 60, 0), (0, 0x90, 60, 1), (9, 0x80, 60, 0))
    assert notes_of(track, 0) == [RawNote(0, 1, 0, 0, 60, 1), RawNote(2, 3, 0, 9, 60, 1)]
    assert _spans(with_notes(track, 0, notes_of(track, 0)[1:], NOTHING)) == [(0, 0, 60, 1)]


messages = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([0x80, 0x90, 0x91, 0xB0]), st.integers(60, 62), st.integers(0, 127)),
    max_size=30,
).map(lambda rows: _track(*sorted(rows, key=lambda row: row[0]), end=60))


@given(messages, st.data())
def test_removing_notes_keeps_all_others_and_all_other_events(track: RawTrack, data: st.DataObject) -> None:
    track = closed(track)
    notes = notes_of(track, 0)
    removed = data.draw(st.lists(st.sampled_from(notes), unique=True)) if notes else []
    edited = with_notes(track, 0, removed, NOTHING)
    kept = Counter((n.onset, n.end, n.pitch) for n in notes if n not in removed and n.end > n.onset)
    found = Counter((n.onset, n.end, n.pitch) for n in notes_of(edited, 0) if n.end > n.onset)
    assert found == kept
    others = [event for event in track.events if event.channel != 0 or event.kind == 0xB0]
    assert [event for event in edited.events if event.channel != 0 or event.kind == 0xB0] == others


@given(messages)
def test_closing_a_track_changes_no_note(track: RawTrack) -> None:
    spans = sorted(span for span in _spans(track) if span[1] > span[0])
    assert sorted(span for span in _spans(closed(track)) if span[1] > span[0]) == spans
    assert closed(closed(track)) == closed(track)


@given(messages)
def test_without_a_change_the_events_are_the_same(track: RawTrack) -> None:
    assert with_notes(track, 0, (), NOTHING) == track


@given(messages)
def test_added_notes_are_there_and_others_stay(track: RawTrack) -> None:
    """Notes of one tick may change their order."""
    before = [(n.onset, n.end, n.pitch) for n in notes_of(track, 0) if n.end > n.onset]
    edited = with_notes(closed(track), 0, (), Notes.of([60, 70], [10, 5], [60, 61], [90, 80]))
    found = Counter((n.onset, n.end, n.pitch) for n in notes_of(edited, 0) if n.end > n.onset)
    assert found == Counter([*before, (60, 70, 60), (70, 75, 61)])


def test_a_note_of_the_file_names_its_events() -> None:
    track = _track((0, 0xB0, 64, 127), (5, 0x90, 60, 90), (9, 0x80, 60, 0))
    assert notes_of(track, 0) == [RawNote(1, 2, 5, 9, 60, 90)]
