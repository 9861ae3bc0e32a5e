from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.events.rows import DURATION, PITCH, SHIFT, VELOCITY, decode, encode
from melodyrnn.extract.melody import find_melody
from melodyrnn.midi.read import read_piece
from melodyrnn.music.keys import Key, guess_key
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import KeySignature, Notes, Piece, Tempo, TimeSignature
from melodyrnn.score.convert import to_piece
from melodyrnn.score.quantize import Voice, quantize
from melodyrnn.score.score import Score, split_at_rests

Make = Callable[..., Score]


def voice_of(onset: object, end: object, pitch: object, ticks: int = 480, velocity: object = None) -> Voice:
    onset, end = np.asarray(onset), np.asarray(end)
    loud = np.full(len(onset), 80) if velocity is None else velocity
    return Voice(Notes.of(onset, end - onset, pitch, loud), 0, "v", ticks, Meter(4, 4), 500_000, None)


def assert_same_notes(one: Score, other: Score) -> None:
    for name in ("onset", "duration", "pitch", "velocity"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


class TestEncoding:
    def test_columns(self, make_melody: Make) -> None:
        """Values that would expose a swap."""
        melody = make_melody([62, 69, 60], [7, 11, 13], [5, 9, 3], [31, 77, 101], first=36, key="D minor")
        rows = encode(melody)
        assert rows[:, SHIFT].tolist() == [36, 7, 11]
        assert rows[:, DURATION].tolist() == [5, 9, 3]
        assert rows[:, PITCH].tolist() == [60, 67, 58]  # two lower: the tonic is C
        assert rows[:, VELOCITY].tolist() == [31, 77, 101]

    @given(melodies())
    def test_round_trip(self, melody: Score) -> None:
        again = decode(encode(melody), melody.meter, melody.key, microseconds_per_quarter=7, name="x")
        assert_same_notes(again, melody)
        assert (again.meter, again.key, again.microseconds_per_quarter, again.name) == (
            melody.meter,
            melody.key,
            7,
            "x",
        )

    @given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 200), st.integers(6, 120), st.integers(1, 127))))
    def test_round_trip_of_rows(self, rows: list[tuple[int, ...]]) -> None:
        """Of simultaneous notes the lower one comes first."""
        array = np.array(rows, dtype=np.int64).reshape(-1, 4)
        onset = np.cumsum(array[:, SHIFT])
        array = array[np.lexsort((array[:, PITCH], onset))]
        array[:, SHIFT] = np.diff(onset, prepend=0)
        for key in (Key(0, "major"), Key(6, "minor"), Key(7, "major")):
            np.testing.assert_array_equal(encode(decode(array, (6, 8), key)), array)

    @given(melodies(), st.integers(0, 11))
    def test_keys_look_alike(self, melody: Score, tonic: int) -> None:
        """A tune in another key has the same rows."""
        key = Key(tonic, melody.key.mode)
        up = (tonic + 5) % 12 - (melody.key.tonic + 5) % 12
        other = replace(melody, pitch=melody.pitch + up, key=key)
        np.testing.assert_array_equal(encode(other), encode(melody))


class TestBars:
    def test_bars_are_counted_to_the_last_end(self, make_melody: Make) -> None:
        assert make_melody([60], 48).num_bars == 1
        assert make_melody([60], 49).num_bars == 2
        assert make_melody([60, 62], 36, meter=(3, 4)).num_bars == 2
        assert make_melody([]).num_bars == 1

    @pytest.mark.parametrize(("first", "pickup"), [(0, 0), (12, 0), (23, 0), (24, 1), (36, 1), (47, 1)])
    def test_pickup(self, make_melody: Make, first: int, pickup: int) -> None:
        assert make_melody([60, 62], first=first).pickup_bars == pickup

    def test_no_notes_no_pickup(self, make_melody: Make) -> None:
        assert make_melody([]).pickup_bars == 0

    def test_bar_steps(self, make_melody: Make) -> None:
        bars = {meter: make_melody([60], meter=meter).bar for meter in ((2, 4), (3, 4), (4, 4), (6, 8), (9, 8))}
        assert bars == {(2, 4): 24, (3, 4): 36, (4, 4): 48, (6, 8): 36, (9, 8): 54}


