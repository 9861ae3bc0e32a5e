"""The grid of a section of a given file: its ticks as steps, and a line of it as a melody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import IntArray
from ..errors import SettingError
from ..extract.sections import Section
from ..music.meter import Meter
from ..music.piece import Notes
from ..music.units import STEPS_PER_QUARTER


@dataclass(frozen=True, slots=True)
class Grid:
    """The steps of a section: tick of step 0, ticks per quarter note, steps in a bar."""

    origin: int
    ticks_per_quarter: int
    bar: int

    @classmethod
    def of(cls, section: Section, ticks_per_quarter: int) -> Grid:
        """Return the grid of a section. Raises SettingError where a bar is no whole number of steps."""
        return cls(section.bar_line, ticks_per_quarter, _bar_steps(section.meter))

    def step(self, tick: int) -> int:
        """Return the nearest step."""
        return round((tick - self.origin) * STEPS_PER_QUARTER / self.ticks_per_quarter)

    def step_after(self, tick: int) -> int:
        """Return the first step at or after a tick."""
        return -((self.origin - tick) * STEPS_PER_QUARTER // self.ticks_per_quarter)

    def tick(self, step: int) -> int:
        """Return the nearest tick."""
        return self.origin + round(step * self.ticks_per_quarter / STEPS_PER_QUARTER)

    def steps(self, ticks: IntArray) -> IntArray:
        """Return the nearest step of each tick."""
        return np.rint((ticks - self.origin) * STEPS_PER_QUARTER / self.ticks_per_quarter).astype(np.int64)

    def melody(self, notes: Notes, index: IntArray, cut: int | None) -> tuple[IntArray, IntArray, IntArray]:
        """Return a melody on the grid: indices of notes, onsets and durations; of notes on one step the last stays.

        A note that begins before the tick `cut` has a step before it, so that it is not drawn anew.
        """
        onset, end = self.steps(notes.onset[index]), self.steps(notes.end[index])
        if cut is not None:
            onset = np.where(notes.onset[index] < cut, np.minimum(onset, self.step(cut) - 1), onset)
        stays = np.append(onset[1:] > onset[:-1], np.ones(min(1, len(onset)), dtype=bool))
        index, onset, end = index[stays], onset[stays], end[stays]
        duration = np.maximum(1, end - onset)
        duration[:-1] = np.minimum(duration[:-1], np.diff(onset))
        return index, onset, duration


def _bar_steps(meter: Meter) -> int:
    try:
        return meter.bar(STEPS_PER_QUARTER)
    except ValueError as error:
        raise SettingError(
            f"the bars of a primer must fit the grid of {STEPS_PER_QUARTER} steps a quarter. Received: {meter}"
        ) from error
