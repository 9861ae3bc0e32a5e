"""ABC by its constructs: each tune with the notes that the standard says, some beside abc2midi's reading."""

from __future__ import annotations

from fractions import Fraction

import pytest
from notation_readers import Timed, from_first, notes_of, read_with_abc2midi

from melodyrnn.formats.abc.read import read_abc
from melodyrnn.music.keys import Key
from melodyrnn.music.piece import Piece

HEAD = "X:1\nM:4/4\nL:1/4\nK:C\n"


def seq(text: str) -> Timed:
    """The notes of "60 62:1/2 r:2", each a pitch and a length in quarters, from the first note on."""
    time, found = Fraction(0), []
    for token in text.split():
        pitch, _, length = token.partition(":")
        if pitch != "r":
            found.append((time, Fraction(length or 1), int(pitch)))
        time += Fraction(length or 1)
    return from_first(found)


def read(text: str) -> Piece:
    [(_, piece)] = read_abc(text.encode(), "tune.abc")
    return piece


# name: (the tune after HEAD, or all of it where it begins with "X:"; its notes)
BOTH = {  # abc2midi reads them in the same way
    "octaves": ("C, C c c'|c'' C,, ^C _B|]", "48 60 72 84 96 36 61 70"),
    "lengths": ("C2 D/ E/2 F/4 G3/4 A// B//c|]", "60:2 62:1/2 64:1/2 65:1/4 67:3/4 69:1/4 71:1/4 72"),
    "an accidental holds in all octaves of its bar": ("^F F =F F|F ^F f F|]", "66 66 65 65 65 66 78 66"),
    "an accidental holds over a tie": ("^F2 G ^A-|A A2 G|]", "66:2 67 70:2 69:2 67"),
    "double accidentals": ("^^C __E =F ^G|]", "62 62 65 68"),
    "E dorian": ("X:1\nM:4/4\nL:1/4\nK:Edor\nE F G A|B c d e|]", "64 66 67 69 71 73 74 76"),
    "a mode in full": ("X:1\nM:4/4\nL:1/4\nK:A Mixolydian\nE F G A|B c d e|]", "64 66 67 69 71 73 74 76"),
    "G minor": ("X:1\nM:4/4\nL:1/4\nK:Gm\nG A B c|d e f g|]", "67 69 70 72 74 75 77 79"),
    "E phrygian": ("X:1\nM:4/4\nL:1/4\nK:E phr\nE F G A|]", "64 65 67 69"),
    "bagpipes": ("X:1\nM:4/4\nL:1/4\nK:HP\nG A B c|d e f g|]", "67 69 71 73 74 76 78 79"),
    "a key with accidentals of its own": ("X:1\nM:4/4\nL:1/4\nK:D =c\nc F d d|]", "72 66 74 74"),
    "explicit accidentals alone": ("X:1\nM:4/4\nL:1/4\nK:D exp _B ^F\nB F c d|]", "70 66 72 74"),
    "no key": ("X:1\nM:4/4\nL:1/4\nK:none\nc F d d|]", "72 65 74 74"),
    "a clef in the key": ("X:1\nM:4/4\nL:1/4\nK:D clef=treble\nc F d d|]", "73 66 74 74"),
    "a change of key in the line": ("F G A B|[K:G]F G A B|]", "65 67 69 71 66 67 69 71"),
    "a change of key on a line": ("F G A B|\nK:G\nF G A B|]", "65 67 69 71 66 67 69 71"),
    "the unit of short meters": ("X:1\nM:2/4\nK:C\nCDEF G4|]", "60:1/4 62:1/4 64:1/4 65:1/4 67"),
    "the unit of long meters": ("X:1\nM:6/8\nK:C\nCDE FGA|]", " ".join(f"{p}:1/2" for p in (60, 62, 64, 65, 67, 69))),
    "a change of unit": ("C D E F|[L:1/8]CD EF GA B2|]", "60 62 64 65 60:1/2 62:1/2 64:1/2 65:1/2 67:1/2 69:1/2 71"),
    "a repeat": ("|:C D E F:|G A B c|]", "60 62 64 65 60 62 64 65 67 69 71 72"),
    "a repeat without a start": ("C D E F:|G A B c|]", "60 62 64 65 60 62 64 65 67 69 71 72"),
    "two repeats": ("|:C D E F::G A B c:|", "60 62 64 65 60 62 64 65 67 69 71 72 67 69 71 72"),
    "endings": ("|:C D E F|1 G4:|2 c4|]", "60 62 64 65 67:4 60 62 64 65 72:4"),
    "endings in brackets": ("|:C D E F|[1 G4:|[2 c4|]", "60 62 64 65 67:4 60 62 64 65 72:4"),
    "endings and more": ("|:C D E F|1 G4:|2 c4||E F G A|]", "60 62 64 65 67:4 60 62 64 65 72:4 64 65 67 69"),
    "endings 1 and 3": (
        "|:C D E F|[1,3 G4:|[2 c4:|[4 E4|]",
        "60 62 64 65 67:4 60 62 64 65 72:4 60 62 64 65 67:4 60 62 64 65 64:4",
    ),
    "a triplet": ("(3C/D/E/ F G2|]", "60:1/3 62:1/3 64:1/3 65 67:2"),
    "a triplet of two lengths": ("(3:2:2 C D/ F G2|]", "60:2/3 62:1/3 65 67:2"),
    "a duplet": ("X:1\nM:6/8\nL:1/8\nK:C\n(2CD EFG|]", "60:3/4 62:3/4 64:1/2 65:1/2 67:1/2"),
    "a quadruplet": ("X:1\nM:6/8\nL:1/8\nK:C\n(4CDEF EFG|]", "60:3/8 62:3/8 64:3/8 65:3/8 64:1/2 65:1/2 67:1/2"),
    "broken rhythm": ("C>D E<F|G>>A B2|]", "60:3/2 62:1/2 64:1/2 65:3/2 67:7/4 69:1/4 71:2"),
    "a broken triplet": ("X:1\nM:4/4\nL:1/8\nK:C\n(3C>DE F2 G2 A2|]", "60:1/2 62:1/6 64:1/3 65 67 69"),
    "rests": ("C z D x|z2 E F|]", "60 r 62 r r:2 64 65"),
    "bars of rest": ("C D E F|Z2|G4|]", "60 62 64 65 r:8 67:4"),
    "ties over bar lines": ("C D E F-|F2 G2|]", "60 62 64 65:3 67:2"),
    "parts": ("X:1\nM:4/4\nL:1/4\nP:ABA\nK:C\nP:A\nC D E F|\nP:B\nG A B c|]", "60 62 64 65 67 69 71 72 60 62 64 65"),
    "words, remarks and lines": ('C D \\\nE F|% G\nN: a\n"Am"G A [r:C D] B c|]\nw: a b c\n', "60 62 64 65 67 69 71 72"),
    "slurs and spacers": ("(C D) y (E (F)|G A) B c|]", "60 62 64 65 67 69 71 72"),
    "a clef an octave lower": ("X:1\nM:4/4\nL:1/4\nK:C octave=-1\nC D E F|]", "48 50 52 53"),
}  # fmt: skip
OWN = {  # abc2midi plays ornaments, has no such rule, or reads them in another way
    "a double bar line begins what is repeated": ("C D E F||G A B c:|", "60 62 64 65 67 69 71 72 67 69 71 72"),
    "three times": ("|::C D E F::|G4|]", "60 62 64 65 60 62 64 65 60 62 64 65 67:4"),
    "a second ending with the sign of a repeat": (
        "|:C D E F|1 G4:|2 c4:|E F G A|]",
        "60 62 64 65 67:4 60 62 64 65 72:4 64 65 67 69",
    ),
    "a first ending alone": ("|:C D E F|1 G4:|c4|]", "60 62 64 65 67:4 60 62 64 65 72:4"),
    "da capo al fine": ("C D E F|G A B !fine!c|c4!D.C.!|]", "60 62 64 65 67 69 71 72 72:4 60 62 64 65 67 69 71 72"),
    "dal segno": ("C4|!segno!D4|!fine!E4|F4!D.S.!|]", "60:4 62:4 64:4 65:4 62:4 64:4"),
    "to the coda": ("C4|D4!coda!|E4!D.C.!|!coda!F4|]", "60:4 62:4 64:4 60:4 62:4 65:4"),
    "ornaments and grace notes": ("{d}C ~D !trill!E .F|TG uA {/ab}B Hc|]", "60 62 64 65 67 69 71 72"),
    "a quintuplet": ("(5:4:5 C/D/E/F/G/ A2|]", "60:2/5 62:2/5 64:2/5 65:2/5 67:2/5 69:2"),
    "octaves apart": ("%%propagate-accidentals octave\n^F f F f|]", "66 77 66 77"),
    "for one note": ("%%propagate-accidentals not\n^F F ^F F|]", "66 65 66 65"),
    "transposed": ("X:1\nM:4/4\nL:1/4\nK:C transpose=-2\nC D E F|]", "58 60 62 63"),
}  # fmt: skip