class TestPiece:
    def test_what_it_holds(self, make_melody: Make) -> None:
        melody = make_melody(
            [60, 62], [12, 6], first=36, meter=(3, 4), key="A minor", name="t", microseconds_per_quarter=9
        )
        piece = to_piece(melody, num_bars=4, program=40, texts=("x",))
        (track,) = piece.tracks
        assert track.notes == Notes.of([36 * 40, 48 * 40], [12 * 40, 6 * 40], [60, 62], [90, 90])
        assert (track.name, track.program) == ("t", 40)
        assert piece.ticks_per_quarter == 480
        assert piece.meters == (TimeSignature(0, Meter(3, 4)),)
        assert piece.keys == (KeySignature(0, Key(9, "minor")),)
        assert piece.tempos == (Tempo(0, 9),)
        assert piece.end == 4 * 3 * 480
        assert piece.texts == ("x",)

    @given(melodies())
    def test_ends_on_the_next_bar_line(self, melody: Score) -> None:
        piece = to_piece(melody)
        last = int(piece.tracks[0].notes.end.max())
        assert piece.end % piece.bar_ticks == 0
        assert 0 <= piece.end - last < piece.bar_ticks


class TestQuantize:
    @given(melodies(velocity=80))
    def test_a_written_piece_is_exact(self, melody: Score) -> None:
        """One velocity, so that nothing looks like an accent."""
        with_file = quantize(voice_through_bytes(to_piece(melody)))
        assert with_file[1] == 0
        expected = replace(melody, onset=melody.onset - melody.onset[0] // melody.bar * melody.bar)
        assert_same_notes(with_file[0], expected)
        assert with_file[0].meter == melody.meter
        assert with_file[0].key == guess_key(melody.pitch, melody.duration, melody.key)

    @given(melodies(velocity=80), st.sampled_from((96, 120, 480, 1024)))
    def test_one_tick_late_is_exact(self, melody: Score, ticks: int) -> None:
        """abc2midi puts every onset one tick late."""
        onset = np.ceil(melody.onset * ticks / 12)
        end = np.floor((melody.onset + melody.duration) * ticks / 12)
        first = melody.onset[0] // melody.bar * melody.bar
        voice = replace(voice_of(onset + 1, end, melody.pitch, ticks), meter=melody.meter)
        found, error = quantize(voice)
        assert 0 < error <= 2 * 12 / ticks
        np.testing.assert_array_equal(found.onset, melody.onset - first)
        np.testing.assert_array_equal(found.duration, melody.duration)

    def test_real_abc2midi_files_are_exact(self, shared: Path) -> None:
        """Those without grace notes: each onset a whole step and one tick; each comes to stand on its step."""
        checked = 0
        for path in sorted((shared / "oneills1850").glob("*.mid"))[::100]:
            voice = find_melody(read_piece(path))
            if isinstance(voice, Voice) and (voice.notes.onset % 40 == 1).all():
                melody, error = quantize(voice)
                assert error == pytest.approx(1 / 40)
                np.testing.assert_array_equal(np.diff(melody.onset), np.diff(voice.notes.onset) // 40)
                np.testing.assert_array_equal(melody.duration, (voice.notes.duration + 1) // 40)
                checked += 1
        assert checked > 5

    def test_triplets_are_exact(self) -> None:
        melody, error = quantize(voice_of([0, 160, 320, 480], [160, 320, 480, 960], [60, 62, 64, 65]))
        assert error == 0
        assert melody.onset.tolist() == [0, 4, 8, 12]
        assert melody.duration.tolist() == [4, 4, 4, 12]

    def test_error_is_the_mean_distance_in_steps(self) -> None:
        _, error = quantize(voice_of([0, 490, 950], [10, 500, 960], [60, 62, 64]))
        assert error == pytest.approx((0 + 0.25 + 0.25) / 3)

    def test_notes_strewn_at_random_show_a_quarter(self) -> None:
        onset = np.sort(np.random.default_rng(0).choice(10**6, 3000, replace=False))
        _, error = quantize(voice_of(onset, onset + 10, np.full(3000, 60)))
        assert error == pytest.approx(0.25, abs=0.01)

    def test_a_short_note_keeps_one_step(self) -> None:
        melody, _ = quantize(voice_of([0, 480], [5, 485], [60, 62]))
        assert melody.duration.tolist() == [1, 1]

    def test_of_one_onset_the_highest_stays(self) -> None:
        melody, _ = quantize(voice_of([0, 10, 480], [10, 480, 960], [70, 60, 62]))
        assert melody.pitch.tolist() == [70, 62]
        assert melody.onset.tolist() == [0, 12]

    def test_ends_stay_before_the_next_onset(self) -> None:
        melody, _ = quantize(voice_of([0, 475, 960], [500, 960, 1000], [60, 62, 64]))
        assert melody.duration.tolist() == [12, 12, 1]

    def test_empty_bars_at_the_start_are_cut_and_the_place_in_the_bar_is_kept(self) -> None:
        melody, _ = quantize(voice_of([3 * 1920 + 480, 4 * 1920], [3 * 1920 + 960, 4 * 1920 + 480], [60, 62]))
        assert melody.onset.tolist() == [12, 48]

    def test_accents_move_the_bar_lines(self) -> None:
        onset = np.arange(0, 33) * 480
        velocity = np.where((np.arange(33) - 1) % 4 == 0, 105, 80)
        melody, _ = quantize(voice_of(onset, onset + 480, np.full(33, 60), velocity=velocity))
        assert melody.onset[:2].tolist() == [36, 48]
        assert melody.pickup_bars == 1

    def test_tempo_and_name_come_along(self) -> None:
        melody, _ = quantize(replace(voice_of([0], [480], [60]), microseconds_per_quarter=123))
        assert (melody.microseconds_per_quarter, melody.name, melody.meter) == (123, "v", (4, 4))


class TestSplitAtRests:
    def test_no_long_rest(self, make_melody: Make) -> None:
        melody = make_melody([60, 62, 64], 60, 12)
        assert split_at_rests(melody, 48) == [melody]  # silent for 48, not for more

    def test_cut_after_a_longer_one(self, make_melody: Make) -> None:
        melody = make_melody([60, 62, 64, 65], [61, 12, 12, 12], 12, [1, 2, 3, 4], name="x")
        one, other = split_at_rests(melody, 48)
        assert (one.pitch.tolist(), other.pitch.tolist()) == ([60], [62, 64, 65])
        assert (one.velocity.tolist(), other.velocity.tolist()) == ([1], [2, 3, 4])
        assert one.onset.tolist() == [0]
        assert other.onset.tolist() == [13, 25, 37]  # step 61 is the 13th of its bar
        assert (one.name, other.key) == ("x", melody.key)

    @given(melodies(), st.integers(0, 60))
    def test_nothing_is_lost_and_bars_keep_their_places(self, melody: Score, max_rest: int) -> None:
        parts = split_at_rests(melody, max_rest)
        assert np.concatenate([p.pitch for p in parts]).tolist() == melody.pitch.tolist()
        assert np.concatenate([p.duration for p in parts]).tolist() == melody.duration.tolist()
        onset = np.concatenate([p.onset for p in parts])
        assert ((onset - melody.onset) % melody.bar == 0).all()
        for part in parts:
            assert 0 <= part.onset[0] < melody.bar or len(parts) == 1
            silent = part.onset[1:] - (part.onset + part.duration)[:-1]
            assert (silent <= max_rest).all()
            assert len(part) > 0


def voice_through_bytes(piece: Piece) -> Voice:
    from melodyrnn.midi.read import _read_with_symusic
    from melodyrnn.midi.write import midi_bytes

    again = _read_with_symusic(midi_bytes(piece))
    assert again is not None
    voice = find_melody(again)
    assert isinstance(voice, Voice), voice
    return voice
