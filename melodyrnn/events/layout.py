"""Which columns a context has, and where each stands. All are uint8; 0 always means "nothing", values count from 1.

Columns, in order (F fields, K look-backs):
    before the shift:
        previous_<field>      F  the previous note: index + 1
        interval              1  from the note before it to it, in semitones, within ±24, + 25
        pitch_class           1  its pitch above the tonic, modulo 12, + 1
        lowest, highest       2  the lowest and the highest pitch so far: index + 1
        position              1  its place in the bar, in steps, + 1
        meter                 1  index of the meter; mode: 1 major, 2 minor
        mode                  1
        bar                   1  its bar, counted from the first full one, modulo 32, + 1
        bars_left             1  bars from it to the last bar of the piece, at most 62, + 1
        form, next_form       2  where forms are known: the label of its bar and of the next (events/form.py)
        run_<look-back>       K  how many notes in a row the look-back has been right, at most 15
        shift_<look-back>     K  what the look-back says the shift is: index + 1
    once the onset is known:
        onset_position        1  like position, for the note being filled
        onset_bar             1  like bar
        onset_bars_left       1  like bars_left
        onset_form            1  like form
        <field>_<look-back>   K  for each further field: index + 1
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..conditions.form import BARS_BACK
from .vocabulary import Vocabulary

LOOKBACKS = (*(f"bar{k}" for k in BARS_BACK), "content")
NUM_LOOKBACKS = len(LOOKBACKS)
CONTENT = len(BARS_BACK)  # its place among the look-backs
PHRASE_BARS = 32
MAX_BARS_LEFT = 62
MAX_RUN = 15
MAX_INTERVAL = 24
MODES = ("major", "minor")

Columns = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Layout:
    """Where each column stands, for a chain of fields. The table every reader of a context array uses.

    `forms` is whether forms are known, and their columns there.
    """

    fields: tuple[str, ...]
    forms: bool = False

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Layout:
        return cls(tuple(vocabulary.values), bool(vocabulary.forms))

    @cached_property
    def before(self) -> tuple[str, ...]:
        previous = tuple(f"previous_{name}" for name in self.fields)
        fixed = (
            *("interval", "pitch_class", "lowest", "highest"),
            *("position", "meter", "mode", "bar", "bars_left"),
            *(("form", "next_form") if self.forms else ()),
        )
        return previous + fixed + self._each("run") + self._each("shift")

    @cached_property
    def at(self) -> tuple[str, ...]:
        rest = tuple(c for name in self.fields[1:] for c in self._each(name))
        return ("onset_position", "onset_bar", "onset_bars_left", *(("onset_form",) if self.forms else ()), *rest)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return self.before + self.at

    def place(self, column: str) -> int:
        return self.columns.index(column)

    def candidates(self, name: str) -> slice:
        """The columns of what the look-backs say of a field."""
        start = self.place(f"{name}_{LOOKBACKS[0]}")
        return slice(start, start + NUM_LOOKBACKS)

    @cached_property
    def runs(self) -> slice:
        start = self.place(f"run_{LOOKBACKS[0]}")
        return slice(start, start + NUM_LOOKBACKS)

    @cached_property
    def lookbacks(self) -> npt.NDArray[np.bool_]:
        """Which columns come from a look-back, shape (num_columns,)."""
        return np.array([c.rpartition("_")[2] in LOOKBACKS for c in self.columns])

    @cached_property
    def form(self) -> npt.NDArray[np.bool_]:
        """Which columns tell of the form, shape (num_columns,)."""
        return np.array([c in ("form", "next_form", "onset_form") for c in self.columns])

    def _each(self, prefix: str) -> tuple[str, ...]:
        return tuple(f"{prefix}_{name}" for name in LOOKBACKS)
