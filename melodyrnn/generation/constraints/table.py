"""The table of constraints: all that exist, and how each is made from the wishes.

A new constraint needs a file and an entry in `CONSTRAINTS`. The order matters for preferences only: each is applied to
the values that the preferences before it have left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import Bools, IntArray
from ...errors import SettingError
from ...events.vocabulary import Vocabulary
from ..wishes import Wishes
from .approach import Approach
from .bar_counts import BarCounts, RoomInBars
from .base import Constraint, Preference
from .clashes import check, check_vocabulary
from .close import Close
from .combined import Combined
from .density import Density, no_room, too_far_apart
from .ending import Ending, notes_away
from .interval import Interval
from .last_note import LastNote, LastNotes, LastPitchClass, RoomToLastNote
from .no_gaps import NoGaps
from .not_stuck import NoEmptyBars, NotStuckOnBar, NotStuckOnPitch
from .one_at_a_time import OneAtATime
from .pitches import Pitches
from .room import Room, Steps
from .span import FilledLastBar, Span


@dataclass(frozen=True, slots=True)
class Terms:
    """The values from which constraints are made.

    Attributes:
        vocabulary: the values of each field.
        wishes: for the notes.
        start, end: the steps between which new notes stand, for all melodies or for each, (B, 1).
        bar: steps in a bar.
        may_end: whether `end` is the end of the piece.
        guard: whether to keep melodies from getting stuck on one note or one bar.
        room: how many events fit before `end`.
        min_notes: fewest new notes.
        last: where the last notes are to be; None for anywhere.
        counts: the number of notes of each bar; None for any in all.
        joined: of melodies with such numbers, which are to have no rests, (B, 1); None for none.
    """

    vocabulary: Vocabulary
    wishes: Wishes
    start: Steps
    end: Steps
    bar: int
    may_end: bool
    guard: bool
    room: Room
    min_notes: int = 1
    last: LastNotes | None = None
    counts: BarCounts | None = None
    joined: Bools | None = None

    @property
    def last_bar_line(self) -> Steps:
        """The step at which the last bar begins."""
        return self.end - self.bar


Maker = Callable[[Terms], Constraint | Preference | None]


def _interval(terms: Terms) -> Interval | None:
    return None if terms.wishes.max_interval is None else Interval(terms.wishes.max_interval)


def _density(terms: Terms) -> Constraint | None:
    density = terms.wishes.density
    if terms.counts is not None and terms.last is not None:
        if not terms.counts.can_begin(np.broadcast_to(terms.start, terms.last.onset.shape)).all():
            raise _cannot_be_met(terms, density or 0)
        return terms.counts
    if density is None or not isinstance(terms.start, int) or not isinstance(terms.end, int):
        return None
    return Density(density, terms.vocabulary, terms.room, terms.start, terms.end, terms.bar)


def _cannot_be_met(terms: Terms, density: float) -> SettingError:
    return too_far_apart(density) if density < 1 else no_room(terms.bar // terms.room.smallest, density)


def _ending(terms: Terms) -> Constraint | None:
    if not terms.may_end:
        return None
    if terms.wishes.end == "close" and terms.last is not None:
        return Close(terms.wishes, terms.last)
    return Ending(terms.wishes)


def _not_stuck_on_pitch(terms: Terms) -> NotStuckOnPitch | None:
    if not terms.guard:
        return None
    return NotStuckOnPitch(notes_away(terms.wishes) if terms.may_end else None, terms.wishes.density is not None)


def _no_gaps(terms: Terms) -> NoGaps | None:
    if terms.counts is None or terms.last is None or terms.joined is None:
        return None
    return NoGaps(terms.counts, terms.last, terms.joined)


def _last_pitch_class(terms: Terms) -> LastPitchClass | None:
    if terms.last is None or terms.last.pitch_class is None:
        return None
    return LastPitchClass(terms.last, terms.last.pitch_class)


def _approach(terms: Terms) -> Approach | None:
    last = terms.last
    if last is None or last.approach is None or last.before is None:
        return None
    return Approach(last, last.approach, last.before)


CONSTRAINTS: dict[str, Maker] = {
    "one at a time": lambda terms: OneAtATime(),
    "span": lambda terms: Span(terms.start, terms.end, terms.min_notes),
    "filled last bar": lambda terms: FilledLastBar(terms.last_bar_line),
    "pitches": lambda terms: Pitches(terms.wishes),
    "interval": _interval,
    "last note": lambda terms: None if terms.last is None else LastNote(terms.last),
    "ending": _ending,
    "density": _density,
    "last pitch class": _last_pitch_class,
    "approach": _approach,
    "no gaps": _no_gaps,
    "no empty bars": lambda terms: NoEmptyBars(terms.bar) if terms.guard else None,
    "not stuck on a pitch": _not_stuck_on_pitch,
    "not stuck on a bar": lambda terms: NotStuckOnBar(terms.last_bar_line) if terms.guard else None,
}


def combine(
    vocabulary: Vocabulary,
    wishes: Wishes,
    span: tuple[Steps, Steps],
    bar: int,
    may_end: bool = True,
    guard: bool = True,
    extra: Sequence[Constraint | Preference] = (),
    min_notes: int = 1,
    last: LastNotes | None = None,
    counts: IntArray | None = None,
    joined: Bools | None = None,
) -> Combined:
    """Return all constraints that the wishes require, and the `extra` ones, combined.

    Args:
        span: the steps between which new notes stand.
        bar, may_end, guard, min_notes, last, joined: see `Terms`.
        counts: the number of notes of each bar, (B, number of bars), `bar_counts.ANY` for any; None for any in all.

    Raises:
        SettingError: where wishes clash.
    """
    check(wishes)
    check_vocabulary(wishes, vocabulary)
    of_bars = None if counts is None or last is None else BarCounts(counts, vocabulary, bar, last)
    room = _room(vocabulary, span[1], last, of_bars)
    terms = Terms(vocabulary, wishes, *span, bar, may_end, guard, room, min_notes, last, of_bars, joined)
    made = [make(terms) for make in CONSTRAINTS.values()]
    return Combined(vocabulary, wishes.key, room, [c for c in [*made, *extra] if c is not None], may_end)


def _room(vocabulary: Vocabulary, end: Steps, last: LastNotes | None, counts: BarCounts | None) -> Room:
    if last is None:
        return Room(vocabulary, end)
    if counts is None:
        return RoomToLastNote(vocabulary, end, last)
    return RoomInBars(vocabulary, end, last, counts)
