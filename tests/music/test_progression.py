from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import NotationError
from melodyrnn.music.chord_kinds import KIND_NAMES
from melodyrnn.music.chords import NO_SYMBOL, ChordSymbol
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.progression import TypedChord, format_progression, parse_progression

FOUR = Meter(4, 4)
METERS = [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(2, 2), Meter(5, 4), Meter(12, 8), Meter(7, 8)]
C_MAJOR = Key(0, "major")
pitch_classes = st.integers(0, 11)
symbols = st.just(NO_SYMBOL) | st.builds(ChordSymbol, pitch_classes, st.sampled_from(KIND_NAMES), pitch_classes)
keys = st.builds(Key.of_signature, st.integers(-7, 7), st.sampled_from(("major", "minor")))


@st.composite
def progressions(draw: st.DrawFn, meter: Meter) -> list[TypedChord]:
    """Chords of whole bars, no two neighbours alike."""
    found: list[TypedChord] = []
    lengths = draw(st.lists(st.fractions(Fraction(1, 24), 9, max_denominator=24), min_size=1, max_size=12))
    bar = Fraction(4 * meter.numerator, meter.denominator)
    rest = -sum(lengths) % bar
    for length in [*lengths, rest] if rest else lengths:
        last = found[-1].symbol if found else None
        found.append(TypedChord(draw(symbols.filter(lambda symbol, last=last: symbol != last)), length))
    return found


def read(text: str, meter: Meter = FOUR, max_bars: int | None = None) -> list[tuple[str, Fraction]]:
    return [(str(chord.symbol), chord.duration) for chord in parse_progression(text, meter, max_bars)]


@given(st.data(), st.sampled_from(METERS), keys)
def test_chords_to_text_to_chords(data: st.DataObject, meter: Meter, key: Key) -> None:
    chords = data.draw(progressions(meter))
    assert parse_progression(format_progression(chords, meter, key), meter) == chords


@given(st.text("CGmA7b#:|% 12/.", max_size=30), st.sampled_from(METERS))
def test_any_text_is_either_read_and_formatted_again_or_refused(text: str, meter: Meter) -> None:
    try:
        chords = parse_progression(text, meter)
    except NotationError:
        return
    assert parse_progression(format_progression(chords, meter, C_MAJOR), meter) == chords
    assert sum(chord.duration for chord in chords) % Fraction(4 * meter.numerator, meter.denominator) == 0


@pytest.mark.parametrize(
    ("text", "chords"),
    [
        ("C", [("C", 4)]),
        ("C:2 G:2 | Am F", [("C", 2), ("G", 2), ("Am", 2), ("F", 2)]),
        ("| C | G |", [("C", 4), ("G", 4)]),
        ("C|G7/B", [("C", 4), ("G7/B", 4)]),
        ("C G | % | F", [("C", 2), ("G", 2), ("C", 2), ("G", 2), ("F", 4)]),
        ("C | % | G", [("C", 8), ("G", 4)]),
        ("C:3 G", [("C", 3), ("G", 1)]),
        ("C:1/2 F G:1.5", [("C", Fraction(1, 2)), ("F", 2), ("G", Fraction(3, 2))]),
        ("C G Am", [("C", Fraction(4, 3)), ("G", Fraction(4, 3)), ("Am", Fraction(4, 3))]),
        ("N.C. | C", [("N.C.", 4), ("C", 4)]),
        ("C:8 F:4", [("C", 8), ("F", 4)]),
        ("C:6 F:2", [("C", 6), ("F", 2)]),
    ],
)
def test_durations(text: str, chords: list[tuple[str, Fraction]]) -> None:
    assert read(text) == chords


def test_a_beat_is_that_of_the_meter() -> None:
    assert read("C:1 G:1", Meter(6, 8)) == [("C", Fraction(3, 2)), ("G", Fraction(3, 2))]
    assert read("C:1 G:1", Meter(2, 2)) == [("C", 2), ("G", 2)]
    assert read("C:2 G", Meter(3, 4)) == [("C", 2), ("G", 1)]


def test_text_is_spelled_for_the_key_and_has_durations_where_they_differ() -> None:
    chords = parse_progression("A#:3 D#:1 | A#:3 D#:1 | F | G# A#", FOUR)
    assert format_progression(chords, FOUR, Key.parse("Eb")) == "Bb:3 Eb:1 | % | F | Ab Bb"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a chord progression must hold a chord. Received: ''"),
        (" | ", "a chord progression must hold a chord. Received: ' | '"),
        ("C | | G", 'a bar must hold a chord, "%" or "N.C.". Received: nothing in bar 2'),
        ("C | G || Am", 'a bar must hold a chord, "%" or "N.C.". Received: nothing in bar 3'),
        ("% | C", '"%" must stand alone in a bar after another. Received: bar 1'),
        ("C | G %", '"%" must stand alone in a bar after another. Received: bar 2'),
        (
            "C:2 G:3 | Am",
            "the beats of a bar of 4/4 must add up to 4. Received: 5 in bar 1, 'C:2 G:3'",
        ),
        ("C | G:3", "the beats of a bar of 4/4 must add up to 4. Received: 3 in bar 2, 'G:3'"),
        ("C:6", "the beats of a bar of 4/4 must add up to 4. Received: 6 in bar 1, 'C:6'"),
        ("C:8 | G", "the beats of a bar of 4/4 must add up to 4. Received: 8 in bar 1, 'C:8'"),
        (
            "C | F:4 G",
            "the beats of a bar of 4/4 must add up to fewer than 4, as other chords share the rest. "
            "Received: 4 in bar 2, 'F:4 G'",
        ),
        (
            "C | G:x",
            'a length must be a number above 0, as in ":2", ":1/2", ":1.5". Received: \'G:x\' in bar 2',
        ),
        ("C | G:0", 'a length must be a number above 0, as in ":2", ":1/2", ":1.5". Received: \'G:0\' in bar 2'),
    ],
)
def test_what_does_not_parse_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_progression(text, FOUR)
    assert str(caught.value) == message


@pytest.mark.parametrize(("text", "end"), [("C | H", "'H', in bar 2"), ("C Gx", "'Gx', with the kind 'x', in bar 1")])
def test_a_chord_that_does_not_parse_is_named_with_its_bar(text: str, end: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_progression(text, FOUR)
    assert str(caught.value).endswith(f"Received: {end}")


def test_more_bars_than_the_piece_has_are_refused() -> None:
    assert read("C | G", max_bars=2) == [("C", 4), ("G", 4)]
    with pytest.raises(NotationError) as caught:
        parse_progression("C | G | %", FOUR, max_bars=2)
    assert str(caught.value) == "chords must fill at most the 2 bars of the piece. Received: 3 bars"
