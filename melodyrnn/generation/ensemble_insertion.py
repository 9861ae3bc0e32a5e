"""Writes new parts and new bars of several parts into a given MIDI file, and keeps all else that it holds.

A new part is a track with a channel of its own. New notes of the file's own parts go to the places of the parts; where
one would sound together with a kept note of its pitch there, which MIDI cannot express, it gives way. Scores are in
steps of the section that is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from ..arrays import IntArray
from ..midi import new_tracks
from ..midi.edit import closed
from ..midi.raw import RawFile
from ..music.piece import Notes, Piece, Track
from ..music.units import DRUM_CHANNEL, STEPS_PER_QUARTER
from ..score.convert import to_piece
from ..score.score import Part, Score
from .file_edits import NO_NOTES, Heading, by_place, ending_at, in_ticks, piece_of, replaced, with_heading, with_pitches
from .given_chords import with_chords
from .given_ensemble import GivenEnsemble

Perform = Callable[[Piece], Piece]  # how new notes are played, such as swing; it gets and returns a piece of them alone


def check_channels(given: GivenEnsemble, parts: Sequence[Part]) -> None:
    """Raise MidiError where the file has no channel for a new part."""
    tracks = [_track_of(part, NO_NOTES) for part in parts if part.kind != "chords"]
    new_tracks.check_channels(given.file.raw, tracks, given.file.name)


def piece_with_parts(given: GivenEnsemble, new: Score, heading: Heading, perform: Perform | None = None) -> Piece:
    """Return the file with new parts: a track each, in their order, and chord symbols as markers.

    Args:
        new: the new parts and their notes; a part without notes gets no track.

    Raises:
        MidiError: where the file has no channel for a part.
    """
    raw = _with_new_parts(given.file.raw, given, new, 0, perform)
    raw = with_chords(raw, given, new, (given.start, given.num_bars * given.grid.bar))
    return piece_of(with_heading(raw, heading, max(0, given.tick_of(0))))


def piece_with_bars(
    given: GivenEnsemble,
    new: Score,
    heading: Heading,
    drawn: Sequence[int] | None = None,
    perform: Perform | None = None,
    as_loud: bool = True,
) -> Piece:
    """Return the file with new notes in the bars of `given.span`, in place of those of some parts that begin there.

    Args:
        given: from `GivenEnsemble.with_span`.
        new: notes of the parts of `given.score`, in their order, and of new parts after them, as in `piece_with_parts`;
            those outside the span, and those of parts that are not drawn, are passed over.
        drawn: the numbers of the parts of the file that are drawn anew; None for all.
        as_loud: whether the new notes of a part of the file get the mean velocity of its notes.

    Raises:
        ValueError: where `given` has no span, or `new` has other parts.
        MidiError: where the file has no channel for a new part.
    """
    if given.span is None:
        raise ValueError("bars can be drawn anew in given music with a span. Received: none")
    start, stop = given.span
    own = range(len(given.parts))
    chosen = {*(own if drawn is None else drawn), *range(len(own), len(new.parts))}
    is_drawn = np.array([number in chosen for number in range(len(new.parts))])
    new = new[(new.onset >= start) & (new.onset < stop) & is_drawn[new.part]]
    raw = given.file.raw
    for part in sorted(chosen & set(own)):
        gone = [given.parts[part].places[number] for number in np.flatnonzero(given.is_drawn_anew(part)).tolist()]
        for place, notes in by_place(gone).items():
            raw = replaced(raw, place, notes, NO_NOTES)
    raw = _with_own_notes(raw, given, new, given.tick_of(start), None, perform, as_loud)
    raw = _with_new_parts(raw, given, new, len(own), perform)
    if any(new.parts[number].kind == "chords" for number in chosen):
        raw = with_chords(raw, given, new, given.span, anew=True)
    return piece_of(with_heading(raw, heading, given.tick_of(start)))


def piece_continued(
    given: GivenEnsemble,
    new: Score,
    num_bars: int,
    heading: Heading,
    perform: Perform | None = None,
    as_loud: bool = True,
) -> Piece:
    """Return the file with `num_bars` new bars after its end.

    Args:
        given: from `GivenEnsemble.at_the_end`.
        new: notes of the parts of `given.score`, in their order, and of new parts after them, as in `piece_with_parts`;
            those of the file's parts that begin before `given.end` are passed over.
        as_loud: see `piece_with_bars`.

    Raises:
        ValueError: where `given` does not read the last bars of the file, or `new` has other parts.
        MidiError: where the file has no channel for a new part.
    """
    if not given.is_last:
        raise ValueError(f"a file goes on after its last section. Received: one that ends at tick {given.section.stop}")
    end = given.file.bars.tick_of(given.file.num_bars + num_bars + 1)
    new = new[(new.onset >= given.end) | (new.part >= len(given.parts))]
    raw = replace(given.file.raw, tracks=tuple(closed(track) for track in given.file.raw.tracks))
    raw = _with_own_notes(raw, given, new, given.tick_of(given.end), end, perform, as_loud)
    raw = _with_new_parts(raw, given, new, len(given.parts), perform)
    raw = with_chords(raw, given, new, (given.end, given.grid.step(end)))
    return piece_of(with_heading(ending_at(raw, end), heading, given.file.last_bar_line))


def piece_varied(given: GivenEnsemble, pitch: IntArray, heading: Heading) -> Piece:
    """Return the file with other pitches for the notes of `given.score`, (num_notes,)."""
    changed = [(own, p) for own, p in zip(given.places, pitch.tolist(), strict=True) if own and own[1].pitch != p]
    raw = with_pitches(given.file.raw, [(own, p) for own, p in changed if own is not None])
    return piece_of(with_heading(raw, heading, max(0, given.tick_of(0))))


def placed_in_file(
    given: GivenEnsemble, new: Score, num_own: int, start: int, stop: int | None
) -> Iterator[tuple[int, Notes]]:
    """Yield the tracks of the file that results, and new notes of them in its ticks between `start` and `stop`.

    Args:
        new: notes of `num_own` parts of the file, in their order, and of new parts after them.
    """
    new_track = len(given.file.piece.tracks)
    for number, notes in _played(given, new, None, start, stop):
        if number < num_own:
            yield given.parts[number].tracks[0], notes
        else:
            yield new_track, notes
            new_track += 1


def _with_new_parts(raw: RawFile, given: GivenEnsemble, new: Score, first: int, perform: Perform | None) -> RawFile:
    """Return the file with the notes of the parts of a score from number `first` on, each in a new track."""
    played = _played(given, new, perform, max(0, given.tick_of(0)), None)
    tracks = [_track_of(new.parts[number], notes) for number, notes in played if number >= first and len(notes)]
    return new_tracks.with_tracks(raw, tracks, given.file.piece.end, given.file.name)


def _track_of(part: Part, notes: Notes) -> Track:
    """Return a part as a new track, whose channel is not yet chosen if it is melodic."""
    return Track(notes, part.name or part.role, part.program, DRUM_CHANNEL if part.kind == "drums" else 0)


def _with_own_notes(
    raw: RawFile,
    given: GivenEnsemble,
    new: Score,
    start: int,
    stop: int | None,
    perform: Perform | None,
    as_loud: bool,
) -> RawFile:
    """Return the file with new notes of its own parts between the ticks `start` and `stop`."""
    if new.parts[: len(given.parts)] != given.score.parts:
        raise ValueError(f"new notes must be of the parts {given.score.parts}. Received: {new.parts}")
    a_step = -(-given.grid.ticks_per_quarter // STEPS_PER_QUARTER)
    new = _as_loud(given, new) if as_loud else new
    for number, notes in _played(given, new, perform, start, stop):
        home = given.parts[number].home if number < len(given.parts) else None
        if home is not None and len(notes):
            raw = replaced(raw, home, (), notes, max_delay=a_step)
    return raw


def _played(
    given: GivenEnsemble, new: Score, perform: Perform | None, start: int, stop: int | None
) -> Iterator[tuple[int, Notes]]:
    """Yield the number of each part, but of chord symbols, and its notes in ticks of the file."""
    piece = to_piece(new, max(given.num_bars, new.num_bars))
    piece = piece if perform is None else perform(piece)
    numbers = (number for number, part in enumerate(new.parts) if part.kind != "chords")
    for number, track in zip(numbers, piece.tracks, strict=True):
        yield number, in_ticks(track.notes, given.grid.origin, given.grid.ticks_per_quarter, start, stop)


def _as_loud(given: GivenEnsemble, new: Score) -> Score:
    """Return new notes of the parts of the file with the mean velocity of the notes of their part."""
    velocity = new.velocity.copy()
    for number in range(len(given.parts)):
        own, is_new = given.velocities(number), new.part == number
        if len(own) and is_new.any():
            velocity[is_new] += round(float(own.mean() - velocity[is_new].mean()))
    return replace(new, velocity=np.clip(velocity, 1, 127))
