"""MusicXML by its elements."""

from __future__ import annotations

from fractions import Fraction

import pytest
from musicxml_documents import note, score
from notation_readers import Timed, notes_of

from melodyrnn.formats.musicxml.read import read_musicxml
from melodyrnn.music.keys import Key
from melodyrnn.music.piece import Piece


def read(*measures: str, **settings: str) -> Piece:
    return read_musicxml(score(measures, **settings), "x.musicxml")[1]


def pitches(piece: Piece) -> list[int]:
    return [pitch for _, _, pitch in notes_of(piece)]


def barline(inside: str, location: str = "right") -> str:
    return f'<barline location="{location}">{inside}</barline>'


FORWARD = barline('<repeat direction="forward"/>', "left")
BACKWARD = barline('<repeat direction="backward"/>')


def ending(number: str, measure: str, repeats: bool) -> str:
    start = barline(f'<ending number="{number}" type="start"/>', "left")
    stop = f'<ending number="{number}" type="{"stop" if repeats else "discontinue"}"/>'
    return start + measure + barline(stop + ('<repeat direction="backward"/>' if repeats else ""))


C, D, E, F, G = (note(step) for step in "CDEFG")


@pytest.mark.parametrize(
    ("measures", "wanted"),
    [
        ([C, D + BACKWARD, E], [60, 62, 60, 62, 64]),
        ([C, FORWARD + D + BACKWARD, E], [60, 62, 62, 64]),
        ([C + barline('<repeat direction="backward" times="3"/>'), D], [60, 60, 60, 62]),
        ([C, ending("1", D, True), ending("2", E, False), F], [60, 62, 60, 64, 65]),
        ([C, ending("1, 2", D, True), ending("3", E, False)], [60, 62, 60, 62, 60, 64]),
        ([C, '<sound segno="s"/>' + D, E + '<sound dalsegno="s"/>', F], [60, 62, 64, 62, 64, 65]),
        ([C + '<sound fine="yes"/>', D + '<sound dacapo="yes"/>', E], [60, 62, 60]),
        ([C + '<sound tocoda="c"/>', D + '<sound dacapo="yes"/>', '<sound coda="c"/>' + E], [60, 62, 60, 64]),
    ],
)
def test_what_is_repeated_is_played_out(measures: list[str], wanted: list[int]) -> None:
    assert pitches(read(*measures)) == wanted


def test_chords_voices_and_staves_are_tracks() -> None:
    chord = note("E", extra="<chord/>", voice=1)
    piece = read(C + chord + "<backup><duration>8</duration></backup>" + note("C", 4, octave=3, voice=5), D)
    assert [(track.name, track.notes.pitch.tolist()) for track in piece.tracks] == [
        ("Tune", [60, 64, 62]),
        ("Tune 5", [48]),
    ]


def test_forward_is_a_rest() -> None:
    piece = read("<forward><duration>4</duration></forward>" + note("C", 4))
    assert notes_of(piece) == [(Fraction(2), Fraction(2), 60)]


def test_ties_join_only_notes_that_follow_each_other() -> None:
    start, stop = '<tie type="start"/>', '<tie type="stop"/>'
    tied = [note(extra=start), note(extra=stop + start), note(extra=stop), note(extra=start), D, note(extra=stop)]
    wanted: Timed = [(Fraction(0), Fraction(12), 60), (Fraction(12), Fraction(4), 60)]
    assert notes_of(read(*tied))[:2] == wanted
    assert pitches(read(*tied)) == [60, 60, 62, 60]


def test_grace_and_cue_notes_are_passed_over() -> None:
    grace = "<note><grace/><pitch><step>D</step><octave>4</octave></pitch></note>"
    cue = "<note><cue/><pitch><step>D</step><octave>4</octave></pitch><duration>4</duration></note>"
    assert notes_of(read(grace + note("C", 4) + cue)) == [(Fraction(0), Fraction(2), 60)]


def test_a_pickup_ends_where_the_next_measure_begins() -> None:
    assert [onset for onset, _, _ in notes_of(read(note("C", 2), D, E))] == [3, 4, 8]