def whole(tune: str) -> str:
    return tune if tune.startswith("X:") else HEAD + tune


@pytest.mark.parametrize(("tune", "notes"), [*BOTH.values(), *OWN.values()], ids=[*BOTH, *OWN])
def test_notes(tune: str, notes: str) -> None:
    assert from_first(notes_of(read(whole(tune)))) == seq(notes)
    assert from_first(notes_of(read(whole(tune).replace("\n", "\r\n")))) == seq(notes)


@pytest.mark.parametrize("name", BOTH)
def test_abc2midi_agrees(name: str) -> None:
    tune, notes = BOTH[name]
    assert read_with_abc2midi(whole(tune).encode()) == seq(notes)


def test_chords_begin_together() -> None:
    piece = read(HEAD + "[CEG] D [E2G2]|[CE]4-|[CE]4|]")
    half = [(Fraction(2), Fraction(2), 64), (Fraction(2), Fraction(2), 67)]
    held = [(Fraction(4), Fraction(8), 60), (Fraction(4), Fraction(8), 64)]
    first = [(Fraction(0), Fraction(1), pitch) for pitch in (60, 64, 67)]
    assert notes_of(piece) == [*first, (Fraction(1), Fraction(1), 62), *half, *held]


def test_a_pickup_ends_where_the_first_bar_begins_and_keeps_its_place_in_repeats() -> None:
    piece = read(HEAD + "|:G|C D E F|G A B:|")
    assert [onset for onset, _, _ in notes_of(piece)] == list(range(3, 19))
    assert [str(change) for change in piece.meters] == ["4/4"]
    assert piece.end == 20 * piece.ticks_per_quarter


