"""Drums of the plain synthesizer: percussive, of their own brightness and length, and no tones of their pitches."""

from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.arrays import Float32s
from melodyrnn.sound.kit import drum_sound

RATE = 22050


def centre(sound: Float32s) -> float:
    """The mean frequency of the spectrum, in hertz."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float((np.fft.rfftfreq(len(sound), 1 / RATE) * power).sum() / power.sum())


def length(sound: Float32s) -> float:
    """The seconds until the sound stays below a tenth of its peak."""
    return float(np.nonzero(np.abs(sound) > 0.1)[0][-1] / RATE)


@pytest.mark.parametrize("pitch", range(128))
def test_a_drum_is_loud_at_once_and_fades(pitch: int) -> None:
    sound = drum_sound(pitch, RATE)
    assert np.abs(sound).max() == pytest.approx(1)
    assert np.argmax(np.abs(sound)) < 0.05 * RATE
    assert np.abs(sound[-20:]).max() < 0.05
    assert drum_sound(pitch, RATE) is sound


def test_kicks_are_low_hats_are_bright_and_cymbals_are_long() -> None:
    kick, tom, snare, hat, opened, crash = (drum_sound(pitch, RATE) for pitch in (36, 45, 38, 42, 46, 49))
    assert centre(kick) < 300 < centre(snare) < centre(hat)
    assert centre(kick) < centre(tom) < centre(snare)
    assert length(hat) < length(opened) < length(crash)
    assert length(crash) > 0.5


def test_toms_rise_with_their_pitch() -> None:
    found = [centre(drum_sound(pitch, RATE)) for pitch in (41, 45, 50)]
    assert found == sorted(found)


def test_no_drum_is_a_tone_of_its_pitch() -> None:
    for pitch in range(35, 82):
        power = np.abs(np.fft.rfft(drum_sound(pitch, RATE), 4 * RATE)) ** 2
        hertz = np.fft.rfftfreq(4 * RATE, 1 / RATE)
        tone = 440 * 2 ** ((pitch - 69) / 12)
        near = (hertz > tone * 0.97) & (hertz < tone * 1.03)
        assert power[near].sum() < 0.15 * power.sum()
