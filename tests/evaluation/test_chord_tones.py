from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from melodyrnn.evaluation.chord_tones import chord_tones
from melodyrnn.evaluation.sources import melodies_of
from melodyrnn.music.chords import ChordSymbol
from melodyrnn.score.score import Part, Score

Make = Callable[..., Score]
CHORD = (48, 52, 55)


def test_notes_on_beats_are_compared_with_the_chord_in_any_octave(make_parts: Make) -> None:
    assert chord_tones(make_parts([60, 64, 79, 65], [CHORD] * 4)) == 3 / 4


def test_notes_off_the_beat_do_not_count(make_parts: Make) -> None:
    eighths = [60, 61, 64, 66, 65, 66, 67, 68]
    assert chord_tones(make_parts(eighths, [CHORD] * 8, step=6)) == 3 / 4
    compound = make_parts([60, 61, 61, 65, 66, 66], [CHORD] * 6, step=6, meter=(6, 8))
    assert chord_tones(compound) == 1 / 2  # two beats of three eighths


def test_a_held_chord_and_one_of_several_parts_are_chords(make_parts: Make) -> None:
    score = make_parts([60, 62, 64, 65], [48, 48, 48, 48], [55, 55, 55, 52])
    assert chord_tones(score) == 1 / 4


def test_notes_without_a_chord_do_not_count(make_parts: Make) -> None:
    assert chord_tones(make_parts([60, 61, 62], [CHORD, None, (50, 62)])) == 1  # an octave is no chord
    assert chord_tones(make_parts([60, 61], [48, 49])) is None
    assert chord_tones(make_parts([60, 61])) is None


def test_it_needs_a_melody(make_parts: Make) -> None:
    parts = (Part(role="harmony"), Part(role="bass"))
    assert chord_tones(make_parts([60], [CHORD], parts=parts)) is None


def test_chord_symbols_are_the_chords_where_there_are_any(make_parts: Make) -> None:
    symbols = [ChordSymbol.parse(text).code for text in ("C", "Dm7/G", "N.C.", "F#m7b5")]
    parts = (Part("", "chords", 0, "chords"), Part(), Part(role="bass"))
    assert chord_tones(make_parts(symbols, [64, 65, 60, 64], [61] * 4, parts=parts)) == 1  # N.C. does not count
    assert chord_tones(make_parts(symbols, [65, 64, 60, 67], [61] * 4, parts=parts)) == 0
    assert chord_tones(make_parts([*symbols[:1], None], [64, 64], parts=parts[:2])) == 1  # none after it ends


def test_lead_sheets_have_chord_tones_on_most_beats(shared: Path) -> None:
    files = sorted((shared / "leadsheets" / "openewld").glob("*.mid"))[:12]
    scores = [score for file in files for score in melodies_of(file, extractor="leadsheet").melodies]
    found = [share for score in scores if (share := chord_tones(score)) is not None]
    assert len(found) >= 10
    assert 0.6 < sum(found) / len(found) < 0.95


def test_bach(chorales: list[Score]) -> None:
    found = [chord_tones(score) for score in chorales]
    assert sum(found) / len(found) == pytest.approx(0.39, abs=0.05)
