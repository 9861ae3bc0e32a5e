"""How often bars repeat in a row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from melodyrnn.generation.constraints.bars import BarHistory
from melodyrnn.score.score import Score
from melodyrnn.score.statistics import MOST_REPEATED_BARS

Make = Callable[..., Score]


def history_of(melody: Score) -> BarHistory:
    history = BarHistory(1, melody.bar)
    for onset, pitch in zip(melody.onset.tolist(), melody.pitch.tolist(), strict=True):
        history.append(0, onset, pitch)
    return history


class TestBarHistory:
    BAR = (60, 64, 67, 64)

    @pytest.mark.parametrize(("bars", "pitch"), [(MOST_REPEATED_BARS - 1, -1), (MOST_REPEATED_BARS, 60)])
    def test_a_bar_that_occurred_four_times_must_not_repeat(self, make_melody: Make, bars: int, pitch: int) -> None:
        history = history_of(make_melody(self.BAR * bars))
        assert history.repeating_pitch(np.array([[bars * 48]])).tolist() == [[pitch]]
        assert history.repeating_pitch(np.array([[bars * 48 + 6]])).tolist() == [[-1]]  # the rhythm differs already
        assert history.repeating_onset().tolist() == [[-1]]  # three notes of it are to come yet

    def test_every_note_is_compared_until_the_bar_differs(self, make_melody: Make) -> None:
        history = history_of(make_melody((*self.BAR * 4, 60, 64, 67)))
        assert history.repeating_pitch(np.array([[4 * 48 + 36]])).tolist() == [[64]]
        assert history.repeating_onset().tolist() == [[4 * 48 + 36]]
        differs = history_of(make_melody((*self.BAR * 4, 60, 65, 67)))
        assert differs.repeating_pitch(np.array([[4 * 48 + 36]])).tolist() == [[-1]]
        assert differs.repeating_onset().tolist() == [[-1]]

    def test_another_bar_between_restarts_the_count(self, make_melody: Make) -> None:
        history = history_of(make_melody((*self.BAR * 4, *self.BAR[::-1], *self.BAR * 3)))
        assert history.repeating_pitch(np.array([[8 * 48]])).tolist() == [[-1]]

    def test_a_rest_of_any_length_is_one_step(self, make_melody: Make) -> None:
        """A primer may hold a gap of millions of bars; the rows between are not made one by one."""
        history = history_of(make_melody(self.BAR * MOST_REPEATED_BARS))
        far = 10**12 * 48
        history.append(0, far, 60)
        assert history.repeating_pitch(np.array([[far + 12]])).tolist() == [[-1]]
        for bar in range(MOST_REPEATED_BARS):
            for step, pitch in enumerate(self.BAR):
                if bar or step:
                    history.append(0, far + 48 * bar + 12 * step, pitch)
        assert history.repeating_pitch(np.array([[far + 48 * MOST_REPEATED_BARS]])).tolist() == [[60]]

    def test_a_bar_without_notes_breaks_the_run(self, make_melody: Make) -> None:
        history = history_of(make_melody(self.BAR * 4))
        assert history.repeating_pitch(np.array([[5 * 48]])).tolist() == [[-1]]
