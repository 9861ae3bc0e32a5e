"""Pick-ups that a file has on its first beat: found where the music is clear, and bar lines unchanged elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hymn import PHRASES, QUARTER, hymn
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.extract.extractor import ExtractionSettings
from melodyrnn.extract.melody import MelodyExtractor, find_melody
from melodyrnn.extract.parts import ALL
from melodyrnn.extract.pickups import speaks_for_the_file, with_pickup
from melodyrnn.extract.registry import find_extractor
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Marker, Notes, Piece, TimeSignature, Track
from melodyrnn.score.quantize import Voice
from melodyrnn.score.score import Score


def voice_of(piece: Piece) -> Voice:
    found = find_melody(piece)
    assert isinstance(found, Voice)
    return found


def moved(piece: Piece) -> Voice | None:
    return with_pickup(piece, voice_of(piece))


def with_velocities(piece: Piece, velocity: np.ndarray) -> Piece:
    notes = piece.tracks[0].notes
    track = replace(piece.tracks[0], notes=Notes.of(notes.onset, notes.duration, notes.pitch, velocity))
    return replace(piece, tracks=(track, *piece.tracks[1:]))


@pytest.mark.parametrize("meter", PHRASES)
def test_a_pickup_on_the_first_beat_is_found_and_one_in_its_place_is_left_there(meter: str) -> None:
    pickup = PHRASES[meter][0][0] * QUARTER // 2
    voice = moved(hymn(meter))
    assert voice is not None
    assert voice.bar_line == pickup
    filled_up = Meter.parse(meter).bar(QUARTER) - pickup
    assert moved(hymn(meter, late=filled_up)) is None


def test_bars_that_begin_with_the_file_are_left_there() -> None:
    whole = hymn()
    tracks = tuple(replace(t, notes=t.notes[1:]) for t in whole.tracks)
    early = [Notes.of(t.notes.onset - QUARTER, t.notes.duration, t.notes.pitch, t.notes.velocity) for t in tracks]
    piece = replace(whole, tracks=tuple(replace(t, notes=n) for t, n in zip(tracks, early, strict=True)))
    assert moved(piece) is None


def with_drums(piece: Piece) -> Piece:
    kick = Notes.of(np.arange(16) * 4 * QUARTER, [60] * 16, [36] * 16, [90] * 16)
    return replace(piece, tracks=(*piece.tracks, Track(kick, "Kit", 0, 9)))


def with_another_meter(piece: Piece) -> Piece:
    return replace(piece, meters=(*piece.meters, TimeSignature(32 * QUARTER, Meter(3, 4))))


def with_accents(piece: Piece) -> Piece:
    onset = piece.tracks[0].notes.onset
    return with_velocities(piece, np.where(onset % (4 * QUARTER) == 0, 105, 80))


def as_played(piece: Piece) -> Piece:
    return with_velocities(piece, 60 + np.arange(len(piece.tracks[0].notes)) % 9)


def off_the_eighths(piece: Piece) -> Piece:
    tracks = [replace(t, notes=Notes.of(t.notes.onset + 70 * (np.arange(len(t.notes)) % 3 > 0), t.notes.duration,
                                        t.notes.pitch, t.notes.velocity)) for t in piece.tracks]  # fmt: skip
    return replace(piece, tracks=tuple(tracks))


def short(piece: Piece) -> Piece:
    return replace(piece, tracks=tuple(replace(t, notes=t.notes[:18]) for t in piece.tracks))


def in_a_meter_of_five(piece: Piece) -> Piece:
    return replace(piece, meters=(TimeSignature(0, Meter(5, 4)),))


def ending_on_a_bar_line(piece: Piece) -> Piece:
    return replace(piece, tracks=tuple(replace(t, notes=t.notes[:-5]) for t in piece.tracks))


@pytest.mark.parametrize(
    "change",
    [with_drums, with_another_meter, with_accents, as_played, off_the_eighths, short, in_a_meter_of_five,
     ending_on_a_bar_line],
)  # fmt: skip
def test_bar_lines_of_such_files_are_left_there(change: Callable[[Piece], Piece]) -> None:
    assert moved(hymn()) is not None
    assert moved(change(hymn())) is None


@given(st.integers(1, 500), st.sampled_from(["4/4", "9/8", "12/8", "7/16", "2/2", "4/0"]), st.data())
def test_any_notes_in_any_meter_give_a_later_bar_line_within_the_first_bar_or_none(
    ticks_per_quarter: int, meter: str, data: st.DataObject
) -> None:
    gaps = data.draw(st.lists(st.integers(0, 1000), min_size=16, max_size=40))
    onset = np.cumsum([0, *gaps[1:]])
    notes = Notes.of(onset, [1 + gap for gap in gaps], [60 + gap % 13 for gap in gaps], [80] * len(gaps))
    first = data.draw(st.integers(0, 3)) * ticks_per_quarter
    signature = TimeSignature(first, Meter(*map(int, meter.split("/"))))
    piece = Piece(ticks_per_quarter, (Track(notes),), meters=(signature,), end=int(onset[-1]) + 1001)
    voice = Voice(notes, 0, "", ticks_per_quarter, signature.meter, 500_000, None, first)
    found = with_pickup(piece, voice)
    if found is not None:
        assert 0 < found.bar_line - voice.bar_line < voice.meter.quarters * ticks_per_quarter
        assert replace(found, bar_line=voice.bar_line) == voice


def test_even_notes_without_harmony_say_nothing() -> None:
    notes = Notes.of(np.arange(66) * QUARTER, [QUARTER] * 66, 60 + np.arange(66) * 5 % 12, [80] * 66)
    assert moved(Piece(QUARTER, (Track(notes, "Tune"),), end=66 * QUARTER)) is None


@pytest.mark.parametrize(
    ("velocity", "speaks"),
    [
        ([80] * 32, False),
        ([105, 80, 80, 80] * 8, True),
        ([80, 105, 105, 80, 80, 80] * 4, False),  # loud passages
        ([80] * 30 + [105, 80], False),
        ([60, 61, 62, 63, 64, 65, 66, 67], True),
        ([60, 61, 62, 63, 64, 65, 66, 66], False),
    ],
)
def test_accents_and_played_velocities_speak_for_the_bars_of_a_file(velocity: list[int], speaks: bool) -> None:
    assert speaks_for_the_file(np.array(velocity)) == speaks


def test_melodies_get_the_bar_line_unless_those_of_the_file_are_asked_for() -> None:
    for bar_lines, first in (("auto", 36), ("file", 0)):
        one, *_ = MelodyExtractor().extract(hymn(), ExtractionSettings(bar_lines=bar_lines))
        assert isinstance(one.result, Score)
        assert one.result.onset[0] == first
        assert one.details.get("bar_line") == (QUARTER if bar_lines == "auto" else None)


def test_whole_pieces_and_lead_sheets_get_the_bar_line_of_their_melody() -> None:
    symbols = tuple(Marker(QUARTER + bar * 4 * QUARTER, "CGFA"[bar % 4]) for bar in range(15))
    for extractor, piece in ((ALL, hymn()), (find_extractor("leadsheet"), replace(hymn(), markers=symbols))):
        one, *_ = extractor.extract(piece, ExtractionSettings())
        assert isinstance(one.result, Score)
        assert one.details["bar_line"] == QUARTER
        melody = np.array([part.role == "melody" for part in one.result.parts])[one.result.part]
        assert one.result.onset[melody][0] == 36
