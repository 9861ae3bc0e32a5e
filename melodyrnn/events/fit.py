"""Fitting a vocabulary to the event rows of a corpus, all at once or in blocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from ..arrays import AnyInts, Bools, IntArray
from ..conditions.layouts import Layouts
from ..conditions.table import conditions_of_melodies, conditions_of_parts
from ..music.chords import NUM_CODES
from ..music.meter import Meter
from ..music.modes import BASIC_MODES, MODES
from ..music.units import NUM_PITCHES
from ..score.score import Part
from ..score.slots import SLOTS, usual_part
from .fields import FIELD, FIELD_OF_KIND, FIELDS, Field
from .lookbacks.table import DEFAULT_LOOKBACKS, PART_LOOKBACKS
from .representation import DEFAULT_REPRESENTATION, PART_REPRESENTATION
from .until_next import UNTIL_NEXT
from .vocabulary import Vocabulary, bin_velocity

MAX_STEPS = 192  # the longest shift or duration a vocabulary holds
_PITCH_MARGIN = 5  # semitones beyond those in the corpus, so that few new pieces need rounding
_MIDDLE = 60  # the pitch that a vocabulary without melodic parts has
_LEAST_OF_MODE = 8  # training pieces; a mode of fewer is told as major or minor, as too few teach a network nothing
_NUM_VALUES = max(NUM_PITCHES, NUM_CODES)
_MOST = 250  # values of a field, of which the columns of a context have the index + 1 in a byte
_NO_LAYOUTS = Layouts()
_KINDS_OF_SLOTS = np.array([usual_part(slot).kind for slot in range(len(SLOTS))])


class SeenValues:
    """Records which values occur in the rows of a corpus, block by block, in memory of constant size."""

    def __init__(self) -> None:
        self._steps = {name: np.zeros(MAX_STEPS + 1, dtype=bool) for name in ("shift", "duration")}
        self._velocities = np.zeros(128, dtype=bool)
        self._of_kind = {kind: np.zeros(_NUM_VALUES, dtype=np.int64) for kind in FIELD_OF_KIND}
        self._slots = np.zeros(len(SLOTS), dtype=bool)

    def add(self, rows: AnyInts) -> None:
        """Record the values of event rows, (num_notes, 4 or 5), at least one row."""
        for name, seen in self._steps.items():
            seen |= _counts(np.minimum(rows[:, FIELD[name].column], MAX_STEPS + 1), MAX_STEPS + 2)[:-1] > 0
        velocities = np.flatnonzero(_counts(rows[:, FIELD["velocity"].column], len(self._velocities)))
        self._velocities[bin_velocity(velocities)] = True
        value = np.maximum(rows[:, FIELD["pitch"].column], 0)
        if rows.shape[1] == FIELD["part"].column:
            self._of_kind["melodic"] += _counts(value, _NUM_VALUES)
            return
        slot = rows[:, FIELD["part"].column]
        self._slots[slot] = True
        for kind, counts in self._of_kind.items():
            own = value[_KINDS_OF_SLOTS[slot] == kind]
            counts += _counts(own[own < _NUM_VALUES], _NUM_VALUES)

    @property
    def has_parts(self) -> bool:
        """Whether the rows have slots."""
        return bool(self._slots.any())

    def has(self, field: Field) -> bool:
        """Return whether events have this field of a kind of parts; every vocabulary has pitches."""
        return field.name == "pitch" or field.kind is None or bool(self._of_kind[field.kind].any())

    def values(self, field: Field, bars: Iterable[int]) -> tuple[int, ...]:
        """Return the values of a field for a vocabulary: all that occurred and, for lengths, those of whole bars."""
        if field.name == "part":
            return _places(self._slots)
        if field.name == "velocity":
            return _places(self._velocities)
        if field.kind is not None:
            seen = _most_common(self._of_kind[field.kind])
            return _with_margin(seen) if field.is_melodic else tuple(sorted({*seen, *field.always}))
        held = {UNTIL_NEXT} if field.name == "duration" and self.has_parts else set()
        return tuple(sorted({*_places(self._steps[field.name]), *field.always, *bars, *held}))


def _with_margin(pitches: Sequence[int]) -> tuple[int, ...]:
    low, high = (pitches[0], pitches[-1]) if pitches else (_MIDDLE, _MIDDLE)
    return tuple(range(max(0, low - _PITCH_MARGIN), min(127, high + _PITCH_MARGIN) + 1))


def _most_common(counts: IntArray) -> tuple[int, ...]:
    """Return the values that occur, in order; of more than `_MOST` the most common ones."""
    order = np.argsort(-counts, kind="stable")[:_MOST]
    return tuple(sorted(int(value) for value in order if counts[value]))


def _counts(values: AnyInts, num: int) -> IntArray:
    """Return how often each of 0 to `num` - 1 occurs."""
    return np.bincount(values, minlength=num)


def _places(seen: Bools) -> tuple[int, ...]:
    return tuple(int(place) for place in np.nonzero(seen)[0])


def fit_vocabulary(
    rows: AnyInts | SeenValues,
    meters: Iterable[Meter],
    bars: Iterable[int],
    modes: Iterable[str] | Mapping[str, int],
    num_bars: Iterable[int] | Mapping[int, int],
    with_velocity: bool,
    forms: Mapping[str, int] | None = None,
    parts: Mapping[int, Part] | None = None,
    layouts: Layouts = _NO_LAYOUTS,
) -> Vocabulary:
    """Return the vocabulary of a corpus, fitted to its event rows (num_notes, 4 or 5), or to the values seen in them.

    Args:
        meters, bars: the meters of all pieces and the steps in their bars; repetitions are allowed.
        modes, num_bars: one for each training piece, or how many training pieces have each.
        with_velocity: whether velocity is a field. Part is a field where the rows have several parts.
        forms: how many training pieces have each form; None or empty for a network that does not read forms.
        parts: for each slot the part that usually takes it, where the rows have slots; None for parts without a name.
        layouts: of training melodies; without them the network reads none.
    """
    if not isinstance(rows, SeenValues):
        seen = SeenValues()
        seen.add(rows)
    else:
        seen = rows
    bars = set(bars)
    present = {"velocity": with_velocity, "part": seen.has_parts}
    fields = [field for field in FIELDS if present.get(field.name, seen.has(field))]
    values = {field.name: seen.values(field, bars) for field in fields}
    mode_counts = Counter(modes)
    return Vocabulary(
        values,
        tuple(sorted(set(meters))),
        max(bars),
        dict(mode_counts),
        dict(Counter(num_bars)),
        dict(forms or {}),
        conditions_of_parts(bool(forms)) if seen.has_parts else conditions_of_melodies(bool(forms), bool(layouts)),
        PART_LOOKBACKS if seen.has_parts else DEFAULT_LOOKBACKS,
        PART_REPRESENTATION if seen.has_parts else DEFAULT_REPRESENTATION,
        parts=tuple((parts or {}).get(slot, usual_part(slot)) for slot in values.get("part", ())),
        layouts=layouts,
        modes=BASIC_MODES if seen.has_parts else _modes(mode_counts),
    )


def _modes(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return major, minor and the other modes that are common enough; `counts` are training pieces."""
    return tuple(mode for mode in MODES if mode in BASIC_MODES or counts.get(mode, 0) >= _LEAST_OF_MODE)
