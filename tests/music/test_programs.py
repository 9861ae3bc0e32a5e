"""The instruments of General MIDI, beside pretty_midi's list of them."""

from __future__ import annotations

import re

import pytest
from pretty_midi.constants import INSTRUMENT_MAP

from melodyrnn.errors import SettingError
from melodyrnn.music.programs import PROGRAMS, parse_program


def test_the_names_are_those_of_pretty_midi() -> None:
    assert list(PROGRAMS) == list(INSTRUMENT_MAP)


@pytest.mark.parametrize(("number", "name"), list(enumerate(PROGRAMS)))
def test_a_program_has_its_number_and_its_name(number: int, name: str) -> None:
    assert parse_program(str(number)) == number
    assert parse_program(name) == parse_program(name.upper()) == number


@pytest.mark.parametrize(
    ("text", "name"),
    [("violin", "Violin"), ("church", "Church Organ"), ("honky tonk", "Honky-tonk Piano"), ("alto-sax", "Alto Sax")],
)
def test_a_part_of_a_name_that_fits_one_instrument_is_enough(text: str, name: str) -> None:
    assert PROGRAMS[parse_program(text)] == name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("128", "a program must be 0..127 or a General MIDI name. Received: '128'"),
        ("organ", "name one General MIDI instrument. Received: 'organ' (Drawbar Organ, Percussive Organ, Rock Organ, "),
        ("kazoo", "name one General MIDI instrument. Received: 'kazoo' (none of that name)"),
        ("", "name one General MIDI instrument. Received: '' (none of that name)"),
        ("-1", "name one General MIDI instrument. Received: '-1' ("),
    ],
)
def test_other_texts_are_refused(text: str, message: str) -> None:
    with pytest.raises(SettingError, match=re.escape(message)):
        parse_program(text)
