"""Melodies out as ABC and MusicXML and in again: equal, and what other programs read is equal too."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from notation_readers import from_first, harmonies_of_music21, notes_of, read_with_abc2midi, read_with_music21
from strategies import melodies

from melodyrnn.formats.read import read_piece, read_tune
from melodyrnn.formats.write import piece_bytes, write_piece
from melodyrnn.midi.read import read_piece as read_midi
from melodyrnn.music.chords import NUM_CODES, ChordSymbol
from melodyrnn.music.keys import signature
from melodyrnn.music.meter import Meter
from melodyrnn.music.piece import Marker, Notes, Piece, Track
from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.shipped import data_folder

TUNES = sorted((data_folder("samples") / "tunes").glob("*.mid"))
NOTATION = (".abc", ".musicxml", ".mxl")
OTHER_METERS = ((2, 2), (3, 2), (5, 4), (6, 4), (3, 8), (5, 8), (7, 8), (12, 8), (5, 16), (6, 16), (9, 16), (1, 4))


def assert_equal(read: Piece, written: Piece, with_loudness: bool) -> None:
    """All that notation holds is equal; resolutions may differ."""
    factor = read.ticks_per_quarter // written.ticks_per_quarter
    assert len(read.tracks) == len(written.tracks)
    for one, other in zip(read.tracks, written.tracks, strict=True):
        np.testing.assert_array_equal(one.notes.onset, other.notes.onset * factor)
        np.testing.assert_array_equal(one.notes.duration, other.notes.duration * factor)
        np.testing.assert_array_equal(one.notes.pitch, other.notes.pitch)
        assert (one.program, one.is_drums) == (other.program, other.is_drums)
        if with_loudness:
            np.testing.assert_array_equal(one.notes.velocity, other.notes.velocity)
    assert (read.meters, read.keys, read.tempos) == (written.meters, written.keys, written.tempos)
    assert [signature(k.key) for k in read.keys] == [signature(k.key) for k in written.keys]
    assert read.texts == written.texts
    assert read.markers == tuple(replace(marker, tick=marker.tick * factor) for marker in written.markers)


def test_there_are_tunes() -> None:
    assert len(TUNES) == 76


@pytest.mark.parametrize("suffix", NOTATION)
def test_every_sample_tune_comes_back(suffix: str, tmp_path: Path) -> None:
    for path in TUNES:
        piece, file = read_midi(path), tmp_path / f"{path.stem}{suffix}"
        write_piece(piece, file)
        read = read_piece(file)
        assert_equal(read, piece, with_loudness=suffix != ".abc")
        assert read.tracks[0].name == piece.tracks[0].name


def test_abc2midi_reads_the_same_in_every_sample_tune() -> None:
    for path in TUNES:
        piece = read_midi(path)
        assert read_with_abc2midi(piece_bytes(piece, "x.abc")) == from_first(notes_of(piece)), path.stem


@pytest.mark.slow
def test_music21_reads_the_same_in_every_sample_tune() -> None:
    for path in TUNES:
        piece = read_midi(path)
        notes, meter, sharps, tempo, title = read_with_music21(piece_bytes(piece, "x.musicxml"))
        assert notes == from_first(notes_of(piece)), path.stem
        assert (meter, sharps, title) == (str(piece.meters[0]), signature(piece.keys[0].key), piece.tracks[0].name)
        assert tempo == pytest.approx(piece.tempos[0].quarters_per_minute, rel=1e-5)


@given(melodies(), st.sampled_from(NOTATION))
def test_any_melody_comes_back(melody: Score, suffix: str) -> None:
    piece = to_piece(melody, program=9)
    assert_equal(read_tune(piece_bytes(piece, f"x{suffix}"), f"x{suffix}").piece, piece, suffix != ".abc")


@given(melodies(), st.data(), st.sampled_from(NOTATION[:2]))
def test_chord_symbols_come_back_wherever_they_stand(melody: Score, data: st.DataObject, suffix: str) -> None:
    first, end = int(melody.onset[0]), melody.num_bars * melody.bar
    steps = sorted({first, *data.draw(st.lists(st.integers(first, end - 1), min_size=1, max_size=8))})
    codes = data.draw(st.lists(st.integers(12, NUM_CODES - 1), min_size=len(steps), max_size=len(steps)))
    texts = [ChordSymbol.from_code(code).text(melody.key) for code in codes]
    markers = tuple(Marker(step * 40, text) for step, text in zip(steps, texts, strict=True))
    piece = replace(to_piece(melody), markers=markers if len(markers) > 1 else ())
    assert_equal(read_tune(piece_bytes(piece, f"x{suffix}"), f"x{suffix}").piece, piece, suffix != ".abc")


def test_chord_symbols_after_the_last_note_have_a_bar() -> None:
    track = Track(Notes.of([0], [480], [60], [90]))
    piece = Piece(480, (track,), end=480, markers=(Marker(0, "C"), Marker(4800, "G")))
    for suffix in NOTATION:
        assert read_tune(piece_bytes(piece, f"x{suffix}"), f"x{suffix}").piece.markers == piece.markers


def test_other_programs_read_the_chord_symbols_and_the_notes_under_them() -> None:
    track = Track(Notes.of([0, 960], [960, 2880], [60, 62], [90, 90]), "tune")
    symbols = (Marker(0, "C"), Marker(480, "Ebm7b5/Gb"), Marker(1440, "N.C."), Marker(1920, "F#7b9"))
    piece = Piece(480, (track,), end=3840, markers=symbols)
    assert read_with_abc2midi(piece_bytes(piece, "x.abc")) == from_first(notes_of(piece))
    found = harmonies_of_music21(piece_bytes(piece, "x.musicxml"))
    assert found == [(0, 0, 0), (1, 3, 6), (3, None, None), (4, 6, 6)]


@given(melodies(max_notes=20), st.sampled_from(OTHER_METERS), st.sampled_from(NOTATION[:2]))
def test_any_meter_comes_back(melody: Score, meter: tuple[int, int], suffix: str) -> None:
    piece = to_piece(replace(melody, meter=Meter(*meter)))
    assert_equal(read_tune(piece_bytes(piece, f"x{suffix}"), f"x{suffix}").piece, piece, suffix != ".abc")


@given(melodies(max_notes=20))
def test_abc2midi_reads_the_same_in_any_melody(melody: Score) -> None:
    piece = to_piece(melody)
    assert read_with_abc2midi(piece_bytes(piece, "x.abc")) == from_first(notes_of(piece))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30), st.integers(30, 100)), min_size=1, max_size=25))
def test_chords_and_overlapping_notes_keep_their_times(notes: list[tuple[int, int, int]]) -> None:
    """They may become several voices, in which every note is once."""
    distinct = {(onset, duration, pitch) for onset, duration, pitch in notes}
    columns = [np.array(column) for column in zip(*sorted(distinct), strict=True)]
    track = Track(Notes.of(columns[0] * 40, columns[1] * 40, columns[2], np.full(len(distinct), 90)))
    piece = Piece(480, (track,), end=int((columns[0] + columns[1]).max()) * 40)
    wanted = sorted((Fraction(onset, 12), Fraction(duration, 12), pitch) for onset, duration, pitch in distinct)
    for suffix in NOTATION:
        read = read_tune(piece_bytes(piece, f"x{suffix}"), f"x{suffix}").piece
        assert sorted(n for number in range(len(read.tracks)) for n in notes_of(read, number)) == wanted
