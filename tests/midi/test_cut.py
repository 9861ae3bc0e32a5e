"""A stretch of a file keeps its notes, and what held where it begins."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.midi.cut import between
from melodyrnn.midi.edit import notes_of
from melodyrnn.midi.raw import RawEvent, RawFile, RawTrack


def _file(*events: tuple[int, bytes], end: int = 1000) -> RawFile:
    return RawFile(1, 480, (RawTrack(tuple(RawEvent(*event) for event in events), end),))


def test_what_holds_at_the_start_is_kept_and_what_only_happened_is_not() -> None:
    program, later, pedal, bend = b"\xc0\x05", b"\xc0\x28", b"\xb0\x40\x7f", b"\xe0\x00\x41"
    tempo, name, lyric = b"\xff\x51\x03\x06\x1a\x80", b"\xff\x03\x01a", b"\xff\x05\x02la"
    file = _file((0, name), (0, program), (10, tempo), (20, pedal), (30, later), (40, lyric), (50, bend), (120, lyric))
    (track,) = between(file, 100, 200).tracks
    assert track == RawTrack((*(RawEvent(0, e) for e in (name, tempo, pedal, later, bend)), RawEvent(20, lyric)), 100)


def test_what_is_set_at_the_start_takes_the_place_of_what_was_set_before() -> None:
    (track,) = between(_file((0, b"\xc0\x05"), (100, b"\xc0\x28")), 100, 200).tracks
    assert [event.data for event in track.events] == [b"\xc0\x28"]


def test_notes_end_with_the_stretch_and_those_from_before_are_left_out() -> None:
    def note(onset: int, end: int, pitch: int) -> list[tuple[int, bytes]]:
        return [(onset, bytes([0x92, pitch, 70])), (end, bytes([0x82, pitch, 0]))]

    events = sorted([*note(50, 150, 60), *note(100, 140, 61), *note(180, 400, 62), *note(200, 300, 63)])
    (track,) = between(_file(*events), 100, 200).tracks
    assert [(n.onset, n.end, n.pitch, n.velocity) for n in notes_of(track, 2)] == [(0, 40, 61, 70), (80, 100, 62, 70)]


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60), st.integers(60, 63)), max_size=20),
    st.integers(0, 200),
    st.integers(1, 200),
)
def test_every_note_of_the_stretch_is_there(rows: list[tuple[int, int, int]], start: int, length: int) -> None:
    events = [(on, bytes([0x90, pitch, 80])) for on, _, pitch in rows]
    events += [(on + duration, bytes([0x80, pitch, 0])) for on, duration, pitch in rows]
    file = _file(*sorted(events), end=400)
    notes = [n for n in notes_of(file.tracks[0], 0) if start <= n.onset < start + length and n.end > n.onset]
    (cut,) = between(file, start, start + length).tracks
    found = [(n.onset + start, n.end + start, n.pitch) for n in notes_of(cut, 0)]
    assert found == [(n.onset, min(n.end, start + length), n.pitch) for n in notes]
