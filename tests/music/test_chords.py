from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import NotationError
from melodyrnn.music.chord_kinds import KIND_NAMES
from melodyrnn.music.chords import (
    NO_CHORD,
    NO_SYMBOL,
    NUM_CODES,
    ChordSymbol,
    names_of_notes,
    nearest_codes,
    tones_of_codes,
    transpose_codes,
)
from melodyrnn.music.keys import Key

pitch_classes = st.integers(0, 11)
symbols = st.just(NO_SYMBOL) | st.builds(ChordSymbol, pitch_classes, st.sampled_from(KIND_NAMES), pitch_classes)
codes = st.just(NO_CHORD) | st.integers(12, NUM_CODES - 1)
keys = st.builds(Key.of_signature, st.integers(-7, 7), st.sampled_from(("major", "minor")))


@given(symbols, keys)
def test_symbol_to_text_to_symbol(symbol: ChordSymbol, key: Key) -> None:
    assert ChordSymbol.parse(symbol.text(key)) == symbol


@given(symbols)
def test_symbol_to_code_to_symbol(symbol: ChordSymbol) -> None:
    assert ChordSymbol.from_code(symbol.code) == symbol


@given(codes)
def test_code_to_symbol_to_code(code: int) -> None:
    assert ChordSymbol.from_code(code).code == code


@given(st.lists(symbols, min_size=1), st.integers(-30, 30))
def test_codes_transpose_as_their_symbols(chords: list[ChordSymbol], semitones: int) -> None:
    moved = transpose_codes(np.array([chord.code for chord in chords]), semitones)
    assert moved.tolist() == [chord.transposed(semitones).code for chord in chords]


@given(st.lists(symbols, min_size=1))
def test_codes_have_the_tones_of_their_symbols(chords: list[ChordSymbol]) -> None:
    tones = tones_of_codes(np.array([chord.code for chord in chords]))
    assert [tuple(np.nonzero(row)[0]) for row in tones] == [chord.pitch_classes for chord in chords]


@given(st.text("ABCDEFGHabm#♯♭7695/+-°ø()Njsu .", max_size=8))
def test_any_text_is_either_read_and_formatted_again_or_refused(text: str) -> None:
    try:
        symbol = ChordSymbol.parse(text)
    except NotationError:
        return
    assert ChordSymbol.parse(symbol.text()) == symbol


def test_the_code_is_that_of_the_convention() -> None:
    assert ChordSymbol.parse("F#m7/E").code == 12 + (6 * 12 + 10) * 12 + 6
    assert NO_SYMBOL.code == 0
    assert (ChordSymbol.parse("C").code, NUM_CODES) == (12, 12 + 75 * 144)


@pytest.mark.parametrize("code", [1, 11, NUM_CODES, -1])
def test_other_numbers_are_no_codes(code: int) -> None:
    with pytest.raises(ValueError, match=rf"^the code of a chord must be 0 or 12\.\.10811\. Received: {code}$"):
        ChordSymbol.from_code(code)


@pytest.mark.parametrize(
    ("text", "root", "kind", "bass"),
    [
        ("C", 0, "", 0),
        ("Bb7/D", 10, "7", 2),
        ("F♯m7♭5", 6, "m7b5", 6),
        ("Cb5", 11, "5", 11),  # the accidental belongs to the root
        ("C(b5)", 0, "majb5", 0),
        ("C6/9", 0, "69", 0),
        ("C6/9/E", 0, "69", 4),
        ("Ebb", 2, "", 2),
        ("F##dim", 7, "dim", 7),
    ],
)
def test_root_kind_and_bass(text: str, root: int, kind: str, bass: int) -> None:
    assert ChordSymbol.parse(text) == ChordSymbol(root, kind, bass)


@pytest.mark.parametrize("text", ["N.C.", "NC", "nc", "N", "N.C"])
def test_no_chord_in_its_spellings(text: str) -> None:
    assert ChordSymbol.parse(text) == NO_SYMBOL
    assert NO_SYMBOL.pitch_classes == ()
    assert NO_SYMBOL.transposed(5) == NO_SYMBOL
    assert str(NO_SYMBOL) == "N.C."


@pytest.mark.parametrize(
    ("text", "key", "spelled"),
    [
        ("C#", "C", "C#"),
        ("Eb", "C", "Eb"),
        ("G#dim", "A minor", "G#dim"),
        ("B", "Gb", "Cb"),
        ("B", "F#", "B"),
        ("C#m", "Db minor", "C#m"),
        ("A/C#", "F", "A/C#"),
        ("Abm/B", "Ab", "Abm/Cb"),
        ("E/G#", "C#", "E/G#"),
        ("F/Eb", "C", "F/Eb"),
    ],
)
def test_roots_are_spelled_for_the_key_and_basses_from_the_root(text: str, key: str, spelled: str) -> None:
    assert ChordSymbol.parse(text).text(Key.parse(key)) == spelled


def test_the_names_of_root_and_bass() -> None:
    assert names_of_notes("E♭m7/B♯") == ("Eb", "B#")
    assert names_of_notes("Fbb6/9") == ("Fbb", "")
    with pytest.raises(NotationError, match=r"^a chord must have a root\. Received: 'N\.C\.'$"):
        names_of_notes("N.C.")


@pytest.mark.parametrize("text", ["", "c", "Hm", "x", "/C", " C", "#"])
def test_a_text_without_a_root_is_refused(text: str) -> None:
    with pytest.raises(NotationError) as caught:
        ChordSymbol.parse(text)
    rule = 'a chord must be a root A to G, a kind and a bass, as in "C", "F#m7", "Bb7/D", or "N.C.".'
    assert str(caught.value) == f"{rule} Received: {text!r}"


@pytest.mark.parametrize(("text", "kind"), [("Cxyz", "xyz"), ("Bb2/D", "2"), ("C/", "/"), ("C:2", ":2"), ("C//E", "/")])
def test_an_unknown_kind_is_refused(text: str, kind: str) -> None:
    with pytest.raises(NotationError) as caught:
        ChordSymbol.parse(text)
    assert str(caught.value).startswith("the kind of a chord must be like m, dim, aug, 7, maj7, m7, m7b5, ")
    assert str(caught.value).endswith(f". Received: {text!r}, with the kind {kind!r}")


@pytest.mark.parametrize("collection", ["openewld", "nottingham", "pop909", "jazzage"])
def test_symbols_of_lead_sheets(shared: Path, collection: str) -> None:
    written = json.loads((shared / "leadsheets" / collection / "chords.json").read_text())["symbols"]
    for text, expected in written.items():
        symbol = ChordSymbol.parse(text)
        found = {"root": symbol.root, "pcs": list(symbol.pitch_classes), "bass": symbol.bass}
        if text.endswith("13(b9)"):  # which has the natural ninth there too
            expected["pcs"].remove((symbol.root + 2) % 12)
        assert (None if symbol == NO_SYMBOL else found) == expected, text


def test_the_nearest_code_has_the_root_then_the_tones_then_the_bass() -> None:
    def nearest(text: str, *known: str) -> str:
        codes = np.array([ChordSymbol.parse(one).code for one in known])
        return known[int(nearest_codes(np.array([ChordSymbol.parse(text).code]), codes)[0])]

    assert nearest("C7", "C", "Cm", "G7") == "C"
    assert nearest("C/E", "Am", "C", "C/G") == "C"
    assert nearest("Cm7b5", "C", "Cdim", "N.C.") == "Cdim"
    assert nearest("N.C.", "C", "N.C.") == "N.C."
    assert nearest("Dm7", "F6", "C") == "F6"
    assert nearest("G/B", "G", "G/B") == "G/B"
