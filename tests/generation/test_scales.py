"""Scales and keys as they are written."""

from __future__ import annotations

import pytest

from melodyrnn.errors import SettingError
from melodyrnn.generation.scales import SCALES, ModalKey, parse_scale
from melodyrnn.music.keys import Key


def test_scales_by_name_and_by_degrees() -> None:
    assert parse_scale("Minor Pentatonic") == SCALES["minor-pentatonic"]
    assert parse_scale("7,0,4") == (0, 4, 7)
    assert parse_scale("pentatonic") == SCALES["major-pentatonic"]
    assert parse_scale("pentatonic", "minor") == parse_scale("pentatonic", "dorian") == SCALES["minor-pentatonic"]
    for bad in ("jazz", "0,12", "", "1;2"):
        with pytest.raises(SettingError, match="a scale must be one of"):
            parse_scale(bad)


@pytest.mark.parametrize(
    ("text", "key", "mode"),
    [
        ("E dorian", Key(4, "dorian"), "dorian"),
        ("g mix", Key(7, "mixolydian"), "mixolydian"),
        ("A blues", Key(9, "minor"), "blues"),
        ("D harmonic-minor", Key(2, "minor"), "harmonic-minor"),
        ("C major-pentatonic", Key(0, "major"), "major-pentatonic"),
        ("D minor", Key(2, "minor"), "minor"),
        ("bb", Key(10, "major"), "major"),
    ],
)
def test_keys_with_any_scale_have_a_mode_of_keys(text: str, key: Key, mode: str) -> None:
    found = ModalKey.parse(text)
    assert (found.key, found.mode, found.scale, str(found)) == (key, mode, SCALES[mode], text)


def test_two_spellings_are_one_key() -> None:
    assert ModalKey.parse("Gb minor") == ModalKey.parse("f#m") == ModalKey.of(Key(6, "minor"))
    assert str(ModalKey.of(Key(6, "minor"))) == "F# minor"
    assert ModalKey.parse("E dorian") != ModalKey.parse("E minor")


def test_text_that_is_not_a_key_is_refused() -> None:
    with pytest.raises(SettingError, match=r"a key must be a tonic .* Received: 'I'"):
        ModalKey.parse("I")