@pytest.mark.parametrize(
    ("inside", "meter"),
    [
        ("<beats>6</beats><beat-type>8</beat-type>", "6/8"),
        ("<beats>3+2</beats><beat-type>8</beat-type>", "5/8"),
        ("<beats>2</beats><beat-type>4</beat-type><beats>3</beats><beat-type>8</beat-type>", "7/8"),
        ("<senza-misura/>", "4/4"),
    ],
)
def test_meters(inside: str, meter: str) -> None:
    length = {"6/8": 6, "5/8": 5, "7/8": 7, "4/4": 6}[meter]
    piece = read(f"<attributes><time>{inside}</time></attributes>" + note("C", length))
    assert [str(change) for change in piece.meters] == [meter]


@pytest.mark.parametrize(
    ("fifths", "mode", "key"),
    [
        (2, "major", "D major"),
        (-3, "minor", "C minor"),
        (2, "dorian", "E dorian"),
        (-6, "major", "Gb major"),
        (0, "", "C major"),
    ],
)
def test_keys(fifths: int, mode: str, key: str) -> None:
    inside = f"<fifths>{fifths}</fifths>" + (f"<mode>{mode}</mode>" if mode else "")
    [change] = read(f"<attributes><key>{inside}</key></attributes>" + C).keys
    assert str(change.key) == key


def test_a_part_sounds_where_its_instrument_does() -> None:
    key = "<key><fifths>2</fifths><mode>major</mode></key>"
    inside = key + "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    piece = read(f"<attributes>{inside}</attributes>" + D)
    assert (pitches(piece), piece.keys[0].key) == ([60], Key(0, "major"))


@pytest.mark.parametrize(
    ("direction", "microseconds"),
    [
        ('<sound tempo="90"/>', 666_667),
        ('<direction><sound tempo="90"/></direction>', 666_667),
        (
            "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/><per-minute>c. 80"
            "</per-minute></metronome></direction-type></direction>",
            500_000,
        ),
        ('<sound tempo="0"/>', 500_000),
    ],
)
def test_tempos(direction: str, microseconds: int) -> None:
    assert [tempo.microseconds_per_quarter for tempo in read(direction + C).tempos] == [microseconds]


def test_loudness_is_that_of_the_note_else_of_the_marks() -> None:
    loud = C.replace("<note>", '<note dynamics="111.11">')
    marked = "<direction><direction-type><dynamics><p/></dynamics></direction-type></direction>"
    piece = read(C, loud, marked + D, '<sound dynamics="50"/>' + E)
    assert piece.tracks[0].notes.velocity.tolist() == [90, 100, 49, 45]


def test_instruments_and_drums() -> None:
    midi = '<midi-instrument id="I"><midi-channel>{}</midi-channel><midi-program>{}</midi-program>{}</midi-instrument>'
    piece = read(C, description="<part-name>F</part-name>" + midi.format(1, 74, ""))
    assert (piece.tracks[0].program, piece.tracks[0].is_drums) == (73, False)
    hit = '<note><unpitched/><duration>8</duration><instrument id="I"/></note>'
    drums = read(
        hit, description="<part-name>D</part-name>" + midi.format(10, 1, "<midi-unpitched>39</midi-unpitched>")
    )
    assert (drums.tracks[0].is_drums, pitches(drums)) == (True, [38])


def harmony(step: str, kind: str, more: str = "") -> str:
    return f"<harmony><root><root-step>{step}</root-step></root><kind>{kind}</kind>{more}</harmony>"


def test_chord_symbols_are_markers() -> None:
    piece = read(harmony("C", "major") + C, harmony("A", "minor") + harmony("G", "dominant", "<offset>4</offset>") + D)
    assert [(m.tick / piece.ticks_per_quarter, m.text) for m in piece.markers] == [(0, "C"), (4, "Am"), (6, "G7")]


def test_a_harmony_without_a_symbol_is_passed_over() -> None:
    assert read("<harmony><function>V</function></harmony>" + C).markers == ()
