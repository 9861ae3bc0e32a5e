"""MIDI files as primers: one part of the file is read by the network, and everything in it comes back tick for tick.

Bars are those of the file: they follow its time signatures from tick 0 on, and its length is its end of track. Of a
part with chords the network reads the highest notes, on the grid of its steps; the notes of the file are not moved.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Bools, IntArray
from ..errors import SettingError
from ..extract.candidates import melody_candidates
from ..extract.extractor import ExtractionSettings, track_label
from ..extract.sections import Section, sections
from ..midi.cut import between
from ..midi.edit import RawNote
from ..midi.raw import RawFile
from ..midi.read import read_bytes
from ..music.bars import Bars, with_grouped_beats
from ..music.meter import Meter
from ..music.modal import guess_modal_key
from ..music.piece import Piece, TimeSignature, Track, last_at
from ..music.units import STEPS_PER_QUARTER
from ..score.score import Score
from .given_file import GivenFile, open_file
from .given_grid import Grid
from .given_part import Place, choose_part, places_of
from .view import BarRange, View, check_bars


@dataclass(frozen=True, slots=True)
class Given:
    """A MIDI file as a primer.

    Attributes:
        raw: all events of the file.
        piece: its music; `piece.end` is the end of the file.
        part: the number in `piece` of the track that the network reads.
        places: for each note of that track the note in the file, and where it is.
        line: indices of the notes of that track that the network reads, one at a time.
        home: the place that holds most notes of the part; new notes are written there.
        bars: the bars of the file.
        num_bars: the number of bars of the file.
        name: the name of the file.
        notices: what was guessed or repaired, one line each.
    """

    raw: RawFile
    piece: Piece
    part: int
    places: tuple[tuple[Place, RawNote], ...]
    line: IntArray
    home: Place
    bars: Bars
    num_bars: int
    name: str
    notices: tuple[str, ...] = ()

    @property
    def track(self) -> Track:
        """The track that the network reads."""
        return self.piece.tracks[self.part]

    @property
    def last_bar_line(self) -> int:
        """The tick at which the last bar ends."""
        return self.bars.tick_of(self.num_bars + 1)

    def tick_of(self, view: View, step: int) -> int:
        """Return the tick of a step of a view."""
        return self._grid_of(view).tick(step)

    def view(self, bars: BarRange | None) -> View:
        """Return the view for drawing a range of bars anew, or for a continuation where it is None.

        Raises SettingError where there are no such bars, or their meter changes.
        """
        found = sections(self.piece)
        if bars is None:
            return self._view_of(found[-1], None)
        check_bars(bars, self.num_bars)
        start, stop = self.bars.tick_of(bars[0]), self.bars.tick_of(bars[1] + 1)
        section = next(section for section in reversed(found) if section.start <= start)
        if section is not found[-1] and stop > section.stop:
            raise SettingError(f"infill must name bars of one meter. Received: {bars[0]}-{bars[1]}")
        return self._view_of(section, (start, stop))

    def whole(self) -> View:
        """Return the view for a variation: the section that holds most notes of the line."""
        found = sections(self.piece)
        return self._view_of(max(found, key=lambda section: len(self._inside(section))), None)

    def only(self, bars: BarRange) -> Given:
        """Return a range of the bars as a primer. Raises SettingError where the part has no note in them."""
        check_bars(bars, self.num_bars, "primer_bars")
        start, stop = self.bars.tick_of(bars[0]), self.bars.tick_of(bars[1] + 1)
        raw = between(self.raw, start, stop)
        piece = read_bytes(raw.to_bytes(), self.name)
        meters = [change for change in self.piece.meters if start < change.tick < stop]
        first = TimeSignature(start, last_at(self.piece.meters, start).meter)
        piece = replace(piece, meters=tuple(TimeSignature(m.tick - start, m.meter) for m in (first, *meters)))
        notes = self.track.notes
        inside = (notes.onset >= start) & (notes.onset < stop)
        if not inside.any():
            label = track_label(self.part, self.track.name)
            from_bar, to_bar = (self.bars.number_at(int(notes.onset[n])) for n in (0, -1))
            raise SettingError(
                f"primer_bars must hold a note of the melody, {label}, which has notes in bars {from_bar}-{to_bar}; "
                f"--given-part takes another track. Received: {bars[0]}-{bars[1]}"
            )
        own = set(zip((notes.onset[inside] - start).tolist(), notes.pitch[inside].tolist(), strict=True))
        shared = [
            len(own & set(zip(t.notes.onset.tolist(), t.notes.pitch.tolist(), strict=True))) for t in piece.tracks
        ]
        return _given_of(raw, piece, str(int(np.argmax(shared))), self.name)  # tracks without notes are not counted

    def is_drawn_anew(self, view: View) -> Bools:
        """Return which notes of the part begin in the span of a view, (num_notes,), both in the file and on the grid.

        A note a little before the span is kept, and so is one that is played a little early at its end, and a locked
        one.
        """
        start, stop = view.span or (0, 0)
        onset, grid = self.track.notes.onset, self._grid_of(view)
        is_inside: Bools = (onset >= grid.tick(start)) & (grid.steps(onset) < stop)
        if view.kept is not None:
            is_inside[view.kept] = False
        return is_inside

    def steps(self, view: View, onset: IntArray) -> IntArray:
        """Return the nearest steps of a view for some ticks."""
        return self._grid_of(view).steps(onset)

    def notice(self, view: View) -> tuple[str, ...]:
        """Return a line that says which bars the network reads, where it does not read all."""
        last = self.bars.number_at(self.tick_of(view, view.num_bars * view.score.bar) - 1)
        heard = [] if view.index is None else self.track.notes.onset[view.index[:1]].tolist()
        first = self.bars.number_at(heard[0]) if heard else 1 + view.bars_before
        last = min(last, self.num_bars)
        if len(sections(self.piece)) == 1 or last < first:
            return ()
        which = f"bars {first}-{last}" if last > first else f"bar {first}"
        return (f"the model reads {which}, in {view.score.meter}; the other bars of the primer are kept as they are",)

    def _grid_of(self, view: View) -> Grid:
        return Grid(view.origin, self.piece.ticks_per_quarter, view.score.bar)

    def _inside(self, section: Section) -> IntArray:
        """Return the notes of the line that begin in a section, as indices of the track."""
        onset = self.track.notes.onset[self.line]
        inside = (onset >= section.start) & ((onset < section.stop) | (section.stop >= self.piece.end))
        return self.line[inside]

    def _view_of(self, section: Section, span: tuple[int, int] | None) -> View:
        """Return the view of a section; `span` holds the ticks between which it is to be drawn anew."""
        grid = Grid.of(section, self.piece.ticks_per_quarter)
        notes = self.track.notes
        index, onset, duration = grid.melody(notes, self._inside(section), None if span is None else span[0])
        line = grid.step(self.last_bar_line if section.stop >= self.piece.end else section.stop)
        drawn = None if span is None else (grid.step(span[0]), grid.step(span[1]))
        first = min([*onset[:1].tolist(), *(drawn or ())[:1]], default=line)
        before = first // grid.bar
        moved = before * grid.bar
        heard = index if len(index) else np.arange(len(notes))
        hint = last_at(self.piece.keys, section.start).key if self.piece.keys else None
        score = Score.line(
            onset - moved,
            duration,
            notes.pitch[index],
            notes.velocity[index],
            section.meter,
            guess_modal_key(notes.pitch[heard], notes.duration[heard], hint, is_whole=False),
            last_at(self.piece.tempos, max(0, self.piece.end - 1)).microseconds_per_quarter,
            self.track.name,
        )
        return View(
            score,
            -(-(line - moved) // grid.bar),
            grid.step_after(self._end()) - moved,
            self.bars.number_at(max(0, grid.tick(moved))) - 1,
            None if drawn is None else (drawn[0] - moved, drawn[1] - moved),
            index,
            grid.tick(moved),
        )

    def _end(self) -> int:
        """Return the tick from which new notes may follow: the file has ended, and the part too."""
        return max(min(self.piece.end, self.last_bar_line), int(self.track.notes.end.max()))


def read_given(
    music: str | os.PathLike[str] | Piece,
    meter: Meter | None = None,
    part: str | None = None,
    bars: BarRange | None = None,
) -> Given:
    """Return a file, or a piece as the file that it would be written to, as a primer.

    See `read_primer` for the other arguments and the errors.
    """
    raw, piece, name, notices = open_file(music, meter)
    given = _given_of(raw, piece, part, name)
    if bars is not None:
        given = given.only(bars)
    return replace(given, notices=(*notices, *_notices(given, part)))


def _given_of(raw: RawFile, piece: Piece, part: str | None, name: str) -> Given:
    """Return a file as a primer, with its part and its number of bars."""
    chosen = choose_part(with_grouped_beats(piece), part, name)
    file = GivenFile.of(raw, piece, name, "a primer")
    piece = file.piece
    places, home = places_of(raw, piece, [chosen.track])[0]
    notes = piece.tracks[chosen.track].notes
    at = {key: index for index, key in enumerate(zip(notes.onset.tolist(), notes.pitch.tolist(), strict=True))}
    line = np.array([at[key] for key in zip(chosen.notes.onset.tolist(), chosen.notes.pitch.tolist(), strict=True)])
    return Given(raw, piece, chosen.track, places, line, home, file.bars, file.num_bars, name)


def _notices(given: Given, part: str | None) -> tuple[str, ...]:
    """Return what was guessed about the part."""
    label = track_label(given.part, given.track.name)
    exact = given.track.notes.onset[given.line] * STEPS_PER_QUARTER / given.piece.ticks_per_quarter
    others = [candidate.label for candidate in melody_candidates(given.piece) if candidate.track != given.part]
    found = []
    if others and part is None:
        more = ", ".join(others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
        found.append(f"{label} is read as the melody of the primer; --given-part takes another: {more}")
    if len(given.line) < len(given.track.notes):
        found.append(f"{label} has chords: the model reads its highest notes, all are kept")
    if float(np.abs(exact - np.rint(exact)).mean()) > ExtractionSettings().max_grid_error:
        found.append(
            f"{label} is played off the grid: the model reads the nearest steps, and its notes are on the grid"
        )
    return tuple(found)
