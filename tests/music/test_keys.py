from __future__ import annotations

import mido
import numpy as np
import pytest

from melodyrnn.errors import SettingError
from melodyrnn.music.keys import Key, guess_key, signature, tonic_offset
from melodyrnn.music.modes import BASIC_MODES, MODE, MODES

KEYS = [Key(tonic, mode) for mode in BASIC_MODES for tonic in range(12)]
EVERY_KEY = [Key(tonic, mode) for mode in MODES for tonic in range(12)]
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11, 12), "minor": (0, 2, 3, 5, 7, 8, 10, 12)}
EVEN = np.full(8, 12)


def scale(key: Key) -> np.ndarray:
    return 60 + key.tonic + np.array(SCALES[key.mode])


def test_every_key_has_its_own_name() -> None:
    assert len({str(key) for key in EVERY_KEY}) == len(EVERY_KEY) == 72


@pytest.mark.parametrize("key", EVERY_KEY, ids=str)
class TestEveryMode:
    def test_round_trip(self, key: Key) -> None:
        found = Key.parse(str(key))
        assert (found, str(found), signature(found)) == (key, str(key), signature(key))

    def test_a_signature_and_a_mode_name_it(self, key: Key) -> None:
        found = Key.of_signature(signature(key), key.mode)
        assert (found, str(found)) == (key, str(key))

    def test_its_scale_has_the_notes_of_its_signature(self, key: Key) -> None:
        major = Key.of_signature(signature(key), "major")
        notes = {(key.tonic + degree) % 12 for degree in MODE[key.mode].scale}
        assert notes == {(major.tonic + degree) % 12 for degree in MODE["major"].scale}

    def test_its_basis_has_its_tonic_and_its_third(self, key: Key) -> None:
        basis = key.basis
        assert basis.mode in BASIC_MODES
        assert str(basis).split()[0] == str(key).split()[0]
        assert {3, 4} & set(MODE[basis.mode].scale) == {3, 4} & set(MODE[key.mode].scale)


@pytest.mark.parametrize("key", KEYS, ids=str)
class TestEveryKey:
    def test_a_midi_key_signature_has_the_same_key(self, key: Key) -> None:
        data = [0xFF, 0x59, 2, signature(key) & 0xFF, BASIC_MODES.index(key.mode)]
        assert Key.parse(mido.MetaMessage.from_bytes(data).key) == key

    def test_guessed_from_its_scale(self, key: Key) -> None:
        assert guess_key(scale(key), EVEN) == key
        assert guess_key(scale(key)[::-1], EVEN) == key

    def test_a_wrong_hint_of_c_major_does_not_change_the_key(self, key: Key) -> None:
        """Many files have C major by default."""
        assert guess_key(scale(key), EVEN, Key(0, "major")) == key

    def test_right_hint_is_kept(self, key: Key) -> None:
        assert guess_key(scale(key), EVEN, key) == key

    def test_relative_keys_have_the_same_signature(self, key: Key) -> None:
        other = Key((key.tonic + 9) % 12, "minor") if key.mode == "major" else Key((key.tonic + 3) % 12, "major")
        assert signature(key) == signature(other)

    def test_a_pitch_minus_the_offset_has_its_tonic_at_the_nearest_c(self, key: Key) -> None:
        assert -5 <= tonic_offset(key) <= 6
        assert (key.tonic - tonic_offset(key)) % 12 == 0


@pytest.mark.parametrize(
    ("name", "sharps"),
    [("C major", 0), ("G", 1), ("D", 2), ("B", 5), ("F", -1), ("Db", -5), ("Am", 0), ("Em", 1), ("Dm", -1)],
)
def test_signature(name: str, sharps: int) -> None:
    assert signature(Key.parse(name)) == sharps


SPELLINGS = [
    *[("F# major", 6), ("Gb major", -6), ("C# major", 7), ("Db major", -5), ("B major", 5), ("Cb major", -7)],
    *[("D# minor", 6), ("Eb minor", -6), ("G# minor", 5), ("Ab minor", -7), ("A# minor", 7), ("Bb minor", -5)],
]


