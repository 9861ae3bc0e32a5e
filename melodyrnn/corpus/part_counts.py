"""Counts over the parts of a corpus: for each slot the usual name and program, and the notes of training pieces."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from ..arrays import Bools, IntArray
from ..events.rows import PART, SHIFT
from ..json_types import JsonObject
from ..score.score import Part
from ..score.slots import SLOTS, is_melodic, slots_of, usual_part
from .record import PieceRecord, Rows

_Value = TypeVar("_Value", str, int)
IS_MELODIC = np.array([is_melodic(slot) for slot in range(len(SLOTS))])


@dataclass(slots=True)
class _SlotCounts:
    """Of one slot: pieces that have it, notes, the range of pitches, and how often it has each name and program.

    `chord_notes` counts notes that begin together with a lower one of the slot.
    """

    pieces: int = 0
    notes: int = 0
    chord_notes: int = 0
    lowest: int = 127
    highest: int = 0
    names: Counter[str] = field(default_factory=Counter)
    programs: Counter[int] = field(default_factory=Counter)


class PartCounts:
    """Adds up the parts of training pieces."""

    def __init__(self) -> None:
        self._slots: defaultdict[int, _SlotCounts] = defaultdict(_SlotCounts)

    def add(self, records: Sequence[PieceRecord], rows: Rows, pitch: IntArray) -> None:
        """Add training pieces.

        Args:
            rows: their event rows, (num_notes, 5).
            pitch: the pitches of the notes as they sound, (num_notes,).
        """
        for record in records:
            for slot, part in zip(slots_of(record.parts), record.parts, strict=True):
                counts = self._slots[slot]
                counts.pieces += 1
                counts.names[part.name] += 1
                counts.programs[part.program] += 1
        slots = rows[:, PART]
        in_chord = _in_chords(records, rows)
        for slot in np.nonzero(np.bincount(slots))[0].tolist():
            counts, own = self._slots[slot], pitch[slots == slot]
            counts.notes += len(own)
            counts.chord_notes += int(np.count_nonzero(in_chord[slots == slot]))
            counts.lowest, counts.highest = min(counts.lowest, int(own.min())), max(counts.highest, int(own.max()))

    def parts(self) -> dict[int, Part]:
        """Return the usual part of each slot: with its most common program, and the name that most pieces give it."""
        return {slot: _usual(slot, counts) for slot, counts in sorted(self._slots.items())}

    def statistics(self) -> JsonObject:
        """Return counts by the name of the slot; a pitch range of parts with pitches, in the order of slots."""
        return {SLOTS[slot].name: _statistics(slot, counts) for slot, counts in sorted(self._slots.items())}


def _usual(slot: int, counts: _SlotCounts) -> Part:
    name, part = _most_common(counts.names), usual_part(slot)
    is_usual = bool(name) and 2 * counts.names[name] > counts.pieces
    return part._replace(name=name if is_usual else part.name, program=_most_common(counts.programs))


def _statistics(slot: int, counts: _SlotCounts) -> JsonObject:
    usual = _usual(slot, counts)
    found: JsonObject = {
        "name": usual.name,
        "program": usual.program,
        "pieces": counts.pieces,
        "notes": counts.notes,
        "chord_share": round(counts.chord_notes / counts.notes, 4),
    }
    return {**found, "lowest_pitch": counts.lowest, "highest_pitch": counts.highest} if IS_MELODIC[slot] else found


def _in_chords(records: Sequence[PieceRecord], rows: Rows) -> Bools:
    """Return which notes of pieces begin together with a lower one of their slot, (num_notes,)."""
    same = np.zeros(len(rows), dtype=bool)
    same[1:] = (rows[1:, SHIFT] == 0) & (rows[1:, PART] == rows[:-1, PART])
    sizes = np.array([record.num_notes for record in records])
    same[np.cumsum(sizes) - sizes] = False  # the first note of a piece
    return same


def _most_common(counts: Counter[_Value]) -> _Value:
    """Return the most common value; of equally common ones the least."""
    return min(counts, key=lambda value: (-counts[value], value))