def test_a_bar_of_another_length_has_a_meter_of_its_own() -> None:
    piece = read(HEAD + "C D E F|G A|C D E F|G A B c d|C4|]")
    changes = [(change.tick // piece.ticks_per_quarter, str(change)) for change in piece.meters]
    assert changes == [(0, "4/4"), (4, "2/4"), (6, "4/4"), (10, "5/4"), (15, "4/4")]


def test_a_change_of_meter_is_one() -> None:
    piece = read(HEAD + "C D E F|[M:3/4]C D E|C D E|]")
    assert [(change.tick // piece.ticks_per_quarter, str(change)) for change in piece.meters] == [
        (0, "4/4"),
        (4, "3/4"),
    ]


def test_bars_without_a_meter_may_have_any_length() -> None:
    piece = read("X:1\nM:none\nL:1/4\nK:C\nC D E|F|G A B c d|]")
    assert [str(change) for change in piece.meters] == ["4/4"]
    assert len(piece.tracks[0].notes) == 9


def test_voices_are_tracks_with_names_and_instruments() -> None:
    text = (
        'X:1\nT:Two\nM:4/4\nL:1/4\nV:1 name="Flute"\nV:2 name=Bass\nK:C\n'
        "[V:1]\n%%MIDI program 73\nC D E F|\n[V:2] C,4|\n[V:1] G4|\n[V:2]\n%%MIDI program 32\nC,4|\n"
    )
    piece = read(text)
    assert [(track.name, track.program, len(track.notes)) for track in piece.tracks] == [
        ("Flute", 73, 5),
        ("Bass", 32, 2),
    ]
    assert [onset for onset, _, _ in notes_of(piece, 1)] == [0, 4]


def test_lines_in_one_bar_are_tracks() -> None:
    piece = read(HEAD + "C4|C D E F & C,2 D,2|]")
    assert [pitch for _, _, pitch in notes_of(piece)] == [60, 60, 62, 64, 65]
    assert [(onset, pitch) for onset, _, pitch in notes_of(piece, 1)] == [(4, 48), (6, 50)]


def test_title_key_tempo_and_remarks() -> None:
    [(title, piece)] = read_abc(
        b"X:1\nT:Caf\\'e &amp; Th\\'e\nT:or\nN:of 1801\nM:6/8\nQ:\"Allegro\" 3/8=100\nK:Ador\nABc d[Q:3/8=50]ef|]",
        "x.abc",
    )
    assert (title, piece.tracks[0].name, piece.texts) == ("Café & Thé", "Café & Thé", ("of 1801",))
    assert [key.key for key in piece.keys] == [Key(9, "dorian")]
    assert [(t.tick * 2 // piece.ticks_per_quarter, t.microseconds_per_quarter) for t in piece.tempos] == [
        (0, 400_000),
        (4, 800_000),
    ]


def test_what_is_no_abc_is_passed_over_and_reported() -> None:
    piece = read(HEAD.replace("M:4/4", "M:4/x") + "C D # E F|[CE G A|]")
    assert [pitch for _, _, pitch in notes_of(piece)] == [60, 62, 64, 65, 60, 64, 67, 69]
    assert set(piece.repairs) == {
        "a meter that cannot be read left out",
        "a character that ABC does not define passed over",
        "a chord without an end passed over",
    }


def test_numbers_without_an_end_are_bounded() -> None:
    piece = read(HEAD + "C99999999999 D/99999999999 Z999999999|C" + "'" * 400 + "|]")
    assert [pitch for _, _, pitch in notes_of(piece)] == [60, 62]
    assert piece.end < 12_000 * 4 * piece.ticks_per_quarter


def markers(text: str) -> list[tuple[float, str]]:
    """(quarter, text) of the markers of a tune."""
    piece = read(text)
    return [(marker.tick / piece.ticks_per_quarter, marker.text) for marker in piece.markers]


def test_chord_symbols_are_markers() -> None:
    assert markers(HEAD + '"Am"A B "G7/B"c d|"F"A4|]') == [(0, "Am"), (2, "G7/B"), (4, "F")]


def test_annotations_and_other_texts_are_no_chord_symbols() -> None:
    assert markers(HEAD + '"^Am"A "_G"B "slowly"c "<C"d|]') == []


def test_chord_symbols_are_repeated_with_their_bars() -> None:
    assert markers(HEAD + '|:"C"C4|"G"G4:|') == [(0, "C"), (4, "G"), (8, "C"), (12, "G")]


def test_chord_symbols_of_a_pickup_stand_at_its_notes() -> None:
    assert markers(HEAD + '"G"G|"C"c4|"F"f4|]') == [(3, "G"), (4, "C"), (8, "F")]


def test_chord_symbols_of_an_instrument_that_transposes_are_as_they_sound() -> None:
    assert markers("X:1\nM:4/4\nL:1/4\nK:C transpose=-2\n" + '"C"C2"G7"D2|]') == [(0, "Bb"), (2, "F7")]
