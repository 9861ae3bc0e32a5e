"""Monophonic lines out of polyphonic notes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.extract.monophony import monophonic, monophonic_lines, skyline
from melodyrnn.music.piece import Notes
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score

QUARTER = 480
_NOTE = st.tuples(st.integers(0, 40), st.integers(0, 30), st.integers(60, 66), st.integers(1, 127))
TRACK = st.lists(_NOTE, min_size=1, max_size=40).map(lambda rows: Notes.of(*zip(*rows, strict=True)))


def notes(size: int, pitch: int = 60, start: int = 0, length: int = QUARTER) -> Notes:
    onset = start + np.arange(size) * length
    return Notes.of(onset, [length] * size, pitch + np.arange(size) % 5, [80] * size)


def merged(*parts: Notes) -> Notes:
    return Notes.of(
        *(np.concatenate([getattr(p, n) for p in parts]) for n in ("onset", "duration", "pitch", "velocity"))
    )


class TestMonophonic:
    @given(melodies())
    def test_a_line_stays_as_it_is(self, melody: Score) -> None:
        notes = to_piece(melody).tracks[0].notes
        assert monophonic(notes) == (notes, 0)

    def test_of_one_onset_the_highest_stays(self) -> None:
        notes, share = monophonic(Notes.of([0, 0, 0, 10], [10] * 4, [60, 67, 64, 62], [1, 2, 3, 4]))
        assert notes == Notes.of([0, 10], [10, 10], [67, 62], [2, 4])
        assert share == 0.5

    def test_a_note_ends_where_the_next_begins(self) -> None:
        notes, share = monophonic(Notes.of([0, 10, 20], [15, 10, 99], [60, 62, 64], [80] * 3))
        assert notes.duration.tolist() == [10, 10, 99]
        assert share == 0  # 15 instead of 10 is legato

    def test_what_is_cut_by_more_than_half_counts_as_lost(self) -> None:
        _, share = monophonic(Notes.of([0, 10, 20, 30], [40, 10, 10, 10], [60, 62, 64, 65], [80] * 4))
        assert share == 0.25

    @given(TRACK)
    def test_definition(self, track: Notes) -> None:
        highest = {onset: number for number, onset in enumerate(track.onset.tolist())}
        line = track[np.array(list(highest.values()))]
        following = [*line.onset[1:].tolist(), 10**9]
        room = [after - onset for after, onset in zip(following, line.onset.tolist(), strict=True)]
        intact = [2 * space >= length - 1 for space, length in zip(room, line.duration.tolist(), strict=True)]
        duration = [min(pair) for pair in zip(room, line.duration.tolist(), strict=True)]
        assert monophonic(track) == (
            Notes.of(line.onset, duration, line.pitch, line.velocity),
            1 - sum(intact) / len(track),
        )

    def test_no_notes(self) -> None:
        assert monophonic(Notes.of([], [], [], [])) == (Notes.of([], [], [], []), 0)


@given(st.lists(TRACK, min_size=1, max_size=6))
def test_the_tracks_of_a_file_do_not_touch_each_other(tracks: list[Notes]) -> None:
    lines = monophonic_lines(tracks)
    expected = [monophonic(track) for track in tracks]
    assert list(zip(lines, lines.lost_share.tolist(), strict=True)) == expected
    assert lines.size.tolist() == [len(line) for line, _ in expected]
    assert not any(column.flags.writeable for line in lines for column in (line.onset, line.duration, line.pitch))


def top_line(track: Notes) -> list[int]:
    """The numbers of the notes that no earlier and higher note covers for more than half, by the definition."""
    rows = list(zip(track.onset.tolist(), track.end.tolist(), track.pitch.tolist(), strict=True))
    return [
        number
        for number, (onset, end, pitch) in enumerate(rows)
        if not any(high > pitch and 2 * (stop - onset) > end - onset for _, stop, high in rows[:number])
    ]


class TestSkyline:
    @given(TRACK)
    def test_definition(self, track: Notes) -> None:
        assert skyline(track) == monophonic(track[np.array(top_line(track))])[0]

    def test_a_note_held_through_ten_thousand_covers_them(self) -> None:
        size = 10_000  # several of the blocks that are looked at together
        low = notes(size, 50)
        held = Notes.of([0], [size * QUARTER], [80], [80])
        found = skyline(merged(low, held))
        assert found.pitch.tolist() == [80]
        assert skyline(merged(low, Notes.of([0], [size // 2 * QUARTER], [80], [80]))).onset[1] == size // 2 * QUARTER

    def test_no_notes(self) -> None:
        assert skyline(Notes.of([], [], [], [])) == Notes.of([], [], [], [])

    def test_chords_and_held_basses_are_left_out(self) -> None:
        melody = notes(8, 70)
        bass = Notes.of([0, 4 * QUARTER], [4 * QUARTER] * 2, [40, 45], [80] * 2)
        inner = Notes.of(np.arange(16) * QUARTER // 2, [QUARTER // 2] * 16, [55] * 16, [80] * 16)
        assert skyline(merged(melody, bass, inner)) == melody
        assert monophonic(merged(melody, inner))[0] != melody  # what the plain top of each onset would take

    def test_legato_hides_nothing(self) -> None:
        falling = Notes.of(np.arange(5) * 100, [120] * 5, [72, 71, 69, 67, 65], [80] * 5)
        assert skyline(falling).pitch.tolist() == [72, 71, 69, 67, 65]

    def test_a_lower_voice_is_used_where_the_higher_rests(self) -> None:
        found = skyline(merged(notes(2, 72), notes(2, 50, 4 * QUARTER)))
        assert found.onset.tolist() == [0, 480, 1920, 2400]
