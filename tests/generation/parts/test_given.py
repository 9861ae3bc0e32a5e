"""What is given to a model of several parts comes back exactly, and new notes stand where they were asked for."""

from __future__ import annotations

from collections import Counter

import pytest
from band_models import BASS, CODES, KIT, LEAD, PIANO, band, band_generator, only
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn.errors import MelodyRNNError, NotationError, SettingError
from melodyrnn.generation.part_wishes import PartWishes
from melodyrnn.generation.parts.pieces import plan_of_pieces
from melodyrnn.generation.request import Request
from melodyrnn.music.chords import ChordSymbol
from melodyrnn.music.piece import Notes, Piece
from melodyrnn.score.convert import to_piece

BAR = 4 * 480


def generate(**settings: object) -> list[Piece]:
    return band_generator().generate(Request(**settings))  # type: ignore[arg-type]


def rows(notes: Notes) -> list[tuple[int, ...]]:
    columns = notes.onset, notes.end, notes.pitch, notes.velocity
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def by_name(piece: Piece) -> dict[str, list[tuple[int, ...]]]:
    return {track.name: rows(track.notes) for track in piece.tracks}


def song(*numbers: int, num_bars: int = 4) -> Piece:
    """A file with these parts of the band."""
    return to_piece(only(band(num_bars=num_bars), *numbers))


seeds = st.integers(0, 2**31)


@settings(max_examples=6, deadline=None)
@given(seeds, st.sampled_from(((LEAD, BASS), (LEAD, BASS, PIANO), (BASS, KIT))))
def test_given_parts_stay_and_the_others_are_drawn(seed: int, numbers: tuple[int, ...]) -> None:
    file = song(*numbers)
    for piece in generate(num=2, seed=seed, given=file):
        found = by_name(piece)
        assert {name: found[name] for name in by_name(file)} == by_name(file)
        assert set(found) == {"Lead", "Bass", "Piano", "Kit"}
        assert all(found.values())
        assert piece.markers
        assert piece.end == file.end
        assert [track.channel for track in piece.tracks if track.name == "Kit"] == [9]


@settings(max_examples=6, deadline=None)
@given(seeds, st.integers(1, 4), st.integers(0, 2))
def test_bars_are_filled_and_the_rest_is_left_alone(seed: int, first: int, more: int) -> None:
    last = min(4, first + more)
    file = song(LEAD, BASS)
    (piece,) = generate(seed=seed, primer=file, infill=(first, last), draw=("melody",))
    start, stop = (first - 1) * BAR, last * BAR
    old, new = by_name(file), by_name(piece)
    assert new["Bass"] == old["Bass"]
    outside = [row for row in old["Lead"] if not start <= row[0] < stop]
    assert [row for row in new["Lead"] if not start <= row[0] < stop] == outside
    inside = [row for row in new["Lead"] if start <= row[0] < stop]
    assert inside
    assert max(row[1] for row in inside) <= stop


@settings(max_examples=6, deadline=None)
@given(seeds, st.integers(1, 3))
def test_new_bars_begin_after_the_end(seed: int, bars: int) -> None:
    file = song(LEAD, BASS, PIANO)
    (piece,) = generate(seed=seed, primer=file, bars=bars)
    old, new = by_name(file), by_name(piece)
    assert piece.end == file.end + bars * BAR
    for name, notes in old.items():
        assert [row for row in new[name] if row[0] < file.end] == notes
        assert [row for row in new[name] if row[0] >= file.end]
        assert max(row[1] for row in new[name]) <= piece.end
    assert (new["Bass"][-1][2] - piece.keys[0].key.tonic) % 12 == 0


@settings(max_examples=6, deadline=None)
@given(seeds, st.integers(2, 6))
def test_typed_chords_repeat_until_the_end(seed: int, bars: int) -> None:
    (piece,) = generate(seed=seed, bars=bars, chords="C:2 F:2 | Am", parts=("melody", "bass"))
    expected = [
        (bar * BAR + tick, text) for bar in range(bars) for tick, text in ([(0, "C"), (960, "F")], [(0, "Am")])[bar % 2]
    ]
    assert [(one.tick, one.text) for one in piece.markers] == expected
    assert {track.name for track in piece.tracks} == {"Lead", "Bass"}


