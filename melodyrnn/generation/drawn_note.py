"""New notes as they are drawn, for callers that show or play them before a piece is complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..music.piece import Notes
from ..score.score import Score


@dataclass(frozen=True, slots=True)
class DrawnNote:
    """A note that was drawn, as it is written: before swing and random deviations.

    Attributes:
        piece: number of the piece, from 1.
        track: index of its track in the piece that results.
        onset, duration: in ticks of that piece. A new note of a file gives way to kept ones, and may end earlier there.
        pitch: MIDI number; of drums the drum of General MIDI.
        velocity: 1..127. In a file of several parts, new notes get the mean velocity of their part in the end.
        attempt: how often the piece was begun anew: the notes of an earlier attempt are not those of the piece.
    """

    piece: int
    track: int
    onset: int
    duration: int
    pitch: int
    velocity: int
    attempt: int = 0


OnNote = Callable[[], None]  # called before each note; an exception that it raises ends the generation
OnDrawn = Callable[[DrawnNote], None]
OnNew = Callable[[int, int, Score], None]  # of a loop: index of a piece, attempt, and new notes of it in steps


def go_on() -> None:
    """Continue the generation: the default of `on_note`."""


def drawn_notes(notes: Notes, piece: int, track: int, attempt: int = 0) -> Iterator[DrawnNote]:
    """Yield the notes of a track, which are in ticks of the piece, as drawn ones."""
    columns = (column.tolist() for column in (notes.onset, notes.duration, notes.pitch, notes.velocity))
    for onset, duration, pitch, velocity in zip(*columns, strict=True):
        yield DrawnNote(piece, track, onset, duration, pitch, velocity, attempt)


def new_notes(notes: Notes, old: Notes, piece: int, track: int) -> Iterator[DrawnNote]:
    """Yield the notes of a track of a piece that are not among its old ones."""
    columns = (column.tolist() for column in (old.onset, old.duration, old.pitch, old.velocity))
    left = Counter(zip(*columns, strict=True))
    for note in drawn_notes(notes, piece, track):
        key = (note.onset, note.duration, note.pitch, note.velocity)
        if left[key]:
            left[key] -= 1
        else:
            yield note