@pytest.mark.parametrize(("text", "sharps"), SPELLINGS)
class TestSpelling:
    """Every key that has two spellings with a key signature keeps the one that was given."""

    def test_a_name_keeps_its_spelling(self, text: str, sharps: int) -> None:
        assert (str(Key.parse(text)), signature(Key.parse(text))) == (text, sharps)

    def test_a_key_signature_keeps_its_spelling(self, text: str, sharps: int) -> None:
        key = Key.of_signature(sharps, text.split()[1])
        assert (str(key), signature(key)) == (text, sharps)
        assert key == Key.parse(text)

    def test_spelling_is_no_difference(self, text: str, sharps: int) -> None:
        key = Key.parse(text)
        assert key == key.as_usual()
        assert hash(key) == hash(key.as_usual())
        assert {str(key.as_usual())} == {
            str(Key.parse(other).as_usual()) for other, _ in SPELLINGS if Key.parse(other) == key
        }

    def test_a_melody_is_spelled_as_its_key_signature(self, text: str, sharps: int) -> None:
        key = Key.parse(text)
        assert str(guess_key(scale(key), EVEN, key)) == text
        relative = Key.of_signature(sharps, "minor" if key.mode == "major" else "major")
        assert str(guess_key(scale(key), EVEN, relative)) == text
        assert str(guess_key(scale(key), EVEN)) == str(key.as_usual())


@pytest.mark.parametrize("sharps", range(-7, 8))
@pytest.mark.parametrize("mode", BASIC_MODES)
def test_every_key_signature_is_that_of_mido(sharps: int, mode: str) -> None:
    name = mido.MetaMessage.from_bytes([0xFF, 0x59, 2, sharps & 0xFF, BASIC_MODES.index(mode)]).key
    assert str(Key.of_signature(sharps, mode)) == f"{name.removesuffix('m')} {mode}"


@pytest.mark.parametrize(("text", "name"), [("G# major", "Ab major"), ("Fb", "E major"), ("Gb minor", "F# minor")])
def test_a_spelling_without_a_key_signature_becomes_the_usual_one(text: str, name: str) -> None:
    assert str(Key.parse(text)) == name
    assert -7 <= signature(Key.parse(text)) <= 7


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
        ("H", Key(11, "major")),
        ("h minor", Key(11, "minor")),
        ("B", Key(11, "major")),
        ("E dorian", Key(4, "dorian")),
        ("Edor", Key(4, "dorian")),
        ("bb Mixolydian", Key(10, "mixolydian")),
        ("B mix", Key(11, "mixolydian")),
        ("F♯ lyd", Key(6, "lydian")),
        ("h phrygian", Key(11, "phrygian")),
    ],
)
def test_parse(text: str, key: Key) -> None:
    assert Key.parse(text) == key


@pytest.mark.parametrize(
    "text", ["", "I major", "minor", "C dorians", "C do", "B locrian", "C##", "Cm major", "4", "D min or"]
)
def test_parse_refuses(text: str) -> None:
    with pytest.raises(SettingError) as error:
        Key.parse(text)
    modes = "major, minor, dorian, mixolydian, lydian, phrygian"
    assert str(error.value) == f'a key must be a tonic and one of {modes}, as in "D minor". Received: {text!r}'


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("Gb mixolydian", "Gb major"),
        ("F# mixolydian", "F# major"),
        ("D# dorian", "D# minor"),
        ("Cb lydian", "Cb major"),
    ],
)
def test_a_basis_is_spelled_as_its_key(text: str, basis: str) -> None:
    assert str(Key.parse(text)) == text
    assert str(Key.parse(text).basis) == basis


def test_a_hint_in_another_mode_counts_as_its_basis() -> None:
    open_fifth = np.array([67, 62, 67, 62])
    for name, basis in (("G mixolydian", "G major"), ("G dorian", "G minor")):
        assert guess_key(open_fifth, np.full(4, 12), Key.parse(name)) == Key.parse(basis)


def test_the_hint_decides_where_the_notes_do_not() -> None:
    open_fifth = np.array([67, 62, 67, 62])
    for name in ("G major", "G minor"):
        assert guess_key(open_fifth, np.full(4, 12), Key.parse(name)) == Key.parse(name)


def test_long_notes_count_more() -> None:
    pitch = np.array([60, 62, 64, 65, 67, 69, 71, 72, 69, 60])
    long_a = np.array([6, 6, 48, 6, 6, 48, 6, 6, 48, 6])
    long_c = np.array([48, 6, 48, 6, 48, 6, 6, 48, 6, 48])
    assert guess_key(pitch, long_a) == Key(9, "minor")
    assert guess_key(pitch, long_c) == Key(0, "major")
