from __future__ import annotations

import mido
import numpy as np
import pytest

from melodyrnn.errors import SettingError
from melodyrnn.music.keys import MODES, NUM_KEYS, Key, guess_key, signature, tonic_offset

KEYS = [Key(tonic, mode) for mode in MODES for tonic in range(12)]
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11, 12), "minor": (0, 2, 3, 5, 7, 8, 10, 12)}
EVEN = np.full(8, 12)


def scale(key: Key) -> np.ndarray:
    return 60 + key.tonic + np.array(SCALES[key.mode])


def test_there_are_as_many_keys_as_said() -> None:
    assert len({str(key) for key in KEYS}) == NUM_KEYS


@pytest.mark.parametrize("key", KEYS, ids=str)
class TestEveryKey:
    def test_round_trip(self, key: Key) -> None:
        assert Key.parse(str(key)) == key
        assert Key.parse(key.midi_name) == key

    def test_midi_knows_the_name(self, key: Key) -> None:
        assert mido.MetaMessage("key_signature", key=key.midi_name).key == key.midi_name

    def test_guessed_from_its_scale(self, key: Key) -> None:
        assert guess_key(scale(key), EVEN) == key
        assert guess_key(scale(key)[::-1], EVEN) == key

    def test_wrong_default_hint_is_overruled(self, key: Key) -> None:
        """Many files say C major whatever they are in."""
        assert guess_key(scale(key), EVEN, Key(0, "major")) == key

    def test_right_hint_is_kept(self, key: Key) -> None:
        assert guess_key(scale(key), EVEN, key) == key

    def test_signature_is_that_of_the_relative(self, key: Key) -> None:
        other = Key((key.tonic + 9) % 12, "minor") if key.mode == "major" else Key((key.tonic + 3) % 12, "major")
        assert signature(key) == signature(other)
        assert -5 <= signature(key) <= 6

    def test_tonic_offset_carries_to_the_nearest_c(self, key: Key) -> None:
        assert -5 <= tonic_offset(key) <= 6
        assert (key.tonic - tonic_offset(key)) % 12 == 0


@pytest.mark.parametrize(
    ("name", "sharps"),
    [("C major", 0), ("G", 1), ("D", 2), ("B", 5), ("Gb", 6), ("F", -1), ("Db", -5), ("Am", 0), ("Em", 1), ("Dm", -1)],
)
def test_signature(name: str, sharps: int) -> None:
    assert signature(Key.parse(name)) == sharps


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("D minor", Key(2, "minor")),
        ("Dm", Key(2, "minor")),
        ("Bb", Key(10, "major")),
        ("f# min", Key(6, "minor")),
        ("  C♯ maj ", Key(1, "major")),
        ("AM", Key(9, "major")),
        ("Cb", Key(11, "major")),
        ("B#", Key(0, "major")),
        ("E♭ minor", Key(3, "minor")),
    ],
)
def test_parse(text: str, key: Key) -> None:
    assert Key.parse(text) == key


@pytest.mark.parametrize("text", ["", "H major", "minor", "C dorian", "C##", "Cm major", "4", "D min or"])
def test_parse_refuses(text: str) -> None:
    with pytest.raises(SettingError) as caught:
        Key.parse(text)
    assert str(caught.value) == f'a key must be a tonic and "major" or "minor", as in "D minor". Received: {text!r}'


def test_the_hint_settles_what_the_notes_leave_open() -> None:
    open_fifth = np.array([67, 62, 67, 62])
    for name in ("G major", "G minor"):
        assert guess_key(open_fifth, np.full(4, 12), Key.parse(name)) == Key.parse(name)


def test_long_notes_count_more() -> None:
    pitch = np.array([60, 62, 64, 65, 67, 69, 71, 72, 69, 60])
    long_a = np.array([6, 6, 48, 6, 6, 48, 6, 6, 48, 6])
    long_c = np.array([48, 6, 48, 6, 48, 6, 6, 48, 6, 48])
    assert guess_key(pitch, long_a) == Key(9, "minor")
    assert guess_key(pitch, long_c) == Key(0, "major")
