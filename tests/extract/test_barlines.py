"""Bar lines of files whose own were moved: found from the music, and unchanged where the file is reliable."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.extract.barlines import with_bar_line, without_long_rests
from melodyrnn.extract.melody import find_melody
from melodyrnn.midi.read import read_piece
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Notes, Piece, TimeSignature, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.quantize import Voice, quantize
from melodyrnn.score.score import Score
from melodyrnn.shipped import data_folder

SIXTEENTH = 120  # ticks of 480 a quarter


def late_by(piece: Piece, ticks: int, meter: tuple[int, int] | None = None) -> Piece:
    tracks = tuple(
        replace(t, notes=Notes.of(t.notes.onset + ticks, t.notes.duration, t.notes.pitch, t.notes.velocity))
        for t in piece.tracks
    )
    meters = (TimeSignature(0, Meter(*meter)),) if meter else piece.meters
    return replace(piece, tracks=tracks, meters=meters, end=piece.end + ticks)


def chords_and_tune() -> Piece:
    """Sixteen bars of 4/4: eighths over a chord for each bar, that changes with it."""
    roots = [60, 65, 67, 60] * 4
    tune = [(bar * 1920 + n * 240, root + step) for bar, root in enumerate(roots) for n, step in enumerate(
        [12, 14, 16, 12, 19, 16, 14, 12])]  # fmt: skip
    onset, pitch = np.array(tune).T
    melody = Track(Notes.of(onset, [240] * len(onset), pitch, [80] * len(onset)), "MELODY")
    chords = [(bar * 1920, root - 12 + third) for bar, root in enumerate(roots) for third in (0, 4, 7)]
    onset, pitch = np.array(chords).T
    return Piece(480, (melody, Track(Notes.of(onset, [1900] * len(onset), pitch, [60] * len(onset)))), end=16 * 1920)


def voice_of(piece: Piece) -> Voice:
    found = find_melody(piece)
    assert isinstance(found, Voice)
    return found


@given(st.integers(0, 1919))
def test_chords_that_change_with_the_bar_determine_the_bar_line(late: int) -> None:
    piece = late_by(chords_and_tune(), late, (1, 4))
    voice = with_bar_line(piece, voice_of(piece))
    assert voice is not None
    assert (voice.bar_line - late) % 1920 == 0
    assert quantize(voice)[0].onset.tolist() == quantize(voice_of(chords_and_tune()))[0].onset.tolist()


@pytest.mark.parametrize(("late", "loose"), [(0, False), (1, False), (3, True), (17, True), (60, True), (119, True)])
def test_in_common_time_bar_lines_move_only_on_a_late_grid(late: int, loose: bool) -> None:
    """Converters from notation are one tick late; a player is late by varying amounts; 119 is between all eighths."""
    piece = late_by(chords_and_tune(), late)
    voice = with_bar_line(piece, voice_of(piece))
    assert (voice is not None) == loose
    if voice is not None:
        assert (voice.bar_line - late) % 1920 == 0


def test_a_rhythm_between_all_eighths_is_put_on_them_unless_something_is_on_a_beat() -> None:
    piece = late_by(chords_and_tune(), SIXTEENTH)
    voice = with_bar_line(piece, voice_of(piece))
    assert voice is not None
    assert (voice.bar_line - SIXTEENTH) % 1920 == 0
    beat = Track(Notes.of([1920, 2400], [60, 60], [36, 36], [90, 90]), "Kit", 0, 9)
    piece = replace(piece, tracks=(*piece.tracks, beat))
    assert with_bar_line(piece, voice_of(piece)) is None


def test_bar_lines_of_a_file_played_to_a_click_are_kept() -> None:
    piece = chords_and_tune()
    melody = piece.tracks[0].notes
    onset = melody.onset + np.random.default_rng(0).integers(0, 28, len(melody))
    played = Track(Notes.of(onset, melody.duration, melody.pitch, melody.velocity), "MELODY")
    piece = replace(piece, tracks=(played, piece.tracks[1]))
    assert with_bar_line(piece, voice_of(piece)) is None


@given(melodies())
def test_notes_on_sixteenths_keep_their_bar_lines_unless_all_are_between_the_eighths(melody: Score) -> None:
    melody = replace(melody, onset=melody.onset * 3, duration=melody.duration * 3)
    piece = to_piece(melody)
    voice = find_melody(piece)
    if isinstance(voice, Voice) and (melody.onset % 6 == 0).any():
        assert with_bar_line(piece, voice) is None


def test_random_onsets_give_no_bar_line() -> None:
    onset = np.sort(np.random.default_rng(0).choice(40_000, 200, replace=False))
    notes = Notes.of(onset, [50] * 200, [60, 62, 64, 65] * 50, [80] * 200)
    piece = Piece(480, (Track(notes),), meters=(TimeSignature(0, Meter(1, 4)),))
    assert with_bar_line(piece, voice_of(piece)) is None


def test_tunes_alone_determine_the_bar_line_in_most_cases() -> None:
    """Without chords: at random one of eight to sixteen places would be right."""
    right, beat, count = 0, 0, 0
    for path in sorted((data_folder("samples") / "tunes").glob("*.mid")):
        voice = find_melody(read_piece(path))
        if not isinstance(voice, Voice):
            continue
        melody, _ = quantize(voice)
        if len(melody) < 32 or melody.meter not in ((4, 4), (3, 4), (6, 8)):
            continue
        bar = melody.bar * 40
        late = 7 * SIXTEENTH + 50
        piece = late_by(to_piece(melody), late)
        found = with_bar_line(piece, voice_of(piece))
        if found is None:  # too many triplets
            continue
        count += 1
        right += (found.bar_line - late) % bar == 0
        beat += (found.bar_line - late) % (480 if melody.meter[1] == 4 else 720) == 0
    assert count >= 20
    assert right >= 0.5 * count
    assert beat >= 0.8 * count


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40), st.sampled_from([12, 16, 24]))
def test_long_rests_are_shortened_by_whole_bars(onsets: list[int], slots: int) -> None:
    onset = np.array(onsets)
    short = without_long_rests(onset, slots)
    assert int(short.max()) < (16 + 2) * slots * len(onset)  # so little work is to be done
    assert 0 <= int(short.min()) < slots
    np.testing.assert_array_equal(short % slots, onset % slots)
    np.testing.assert_array_equal(np.argsort(short, kind="stable"), np.argsort(onset, kind="stable"))


def test_usual_rests_remain() -> None:
    onset = np.array([35, 40, 35 + 16 * 16, 41])
    np.testing.assert_array_equal(without_long_rests(onset, 16), onset - 32)
