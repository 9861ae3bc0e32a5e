"""Voices on the grid, and pick-ups that accents give away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.extract.extractor import Refusal
from melodyrnn.extract.melody import find_melody
from melodyrnn.midi.read import read_bytes, read_piece
from melodyrnn.midi.write import midi_bytes
from melodyrnn.music.keys import Key, signature
from melodyrnn.music.meter import Meter
from melodyrnn.music.modal import guess_modal_key, opening_of
from melodyrnn.music.piece import Notes, Piece
from melodyrnn.score.convert import to_piece
from melodyrnn.score.quantize import Voice, find_pickup, quantize
from melodyrnn.score.score import Score


def voice_of(onset: object, end: object, pitch: object, ticks: int = 480, velocity: object = None) -> Voice:
    onset, end = np.asarray(onset), np.asarray(end)
    velocity = np.full(len(onset), 80) if velocity is None else velocity
    return Voice(Notes.of(onset, end - onset, pitch, velocity), 0, "v", ticks, Meter(4, 4), 500_000, None)


def assert_same_notes(one: Score, other: Score) -> None:
    for name in ("onset", "duration", "pitch", "velocity"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


class TestQuantize:
    @given(melodies(velocity=80))
    def test_a_written_piece_is_exact(self, melody: Score) -> None:
        """One velocity, so that nothing looks like an accent."""
        with_file = quantize(voice_through_bytes(to_piece(melody)))
        assert with_file[1] == 0
        expected = replace(melody, onset=melody.onset - melody.onset[0] // melody.bar * melody.bar)
        assert_same_notes(with_file[0], expected)
        assert with_file[0].meter == melody.meter
        of_file = Key.of_signature(signature(melody.key), melody.key.basis.mode)
        assert with_file[0].key == guess_modal_key(
            melody.pitch, melody.duration, of_file, opening_of(expected.onset, melody.pitch, melody.bar)
        )

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

    def test_random_onsets_have_an_error_of_a_quarter(self) -> None:
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

    def test_tempo_and_name_are_kept(self) -> None:
        melody, _ = quantize(replace(voice_of([0], [480], [60]), microseconds_per_quarter=123))
        assert (melody.microseconds_per_quarter, melody.name, melody.meter) == (123, "v", (4, 4))


def voice_through_bytes(piece: Piece) -> Voice:
    voice = find_melody(read_bytes(midi_bytes(piece), "a piece"))
    assert isinstance(voice, Voice), voice
    return voice


class TestPickup:
    """abc2midi: 105 on the downbeat and on whatever comes first, 95 on the other beats, 80 elsewhere."""

    def accented(self, late: int, bars: int = 8) -> tuple[np.ndarray, np.ndarray]:
        onset = np.arange(0, bars * 36, 6)
        velocity = np.where((onset - late) % 36 == 0, 105, np.where((onset - late) % 18 == 0, 95, 80))
        velocity[0] = 105
        return onset, velocity

    @pytest.mark.parametrize("late", [0, 6, 12, 18])
    def test_downbeats_are_found_by_their_accent(self, late: int) -> None:
        assert find_pickup(*self.accented(late), 36) == late

    def test_a_few_accents_elsewhere_are_ignored_but_not_many(self) -> None:
        onset, velocity = self.accented(12, bars=21)
        velocity[np.nonzero(velocity == 95)[0][:2]] = 105
        assert find_pickup(onset, velocity, 36) == 12
        velocity[np.nonzero(velocity == 95)[0][:2]] = 105
        assert find_pickup(onset, velocity, 36) == 0

    def test_arguments_stay_as_they_are(self) -> None:
        onset, velocity = self.accented(6)
        before = velocity.copy()
        find_pickup(onset, velocity, 36)
        assert velocity.tolist() == before.tolist()

    def test_too_few_accents(self) -> None:
        onset, velocity = self.accented(12, bars=3)
        assert find_pickup(onset, velocity, 36) == 0

    @pytest.mark.parametrize("first", [0, 6])
    def test_without_accents_bars_begin_at_0(self, first: int) -> None:
        """One velocity says nothing, also where all notes but the first stand at one place of the bar."""
        onset = np.r_[first, 12 + 36 * np.arange(8)]
        assert find_pickup(onset, np.full(9, 80), 36) == 0


class TestRealPickups:
    def read(self, path: Path) -> Score:
        voice = find_melody(read_piece(path))
        assert isinstance(voice, Voice)
        return quantize(voice)[0]

    def test_an_eighth_before_the_bar(self, shared: Path) -> None:
        """Lord Doneraile (O'Neill 106), a jig."""
        melody = self.read(shared / "oneills1850" / "0101-0200-t106.mid")
        assert melody.meter == (6, 8)
        assert melody.onset[:2].tolist() == [30, 36]
        assert melody.pickup_bars == 1
        loud = melody.velocity == melody.velocity.max()
        assert (melody.onset[loud][1:] % melody.bar == 0).mean() > 0.9

    def test_downbeats_are_accented_in_oneill(self, shared: Path) -> None:
        """Whatever was found, the bar lines then stand at the accents in nearly every tune."""
        good = 0
        files = sorted((shared / "oneills1850").glob("*.mid"))[::67]
        for path in files:
            voice = find_melody(read_piece(path))
            if isinstance(voice, Refusal):
                continue
            melody, error = quantize(voice)
            assert error < 0.12
            loud = (melody.velocity == melody.velocity.max()) & (np.arange(len(melody)) > 0)
            good += bool((melody.onset[loud] % melody.bar == 0).mean() >= 0.9)
        assert good >= 0.8 * len(files)
