"""MIDI files of several parts as given music: which tracks a model reads as which parts, and their notes as a score.

The tracks are chosen as in the corpus of the model. Notes are read at the nearest steps of the file's own bars, chords
whole, and written back tick for tick with all else that the file holds. Where the meter changes, one section is read.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Bools, IntArray
from ..errors import SettingError
from ..extract.pieces import END, ONSET, PART, VELOCITY
from ..extract.sections import Section, sections
from ..extract.slotting import ChosenPart
from ..midi.edit import RawNote
from ..music.meter import Meter
from ..music.piece import Piece
from ..score.score import Part, Score
from ..score.slots import slots_of
from .given_file import GivenFile, open_file
from .given_grid import Grid
from .given_part import Place, places_of
from .given_score import columns_of, inside, score_of_section
from .given_tracks import notices_of_tracks, off_grid, parts_of_tracks
from .locked import LockedNote, check_locked, locked_in
from .view import BarRange, check_bars, last_bars


@dataclass(frozen=True, slots=True)
class GivenPart:
    """A part of a given file.

    Attributes:
        part: its name, kind, program and role.
        places: for each of its notes the note in the file, and where it is; empty for chord symbols.
        home: the place that holds most of them, to which new notes of the part are written; None for chord symbols.
        tracks: the numbers of its tracks in the piece of the file; none for chord symbols.
    """

    part: Part
    places: tuple[tuple[Place, RawNote], ...]
    home: Place | None
    tracks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GivenEnsemble:
    """A given file of several parts, and the section of it that is read.

    Attributes:
        file: the file.
        parts: the parts that the model knows, in the order of their slots; those of `score`.
        slots: their slots (score/slots.py).
        notes: the notes of all parts in ticks, as columns, see `given_score`.
        section: the bars of one meter that are read.
        grid: its ticks and steps; step 0 is the bar line that begins its first bar.
        num_bars: the number of its bars; notes may last beyond them.
        score: its notes, in steps. Of notes of one part, step and pitch it holds the longest.
        index: for each note of `score` its number among the `places` of its part; -1 for chord symbols, (num_notes,).
        span: the steps of the bars that are to be drawn anew; None where none are.
        locked: notes of the file that stay as they are.
        guesses: what was guessed or repaired, one line each.
    """

    file: GivenFile
    parts: tuple[GivenPart, ...]
    slots: tuple[int, ...]
    notes: IntArray
    section: Section
    grid: Grid
    num_bars: int
    score: Score
    index: IntArray
    span: tuple[int, int] | None = None
    locked: tuple[LockedNote, ...] = ()
    guesses: tuple[str, ...] = ()

    @property
    def notices(self) -> tuple[str, ...]:
        """What was guessed or repaired, and which bars are read where they are not all, one line each."""
        if len(sections(self.file.piece)) == 1:
            return self.guesses
        first, last = self.first_bar, min(self.first_bar + self.num_bars - 1, self.file.num_bars)
        which = f"bars {first}-{last}" if last > first else f"bar {first}"
        line = f"the model reads {which}, in {self.score.meter}; the other bars of the file are kept as they are"
        return (*self.guesses, line)

    @property
    def places(self) -> list[tuple[Place, RawNote] | None]:
        """For each note of the score the note in the file, and where it is; None for chord symbols."""
        numbers = zip(self.score.part.tolist(), self.index.tolist(), strict=True)
        return [None if index < 0 else self.parts[part].places[index] for part, index in numbers]

    @property
    def is_last(self) -> bool:
        """Whether the file ends with the section."""
        return self.section.stop >= self.file.piece.end

    @property
    def end(self) -> int:
        """The step from which new bars may follow: the file has ended, and the notes of all its parts too."""
        file_end = min(self.file.piece.end, self.file.last_bar_line)
        return self.grid.step_after(int(self.notes[END].max(initial=file_end)))

    @property
    def start(self) -> int:
        """The first step of the section: 0, or later where it begins with a pick-up."""
        return self.grid.step_after(self.section.start)

    @property
    def first_bar(self) -> int:
        """The number in the file, from 1, of the bar that begins at step 0."""
        return self.file.bars.number_at(max(0, self.tick_of(0)))

    def tick_of(self, step: int) -> int:
        """Return the tick of a step."""
        return self.grid.tick(step)

    def at_the_end(self) -> GivenEnsemble:
        """Return the file with its last section, for new bars after it."""
        return self._read(sections(self.file.piece)[-1], None)

    def with_span(self, bars: BarRange) -> GivenEnsemble:
        """Return the file with the section that holds some bars, which are to be drawn anew.

        A note a little before them is kept, and so is one that is played a little early at their end. Raises
        SettingError where there are no such bars, or their meter changes.
        """
        check_bars(bars, self.file.num_bars, music="the given file")
        start, stop = self.file.bars.tick_of(bars[0]), self.file.bars.tick_of(bars[1] + 1)
        found = sections(self.file.piece)
        section = next(section for section in reversed(found) if section.start <= start)
        if section is not found[-1] and stop > section.stop:
            raise SettingError(f"infill must name bars of one meter. Received: {bars[0]}-{bars[1]}")
        return self._read(section, (start, stop))

    def last_bars(self, num_bars: int) -> BarRange:
        """Return the bars of a new ending. Raises SettingError where no bar is left before them."""
        return last_bars(self.file.bars.number_at(int(self.notes[ONSET].max(initial=0))), num_bars)

    def with_locked(self, locked: tuple[LockedNote, ...]) -> GivenEnsemble:
        """Return the file with some notes locked. Raises SettingError where it does not have one."""
        check_locked(self.file.piece, locked, [track for part in self.parts for track in part.tracks])
        return replace(self, locked=locked)

    @property
    def is_locked(self) -> Bools:
        """Which notes of the score are locked, (num_notes,)."""
        is_locked: Bools = np.zeros(len(self.score), dtype=bool)
        for part in range(len(self.parts)) if self.locked else ():
            own = (self.score.part == part) & (self.index >= 0)
            is_locked[own] = self._locked_places(part)[self.index[own]]
        return is_locked

    def _locked_places(self, part: int) -> Bools:
        """Return which of the `places` of a part are locked, (num_places,)."""
        tracks = self.parts[part].tracks
        found = [locked_in(self.file.piece.tracks[number].notes, self.locked, number) for number in tracks]
        return np.concatenate([*found, np.zeros(0, dtype=bool)])

    def velocities(self, part: int) -> IntArray:
        """Return the velocities of the notes of a part, (num_places,)."""
        return self.notes[VELOCITY, self.notes[PART] == part]

    def is_drawn_anew(self, part: int) -> Bools:
        """Return which of the `places` of a part begin in the span, both in the file and on the grid, (num_places,).

        Locked ones are not among them.
        """
        start, stop = self.span or (0, 0)
        onset = self.notes[ONSET, self.notes[PART] == part]
        is_inside: Bools = (onset >= self.tick_of(start)) & (self.grid.steps(onset) < stop)
        return is_inside & ~self._locked_places(part)

    def _read(self, section: Section, span: tuple[int, int] | None) -> GivenEnsemble:
        """Return the file with another section; `span` holds the ticks between which it is to be drawn anew."""
        found = score_of_section(self.file, self.score.parts, self.notes, section, span)
        return replace(
            self,
            section=section,
            grid=found.grid,
            num_bars=found.num_bars,
            score=found.score,
            index=found.index,
            span=found.span,
        )


def read_given_ensemble(
    music: str | os.PathLike[str] | Piece,
    reading: str,
    slots: Collection[int],
    meter: Meter | None = None,
    roles: Sequence[tuple[str, str]] = (),
) -> GivenEnsemble:
    """Return a file, or a piece as the file that it would be written to, as given music of several parts.

    The section that is read is the one with most notes of its parts.

    Args:
        music: path of a file of music, or a piece.
        reading: name of the extractor of the model's corpus (extract/registry.py), which chooses the tracks.
        slots: those of the model (score/slots.py).
        meter: of all bars; None for those of the file.
        roles: of tracks, as pairs of a name (in any case) or a number and a role; found for the others.

    Raises:
        MidiError, NotationError: where it cannot be read.
        SettingError: where it has no notes, or no part that the model knows, or a role is that of no track.
    """
    raw, piece, name, notices = open_file(music, meter)
    found = parts_of_tracks(piece, name, reading, slots, roles)
    file = GivenFile.of(raw, piece, name)
    notes = columns_of(file.piece, found.parts)
    section = max(sections(file.piece), key=lambda section: inside(notes, section, file.piece).shape[1])
    parts = [one.part for one in found.parts]
    view = score_of_section(file, parts, notes, section, None)
    given = GivenEnsemble(
        file,
        _parts_in_file(file, found.parts),
        slots_of(parts),
        notes,
        section,
        view.grid,
        view.num_bars,
        view.score,
        view.index,
    )
    loose = off_grid(given.file.piece, found.parts, notes, given.grid)
    return replace(given, guesses=(*notices, *notices_of_tracks(file.piece, found), *loose))


def _parts_in_file(file: GivenFile, parts: Sequence[ChosenPart]) -> tuple[GivenPart, ...]:
    """Return parts with the places of their notes."""
    tracks = [number for one in parts for number in one.tracks]
    found = dict(zip(tracks, places_of(file.raw, file.piece, tracks), strict=True))
    given = []
    for one in parts:
        places = tuple(place for number in one.tracks for place in found[number][0])
        given.append(GivenPart(one.part, places, found[one.tracks[0]][1] if one.tracks else None, one.tracks))
    return tuple(given)
