"""Writes new notes into a given MIDI file: bars after its end, bars drawn anew, or other pitches.

All other events stay as they are, except markers around a loop that the piece no longer has. New notes sound in the
part that the network reads; where one would sound together with a kept note of its pitch and channel, which MIDI cannot
express, it gives way.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..arrays import Bools, IntArray
from ..midi.edit import closed
from ..midi.raw import PROGRAM, RawEvent, RawFile
from ..midi.write import program_message
from ..music.piece import Notes, Piece
from ..score.convert import to_piece
from ..score.score import Score
from .file_edits import (
    NO_NOTES,
    Heading,
    by_place,
    ending_at,
    in_ticks,
    piece_of,
    replaced,
    with_events,
    with_heading,
    with_pitches,
    without,
)
from .given import Given
from .given_part import Place
from .looping import is_of_loop, loop_of
from .performance import perform
from .plan import Plan
from .request import Request
from .view import View


def piece_in_file(
    request: Request, plan: Plan, given: Given, melody: Score, texts: tuple[str, ...], seed: tuple[int, int]
) -> Piece:
    """Return a melody of a plan as a change of the given file.

    Args:
        melody: with the notes of the plan's view, in steps of the view.
        texts: see `Heading`.
        seed: of swing and random deviations, which apply to new notes only; see `perform`.
    """
    view = plan.view or given.view(None)
    if request.vary is not None:
        raw, new_from = varied(given, view, melody.pitch), 0
    elif view.span is not None:
        played, steps = _played(request, plan, melody, seed), melody.onset[_is_new(plan, melody)]
        raw, new_from = filled(given, view, played, steps), given.tick_of(view, view.span[0])
        loop = loop_of(given.piece)
        raw = raw if loop is None or new_from >= loop[0] else without(raw, is_of_loop)  # the pick-up is another
    else:
        played = _played(request, plan, melody, seed)
        raw = without(extended(given, view, played, given.num_bars + request.bars), is_of_loop)
        new_from = given.last_bar_line
    if request.program is not None:
        raw = _with_program(raw, given.home, request.program)
    heading = Heading(
        texts,
        None if request.tempo is None else plan.microseconds_per_quarter,
        request.meter,
        None if request.key is None else plan.key,
    )
    return piece_of(with_heading(raw, heading, new_from))


def _played(request: Request, plan: Plan, melody: Score, seed: tuple[int, int]) -> Notes:
    """Return the new notes of a melody as they are played, at 480 ticks per quarter note from the start of the view."""
    new = melody[_is_new(plan, melody)]
    return perform(to_piece(new, plan.num_bars), request.swing, request.humanize, seed).tracks[0].notes


def _is_new(plan: Plan, melody: Score) -> Bools:
    """Return which notes of a melody of a plan were drawn, (num_notes,)."""
    view = plan.view
    if view is not None and view.span is None:
        return np.arange(len(melody)) >= len(view.score)
    start, stop = (0, plan.length) if view is None or view.span is None else view.span
    is_new: Bools = (melody.onset >= start) & (melody.onset < stop)
    return is_new if view is None else is_new & ~np.isin(melody.onset, view.score.onset[view.is_locked])


def extended(given: Given, view: View, new: Notes, num_bars: int) -> RawFile:
    """Return the file with new notes after its end, and `num_bars` bars in all.

    Args:
        new: at 480 ticks per quarter note from the start of the view.
    """
    end = given.bars.tick_of(num_bars + 1)
    added = after_the_end(given, view, new, num_bars)
    raw = replace(given.raw, tracks=tuple(closed(track) for track in given.raw.tracks))
    return ending_at(replaced(raw, given.home, (), added), end)


def after_the_end(given: Given, view: View, new: Notes, num_bars: int) -> Notes:
    """Return new notes, see `extended`, in ticks of the file, after its end and within `num_bars` bars."""
    return _in_file(given, view, new, given.tick_of(view, view.end), given.bars.tick_of(num_bars + 1))


def filled(given: Given, view: View, new: Notes, steps: IntArray) -> RawFile:
    """Return the file with new notes in the bars of the view's span, in place of those of the part that begin there.

    Args:
        new: at 480 ticks per quarter note from the start of the view.
        steps: of the view, at which they were drawn, (num_new,).
    """
    is_gone = given.is_drawn_anew(view)
    gone = [given.places[i] for i in np.flatnonzero(is_gone).tolist()]
    raw = given.raw
    for place, own in by_place(gone).items():
        raw = replaced(raw, place, own, NO_NOTES)
    return replaced(raw, given.home, (), _in_file(given, view, new, *_room_in_line(given, view, is_gone, steps)))


def _room_in_line(given: Given, view: View, is_gone: Bools, steps: IntArray) -> tuple[IntArray, IntArray]:
    """Return the ticks from which and by which new notes at some steps do not overlap the kept line, (num_new,) each.

    A kept note that overlapped the next note of the line still may.
    """
    start, stop = (given.tick_of(view, step) for step in view.span or (0, 0))
    onset, end = given.track.notes.onset[given.line], given.track.notes.end[given.line]
    end = np.minimum(end, np.append(onset[1:], end[-1:]))
    kept = ~is_gone[given.line]
    onset, end = onset[kept], end[kept]
    is_before = (onset < start) | ((given.steps(view, onset) < steps[:, None]) & (onset < stop))
    return (
        np.where(is_before, end, start).max(axis=1, initial=start),
        np.where(is_before, stop, onset).min(axis=1, initial=stop),
    )


def varied(given: Given, view: View, pitch: IntArray) -> RawFile:
    """Return the file with other pitches for the notes of the view, (num_notes,)."""
    index = np.arange(0) if view.index is None else view.index
    changed = ((given.places[i], p) for i, p in zip(index.tolist(), pitch.tolist(), strict=True))
    return with_pitches(given.raw, [(own, p) for own, p in changed if own[1].pitch != p])


def _in_file(given: Given, view: View, new: Notes, start: int | IntArray, stop: int | IntArray) -> Notes:
    return in_ticks(new, view.origin, given.piece.ticks_per_quarter, start, stop)


def _with_program(raw: RawFile, place: Place, program: int) -> RawFile:
    """Return the file with one program for all of a channel, which is set in the track of a place."""
    number, channel = place
    raw = without(raw, lambda event: event.kind == PROGRAM and event.channel == channel)
    return with_events(raw, number, [RawEvent(0, program_message(channel, program))])
