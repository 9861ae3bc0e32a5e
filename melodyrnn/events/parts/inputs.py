"""The further inputs of a network for several parts: what sounds, and what is given ahead.

Columns, in order (P parts by index; a value is a pitch, drum or chord symbol, by the kind of the part, as index + 1):
    known before the shift:
        sounded_<class>   12  1 + whether the pitch class sounds after the last event
        state_<part>       P  the highest value of the part that sounds after the last event
        since_<part>       P  steps since the part's last onset, at most 48, + 1
        length_<part>      P  steps between the part's last two onsets, at most 48, + 1
        step_<part>        P  its last interval, from its last event but one to the last, within ±12, + 13
        plays_<part>       P  1 + whether the part has an event anywhere in the score; 0 where that is not known
        before_<part>      P  1 + whether the part has an event at the last onset but one
        over_<part>        P  semitones from the lowest pitch to that of the part, modulo 12, + 1
        onset_gap, onset_gap_before   2  steps between the last two onsets, and between the two before them, + 1
        gap_<part>         P  steps from the last event to the next given one of the part, at most 48, + 1
        ahead_<part>       P  the value of that event
    known once the shift is:
        class_<class>     12  1 + whether the pitch class is held at the onset, + 2 * whether it begins there
        sounding_<part>    P  the highest value of the part that sounds at the onset
        lasting_<part>     P  the steps that it still lasts, at most 48; where it lasts until the next note of its part
                              the steps since it began, at most 48, + 49
        placed_<part>      P  1 + whether the part has an event at the onset
        lowest_sounding, highest_sounding   2  the lowest and the highest pitch that sounds
        given_<class>     12  1 + whether the pitch class sounds at the onset in a given part
        with_<part>        P  the value that a given part sounds at the onset
        gap_after_<part>   P  steps from the onset to the next given event of the part after it, at most 48, + 1
        after_<part>       P  the value of that event
    known once the part is:
        own_last, own_before   2  the last two pitches of the part: index + 1
        own_gap                1  steps since the part's last onset, at most 48, + 1
        own_placed             1  notes of the part at this onset so far, at most 7, + 1

Everything given is 0 where nothing of the part is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...music.units import NUM_PITCH_CLASSES
from ..fields import FIELD_OF_KIND

MAX_STEPS = 48  # longer times are told as this long
MAX_PLACED = 7
MAX_STEP = 12  # semitones; a larger interval is told as this large
EXTREMES = ("lowest_sounding", "highest_sounding")
_CLASSES = range(NUM_PITCH_CLASSES)


class Group(NamedTuple):
    """Neighbouring columns that are read through tables of one kind; `of_parts` where there is one for each part."""

    columns: tuple[str, ...]
    table: str
    of_parts: bool = False


@dataclass(frozen=True)
class PartInputs:
    """The further columns and embedding tables of a network for parts of these kinds.

    Attributes:
        kinds: the kind of each part, by index.
        values: the number of indices of each field, as in `Inputs`.
    """

    kinds: Sequence[str]
    values: Mapping[str, int]

    @property
    def groups_before(self) -> tuple[Group, ...]:
        """The columns that are known before the shift."""
        return (
            Group(tuple(f"sounded_{n}" for n in _CLASSES), "sounded"),
            Group(self._each("state"), "sounding", of_parts=True),
            Group(self._each("since"), "since"),
            Group(self._each("length"), "gap"),
            Group(self._each("step"), "step"),
            Group(self._each("plays"), "sounded"),
            Group(self._each("before"), "sounded"),
            Group(self._each("over"), "over"),
            Group(("onset_gap", "onset_gap_before"), "gap"),
            Group(self._each("gap"), "gap"),
            Group(self._each("ahead"), "ahead", of_parts=True),
        )

    @property
    def of_lines(self) -> tuple[Group, ...]:
        """Those columns known before the shift that all heads read: how each part has moved last."""
        names = ("length_0", "step_0", "plays_0", "before_0", "over_0")
        return tuple(group for group in self.groups_before if group.columns[0] in names)

    @property
    def groups_at(self) -> tuple[Group, ...]:
        """The columns that are known once the shift is."""
        return (
            Group(tuple(f"class_{n}" for n in _CLASSES), "class"),
            Group(self._each("sounding"), "sounding", of_parts=True),
            Group(self._each("lasting"), "lasting"),
            Group(self._each("placed"), "sounded"),
            Group(EXTREMES, "sounding_melodic"),
            Group(tuple(f"given_{n}" for n in _CLASSES), "sounded"),
            Group(self._each("with"), "ahead", of_parts=True),
            Group(self._each("gap_after"), "gap"),
            Group(self._each("after"), "ahead", of_parts=True),
        )

    @property
    def groups_within(self) -> tuple[Group, ...]:
        """The columns that are known once the part is."""
        own = Group(("own_last", "own_before"), "own")
        return (own, Group(("own_gap",), "gap"), Group(("own_placed",), "placed"))

    @property
    def tables(self) -> dict[str, tuple[int, int]]:
        """The embedding tables: name → (rows, width)."""
        pitches = self.values["pitch"] + 1
        tables = {
            "sounded": (3, 2),
            "gap": (MAX_STEPS + 2, 8),
            "class": (5, 4),
            "lasting": (2 * MAX_STEPS + 2, 8),
            "since": (MAX_STEPS + 2, 8),
            "over": (NUM_PITCH_CLASSES + 1, 6),
            "step": (2 * MAX_STEP + 2, 8),
            "own": (pitches, 32),
            "placed": (MAX_PLACED + 2, 8),
            "sounding_melodic": (pitches, 12),
        }
        for kind in dict.fromkeys(self.kinds):
            size = self.values[FIELD_OF_KIND[kind]] + 1
            tables[f"sounding_{kind}"] = (size, 12)
            tables[f"ahead_{kind}"] = (size, 12)
        return tables

    def lookups(self, groups: Sequence[Group]) -> list[tuple[str, str]]:
        """Return the pairs of column and table of groups."""
        return [
            (column, f"{group.table}_{kind}" if group.of_parts else group.table)
            for group in groups
            for column, kind in zip(group.columns, self.kinds if group.of_parts else group.columns, strict=True)
        ]

    @property
    def plays(self) -> tuple[str, ...]:
        """The names of the columns that tell which parts play."""
        return self._each("plays")

    @property
    def given(self) -> tuple[str, ...]:
        """The names of the columns that depend on what is given."""
        prefixes = ("gap", "ahead", "given", "with", "gap_after", "after")
        groups = (*self.groups_before, *self.groups_at)
        return tuple(c for group in groups for c in group.columns if c.rpartition("_")[0] in prefixes)

    def _each(self, prefix: str) -> tuple[str, ...]:
        return tuple(f"{prefix}_{part}" for part in range(len(self.kinds)))


def columns_of(groups: Sequence[Group]) -> tuple[str, ...]:
    """Return the names of the columns of groups, in order."""
    return tuple(column for group in groups for column in group.columns)
