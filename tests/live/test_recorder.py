"""Recorded notes as a melody on the grid: exact playing is unchanged, human playing is snapped to the right steps."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn.live.recorder import NoteRecorder

NOTES = st.lists(st.tuples(st.integers(0, 15), st.integers(40, 90)), min_size=1, max_size=16, unique_by=lambda n: n[0])


def play(rows: list[tuple[float, float, int]], at: float = 0.0) -> NoteRecorder:
    """(onset, end, pitch) in quarters from `at`."""
    recorder = NoteRecorder()
    events = [(on, 1, pitch) for on, _, pitch in rows] + [(off, 0, pitch) for _, off, pitch in rows]
    for beat, on, pitch in sorted(events):
        recorder.record(at + beat, bytes([0x90 if on else 0x80, pitch, 80]))
    return recorder


@settings(max_examples=15)
@given(NOTES, st.integers(0, 2**32 - 1), st.integers(0, 8))
def test_sixteenths_played_by_hand_are_snapped_to_their_steps(
    notes: list[tuple[int, int]], seed: int, bar: int
) -> None:
    notes = sorted(notes)
    rng = np.random.default_rng(seed)
    # Two sixteenths that are each a twentieth of a quarter nearer to triplets than written are triplets.
    rows = [(n / 4 + rng.uniform(-0.04, 0.04), n / 4 + 0.2, pitch) for n, pitch in notes]
    melody = play(rows, at=4 * bar).melody(4 * bar, 4 * bar + 4, (4, 4), 500_000)
    assert melody is not None
    assert melody.onset.tolist() == [3 * n for n, _ in notes]
    assert melody.pitch.tolist() == [p for _, p in notes]
    assert (melody.onset[:-1] + melody.duration[:-1] <= melody.onset[1:]).all()
    assert melody.num_bars == 1


def test_of_a_chord_the_highest_note_is_kept_and_a_note_ends_at_the_next_onset() -> None:
    melody = play([(0, 2, 60), (0.01, 2, 64), (0.02, 2, 67), (1, 3, 72)]).melody(0, 4, (4, 4), 500_000)
    assert melody is not None
    assert melody.pitch.tolist() == [67, 72]
    assert melody.onset.tolist() == [0, 12]
    assert melody.duration.tolist() == [12, 24]
    assert str(melody.key) in {"C major", "G major"}


def test_an_early_downbeat_counts_and_a_note_after_the_last_bar_line_does_not() -> None:
    recorder = play([(3.9, 4.4, 60), (4.5, 4.9, 62), (7.97, 8.5, 64)])
    melody = recorder.melody(4, 8, (4, 4), 500_000)
    assert melody is not None
    assert melody.onset.tolist() == [0, 6]
    later = recorder.melody(8, 12, (4, 4), 500_000)
    assert later is not None
    assert later.onset.tolist() == [0]
    recorder.forget(7.75)
    assert recorder.melody(4, 7.75, (4, 4), 500_000) is None


def test_a_note_that_still_sounds_lasts_to_the_bar_line() -> None:
    recorder = NoteRecorder()
    recorder.record(2.0, bytes([0x90, 60, 80]))
    melody = recorder.melody(0, 4, (4, 4), 500_000)
    assert melody is not None
    assert (melody.onset.tolist(), melody.duration.tolist()) == ([24], [24])
    assert recorder.count == 1


def test_without_notes_there_is_no_melody() -> None:
    recorder = NoteRecorder()
    recorder.record(1.0, bytes([0xB0, 1, 2]))
    recorder.record(1.0, bytes([0x80, 60, 0]))
    assert recorder.melody(0, 4, (4, 4), 500_000) is None
