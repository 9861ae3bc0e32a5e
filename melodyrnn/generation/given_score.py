"""The parts of a section of a given file as a score on the grid of its bars.

Notes of a file are columns, int64 (6, num_notes), with the rows of `extract.pieces` but the last: onset and end in
ticks, pitch, velocity, number of the part, and number among the notes of the part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import IntArray
from ..extract.pieces import END, ONSET, PART, PITCH, VELOCITY, key_of_parts, without_doubles
from ..extract.sections import Section
from ..extract.slotting import ChosenPart
from ..music.chord_markers import chord_markers
from ..music.chords import ChordSymbol
from ..music.keys import Key
from ..music.piece import Marker, Piece, last_at
from ..score.chords import chord_score
from ..score.progression import key_of_chords
from ..score.score import Part, Score
from .given_file import GivenFile
from .given_grid import Grid

INDEX = 5
_NO_INDEX = -1  # of chord symbols, which are no notes


@dataclass(frozen=True, slots=True)
class SectionScore:
    """A section as a score. The attributes are those of `GivenEnsemble`."""

    grid: Grid
    score: Score
    index: IntArray
    num_bars: int
    span: tuple[int, int] | None


def columns_of(piece: Piece, parts: Sequence[ChosenPart]) -> IntArray:
    """Return the notes of all parts as columns, those of each part in the order of its tracks."""
    blocks = [np.zeros((6, 0), dtype=np.int64)]
    for place, one in enumerate(parts):
        first = 0
        for number in one.tracks:
            notes = piece.tracks[number].notes
            part, index = np.full(len(notes), place), np.arange(first, first + len(notes))
            blocks.append(np.stack([notes.onset, notes.end, notes.pitch, notes.velocity, part, index]))
            first += len(notes)
    return np.concatenate(blocks, axis=1)


def inside(notes: IntArray, section: Section, piece: Piece) -> IntArray:
    """Return the notes that begin in a section, as columns."""
    onset = notes[ONSET]
    return notes[:, (onset >= section.start) & ((onset < section.stop) | (section.stop >= piece.end))]


def score_of_section(
    file: GivenFile, parts: Sequence[Part], notes: IntArray, section: Section, span: tuple[int, int] | None
) -> SectionScore:
    """Return a section of a file as a score.

    A note that begins before the ticks `span` that are to be drawn anew has a step before them.

    Args:
        notes: of all parts, as columns.
    """
    grid, num_bars = _grid(file, section)
    own = inside(notes, section, file.piece)
    onset, end = grid.steps(own[ONSET]), grid.steps(own[END])
    if span is not None:
        onset = np.where(own[ONSET] < span[0], np.minimum(onset, grid.step(span[0]) - 1), onset)
    rows = without_doubles(np.stack([onset, np.maximum(end, onset + 1), *own[PITCH:]]))
    symbols = _symbols(file.piece, parts, section, grid, num_bars, span)
    rows = np.concatenate([rows, symbols], axis=1)
    rows = rows[:, np.lexsort((rows[PITCH], rows[PART], rows[ONSET]))]
    first = int(own[ONSET].min(initial=section.stop))
    score = Score(
        rows[ONSET],
        rows[END] - rows[ONSET],
        rows[PITCH],
        rows[VELOCITY],
        rows[PART],
        section.meter,
        _key(file.piece, parts, rows, section),
        last_at(file.piece.tempos, first).microseconds_per_quarter,
        "",
        tuple(parts),
    )
    steps = None if span is None else (grid.step(span[0]), grid.step(span[1]))
    return SectionScore(grid, score, rows[INDEX], num_bars, steps)


def _grid(file: GivenFile, section: Section) -> tuple[Grid, int]:
    """Return the grid of a section, from the line that begins the bar of its pick-up on, and its number of bars."""
    grid = Grid.of(section, file.piece.ticks_per_quarter)
    first = min(0, grid.step(section.start) // grid.bar)
    grid = Grid(grid.tick(first * grid.bar), grid.ticks_per_quarter, grid.bar)
    stop = file.last_bar_line if section.stop >= file.piece.end else section.stop
    return grid, max(1, -(-grid.step(stop) // grid.bar))


def _key(piece: Piece, parts: Sequence[Part], rows: IntArray, section: Section) -> Key:
    """Return the key of the melodic parts and the chord symbols; without melodic parts that of the symbols."""
    hint = last_at(piece.keys, section.start).key if piece.keys else None
    kinds = np.array([part.kind for part in parts])[rows[PART]]
    is_chord, duration = kinds == "chords", rows[END] - rows[ONSET]
    if hint is None and is_chord.any() and not (kinds == "melodic").any():
        return key_of_chords(rows[PITCH][is_chord], duration[is_chord])
    return key_of_parts(rows[ONSET], duration, rows[PITCH], kinds, hint)


def _symbols(
    piece: Piece, parts: Sequence[Part], section: Section, grid: Grid, num_bars: int, span: tuple[int, int] | None
) -> IntArray:
    """Return the chord symbols of a section on the grid, with the one that holds where it begins, as columns."""
    place = next((number for number, part in enumerate(parts) if part.kind == "chords"), None)
    markers = [] if place is None else _holding(chord_markers(piece), section)
    end = num_bars * grid.bar
    rows = []
    for marker in markers:
        step = max(0, grid.step(marker.tick))
        if span is not None and marker.tick < span[0]:
            step = min(step, max(0, grid.step(span[0]) - 1))
        if step < end:
            rows.append((step, ChordSymbol.parse(marker.text).code))
    onset, code = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    symbols = chord_score(onset, code, end, section.meter, Key(0, "major"))
    number, none = np.full(len(symbols), place or 0), np.full(len(symbols), _NO_INDEX)
    return np.stack([symbols.onset, symbols.onset + symbols.duration, symbols.pitch, symbols.velocity, number, none])


def _holding(markers: Sequence[Marker], section: Section) -> list[Marker]:
    """Return the chord symbols of a section, and before them the last earlier one."""
    earlier = [marker for marker in markers if marker.tick < section.start]
    return [*earlier[-1:], *(marker for marker in markers if section.start <= marker.tick < section.stop)]
