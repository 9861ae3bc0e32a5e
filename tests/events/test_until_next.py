"""Durations that last until the next note of the part: exact both ways, and used wherever they hold."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from strategies import bands

from melodyrnn.events.representation import REPRESENTATIONS
from melodyrnn.events.rows import DURATION, PART, encode
from melodyrnn.events.until_next import UNTIL_NEXT, with_durations, with_until_next
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.score import Part, Score
from melodyrnn.score.slots import SLOT

EVENTS = REPRESENTATIONS["until-next"]


@given(bands())
def test_any_score_of_parts_comes_back(score: Score) -> None:
    rows = EVENTS.encode(score)
    found = EVENTS.decode(rows, score.meter, score.key, parts=score.parts)
    assert found == score
    np.testing.assert_array_equal(with_durations(rows, score.bar), encode(score, with_parts=True))
    np.testing.assert_array_equal(with_until_next(with_durations(rows, score.bar), score.bar), rows)


def test_a_note_lasts_until_the_next_of_its_part_or_says_how_long() -> None:
    parts = (Part("a", role="melody"), Part("b", role="bass"))
    onset, duration = np.array([0, 0, 12, 24, 60]), np.array([12, 48, 6, 72, 36])
    part = np.array([0, 1, 0, 0, 1])
    score = Score(onset, duration, np.full(5, 60), np.full(5, 80), part, Meter(4, 4), Key(0, "major"), parts=parts)
    rows = EVENTS.encode(score)
    # until 12; a rest follows at 48; a rest follows at 18; until the last bar line; until the last bar line
    assert rows[:, DURATION].tolist() == [UNTIL_NEXT, 48, 6, UNTIL_NEXT, UNTIL_NEXT]
    assert rows[:, PART].tolist() == [SLOT["melody"], SLOT["bass"], SLOT["melody"], SLOT["melody"], SLOT["bass"]]