def test_chord_symbols_sound_where_that_is_asked_for() -> None:
    settings = {"seed": 3, "bars": 2, "chords": "C | F", "parts": ("melody",)}
    (silent,), (sounding,) = generate(**settings), generate(**settings, render_chords=True)
    assert [track.name for track in silent.tracks] == ["Lead"]
    new = next(track for track in sounding.tracks if track.name != "Lead")
    assert by_name(sounding)["Lead"] == by_name(silent)["Lead"]
    assert {pitch % 12 for pitch in new.notes[new.notes.onset == 0].pitch.tolist()} == {0, 4, 7}
    assert {pitch % 12 for pitch in new.notes[new.notes.onset == BAR].pitch.tolist()} == {5, 9, 0}


def test_tracks_have_the_programs_of_the_parts_or_those_wished_for() -> None:
    wished = (("bass", PartWishes(program=43)),)
    (usual,), (piece,) = generate(seed=1, bars=1), generate(seed=1, bars=1, of_parts=wished)
    assert {track.name: track.program for track in usual.tracks} == {"Lead": 73, "Bass": 32, "Piano": 0, "Kit": 0}
    assert next(track.program for track in piece.tracks if track.name == "Bass") == 43
    assert [track.channel == 9 for track in usual.tracks] == [track.name == "Kit" for track in usual.tracks]
    assert max(Counter(track.channel for track in usual.tracks).values()) == 1


def test_a_part_of_a_score_may_be_given() -> None:
    score = only(band(num_bars=2), LEAD)
    (piece,) = generate(seed=1, given=score, draw=("bass",))
    assert by_name(piece)["Lead"] == by_name(to_piece(score))["Lead"]
    assert {track.name for track in piece.tracks} == {"Lead", "Bass"}
    assert ChordSymbol.from_code(CODES[0]).text(score.key) == "C"


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"draw": ("tuba",)}, SettingError, r"draw must name parts of this model \(chords, melody.*Received: 'tuba'"),
        ({"parts": ("bass", "bass")}, SettingError, r"parts must name each part once\. Received: 'bass' twice"),
        (
            {"parts": ("bass",), "of_parts": (("melody", PartWishes(density=2)),)},
            SettingError,
            r"a wish must be for a part that is drawn\. Received: melody",
        ),
        (
            {"of_parts": (("drums", PartWishes(low=40)),)},
            SettingError,
            r"range, max_interval and program are for melodic parts\. Received: one for drums",
        ),
        ({"end": "open"}, SettingError, r"end must be tonic or any with several parts\. Received: open"),
        ({"rank": 2}, SettingError, r"rank is for models of melodies; this one draws several parts\. Received: 2"),
        ({"guard": False}, SettingError, r"guard is for models of melodies.*Received: False"),
        ({"primer": song(LEAD, BASS), "include_primer": False}, SettingError, r"include_primer is for models of mel"),
        ({"primer": song(LEAD, BASS), "rank": 2}, SettingError, r"rank is for models of melodies.*Received: 2"),
        ({"draw": ("bass",), "parts": ("bass",)}, SettingError, r"draw and parts both name the parts to draw: choose"),
        ({"roles": (("1", "bass"),)}, SettingError, r"a role is that of a track of a given file\. Received: no file"),
        ({"given": song(LEAD, BASS), "primer": song(LEAD, BASS)}, SettingError, r"either given or a primer.*: both"),
        (
            {"given": song(LEAD, BASS), "draw": ("bass",)},
            SettingError,
            r"either given or drawn\. Received: bass as",
        ),
        ({"primer": only(band(), LEAD)}, SettingError, r"a primer of several parts must be a file or a piece"),
        (
            {"given": band(num_bars=1)},
            SettingError,
            r"there must be a part to draw\. Received: every part of this model \(chords, melody, bass",
        ),
        ({"chords": "C H#", "bars": 2}, NotationError, r"H#"),
        ({"chords": "C | F | G", "bars": 2}, NotationError, r"bars"),
        ({"density": 1.5}, SettingError, r"density must be a whole number of notes per bar, 1\.\.64\. Received: 1\.5"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_drawn(
    settings: dict[str, object], error: type[MelodyRNNError], message: str
) -> None:
    with pytest.raises(error, match=message):
        plan_of_pieces(Request(seed=1, **settings), band_generator().metadata)  # type: ignore[arg-type]
