"""The table of constraints: all that exist, and how each is made from the wishes.

A new constraint needs a file and an entry in `CONSTRAINTS`. The order matters for preferences only: each is applied to
the values that the preferences before it have left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...events.vocabulary import Vocabulary
from ..wishes import Wishes
from .base import Constraint, Preference
from .clashes import check, check_vocabulary
from .combined import Combined
from .density import Density
from .ending import Ending, notes_away
from .interval import Interval
from .not_stuck import NoEmptyBars, NotStuckOnBar, NotStuckOnPitch
from .one_at_a_time import OneAtATime
from .pitches import Pitches
from .room import Room
from .span import FilledLastBar, Span


@dataclass(frozen=True, slots=True)
class Terms:
    """The values from which constraints are made.

    Attributes:
        vocabulary: the values of each field.
        wishes: for the notes.
        start, end: the steps between which new notes stand.
        bar: steps in a bar.
        may_end: whether `end` is the end of the piece.
        guard: whether to keep melodies from getting stuck on one note or one bar.
        room: how many events fit before `end`.
        min_notes: fewest new notes.
    """

    vocabulary: Vocabulary
    wishes: Wishes
    start: int
    end: int
    bar: int
    may_end: bool
    guard: bool
    room: Room
    min_notes: int = 1

    @property
    def last_bar_line(self) -> int:
        """The step at which the last bar begins."""
        return self.end - self.bar


Maker = Callable[[Terms], Constraint | Preference | None]


def _interval(terms: Terms) -> Interval | None:
    return None if terms.wishes.max_interval is None else Interval(terms.wishes.max_interval)


def _density(terms: Terms) -> Density | None:
    density = terms.wishes.density
    return None if density is None else Density(density, terms.vocabulary, terms.room, terms.start, terms.bar)


def _not_stuck_on_pitch(terms: Terms) -> NotStuckOnPitch | None:
    if not terms.guard:
        return None
    return NotStuckOnPitch(notes_away(terms.wishes) if terms.may_end else None, terms.wishes.density is not None)


CONSTRAINTS: dict[str, Maker] = {
    "one at a time": lambda terms: OneAtATime(),
    "span": lambda terms: Span(terms.start, terms.end, terms.min_notes),
    "filled last bar": lambda terms: FilledLastBar(terms.last_bar_line),
    "pitches": lambda terms: Pitches(terms.wishes),
    "interval": _interval,
    "ending": lambda terms: Ending(terms.wishes) if terms.may_end else None,
    "density": _density,
    "no empty bars": lambda terms: NoEmptyBars(terms.bar) if terms.guard else None,
    "not stuck on a pitch": _not_stuck_on_pitch,
    "not stuck on a bar": lambda terms: NotStuckOnBar(terms.last_bar_line) if terms.guard else None,
}


def combine(
    vocabulary: Vocabulary,
    wishes: Wishes,
    span: tuple[int, int],
    bar: int,
    may_end: bool = True,
    guard: bool = True,
    extra: Sequence[Constraint | Preference] = (),
    min_notes: int = 1,
) -> Combined:
    """Return all constraints that the wishes require, and the `extra` ones, combined.

    Args:
        span: the steps between which new notes stand.
        bar, may_end, guard, min_notes: see `Terms`.

    Raises:
        SettingError: where wishes clash.
    """
    check(wishes)
    check_vocabulary(wishes, vocabulary)
    room = Room(vocabulary, span[1])
    terms = Terms(vocabulary, wishes, *span, bar, may_end, guard, room, min_notes)
    made = [make(terms) for make in CONSTRAINTS.values()]
    return Combined(vocabulary, wishes.key, room, [c for c in [*made, *extra] if c is not None], may_end)
