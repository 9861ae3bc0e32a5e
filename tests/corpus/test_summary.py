"""The summary of a corpus: equal for one block or several, with the numbers of bars of the scores."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.corpus.record import PieceRecord
from melodyrnn.corpus.summary import Summary
from melodyrnn.events.rows import encode
from melodyrnn.score.score import Score


def summary_of(*parts: list[Score]) -> Summary:
    summary = Summary()
    for part in parts:
        records = [replace(PieceRecord.of(melody), split="train") for melody in part]
        summary.add(records, np.concatenate([encode(melody) for melody in part]).astype(np.int16))
    return summary


@given(st.lists(melodies(), min_size=2, max_size=5))
def test_bars_are_those_of_the_scores_and_parts_add_up(tunes: list[Score]) -> None:
    together, apart = summary_of(tunes), summary_of(tunes[:1], tunes[1:])
    assert together.bars == Counter(melody.num_bars for melody in tunes)
    assert together.statistics() == apart.statistics()
    assert together.vocabulary() == apart.vocabulary()
