"""The records of pieces: what a corpus stores of each piece besides its event rows, the entries of pieces.json.

The worker that reads a piece makes its `PieceRecord`; the corpus file stores the same record.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NotRequired, TypedDict

import numpy as np
import numpy.typing as npt

from ..errors import SettingError
from ..music.keys import Key
from ..music.meter import Meter
from ..music.programs import PROGRAMS
from ..music.units import STEPS_PER_QUARTER
from ..score.score import KINDS, MELODY, ROLES, Part, Score
from ..score.slots import slots_of
from .layout import SPLITS

PLAIN = (MELODY,)  # the parts of a plain melody
NOT_DRAWN = ""  # the split of a piece before splits are drawn

Rows = npt.NDArray[np.int16]  # event rows, (num_notes, 4), or (num_notes, 5) with slots


class RecordJson(TypedDict):
    """An entry of pieces.json; `notes` is the number of notes, `tempo` in microseconds per quarter note.

    `parts` has name, kind, program and role of each part; a plain melody has no such entry.
    """

    name: str
    split: str
    first: int
    notes: int
    meter: tuple[int, int]
    key: str
    tempo: int
    parts: NotRequired[list[tuple[str, str, int, str]]]


@dataclass(frozen=True, slots=True)
class PieceRecord:
    """One piece of a corpus.

    Attributes:
        name: the name of the piece.
        split: one of `SPLITS`, or `NOT_DRAWN`.
        first: its first row in events.npy; 0 before it is written there.
        num_notes: its number of notes, which is its number of rows.
        meter, key, microseconds_per_quarter, parts: those of its score.
    """

    name: str
    split: str
    first: int
    num_notes: int
    meter: Meter
    key: Key
    microseconds_per_quarter: int
    parts: tuple[Part, ...] = PLAIN

    @classmethod
    def of(cls, score: Score) -> PieceRecord:
        """Return the record of a score that is not in a corpus yet."""
        tempo = score.microseconds_per_quarter
        return cls(score.name, NOT_DRAWN, 0, len(score), score.meter, score.key, tempo, score.parts)

    @property
    def rows(self) -> slice:
        """Its rows in events.npy."""
        return slice(self.first, self.first + self.num_notes)

    @property
    def has_slots(self) -> bool:
        """Whether its event rows have slots: they do unless it is a plain melody."""
        return self.parts != PLAIN

    def to_json(self) -> RecordJson:
        """Return the entry of pieces.json."""
        entry: RecordJson = {
            "name": self.name,
            "split": self.split,
            "first": self.first,
            "notes": self.num_notes,
            "meter": self.meter,
            "key": str(self.key.as_usual()),
            "tempo": self.microseconds_per_quarter,
        }
        if self.has_slots:
            entry["parts"] = [(part.name, part.kind, part.program, part.role) for part in self.parts]
        return entry

    @classmethod
    def from_json(cls, data: object) -> PieceRecord:
        """Return the record of an entry of pieces.json. Raises ValueError for anything else."""
        try:
            return cls._from_entry(data)  # type: ignore[arg-type]  # checked by the conversions
        except (KeyError, TypeError, ValueError, SettingError) as error:
            raise ValueError(f"a piece must have the entries of pieces.json. Received: {data!r} ({error!r})") from error

    @classmethod
    def _from_entry(cls, entry: RecordJson) -> PieceRecord:
        numerator, denominator = entry["meter"]
        first, num_notes, tempo = entry["first"], entry["notes"], entry["tempo"]
        for number in (first, num_notes, numerator, denominator, tempo):
            if type(number) is not int:
                raise TypeError(f"{number!r} is no whole number")
        if first < 0 or num_notes < 1 or tempo < 1:
            raise ValueError("a number is too small")
        name, split = entry["name"], entry["split"]
        if not isinstance(name, str) or split not in (NOT_DRAWN, *SPLITS):
            raise ValueError("the name or the split is none")
        parts: tuple[Part, ...] = PLAIN
        if "parts" in entry:
            parts = tuple(map(_part, entry["parts"]))
            slots_of(parts)  # which raises SettingError for too many
        return cls(name, split, first, num_notes, _meter(numerator, denominator), _key(entry["key"]), tempo, parts)


def _part(entry: tuple[str, str, int, str]) -> Part:
    """Return the part of an entry. Raises ValueError or TypeError for any other value."""
    name, kind, program, role = entry
    if not isinstance(name, str) or kind not in KINDS or role not in ROLES or type(program) is not int:
        raise TypeError(f"{entry!r} is no part")
    if not 0 <= program < len(PROGRAMS):
        raise ValueError(f"{program} is no program")
    return Part(name, kind, program, role)


@cache
def _meter(numerator: int, denominator: int) -> Meter:
    """Return a meter whose bar fits the grid. Raises ValueError for any other meter."""
    meter = Meter(numerator, denominator)
    meter.bar(STEPS_PER_QUARTER)
    return meter


_key = cache(Key.parse)
