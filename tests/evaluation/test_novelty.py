from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import melodies

from melodyrnn.evaluation.novelty import Index, encode_pairs
from melodyrnn.score.score import Score

Make = Callable[..., Score]
TUNE = [60, 64, 62, 67, 65, 69, 72, 71, 67, 60, 58, 63]


def longest_common(one: list[int], other: list[int]) -> int:
    """Length of the longest common run of two lists, by comparing every position with every other."""
    best, row = 0, [0] * (len(other) + 1)
    for a in one:
        row = [0] + [row[j] + 1 if a == b else 0 for j, b in enumerate(other)]
        best = max(best, *row)
    return best


@given(st.lists(melodies(min_notes=1), min_size=1, max_size=4), melodies(min_notes=1))
def test_the_longest_passage_is_that_of_a_search_through_every_tune(tunes: list[Score], melody: Score) -> None:
    index = Index.of([replace(m, name=str(n)) for n, m in enumerate(tunes)])
    passage = index.longest(melody)
    lengths = [longest_common(encode_pairs(melody).tolist(), encode_pairs(tune).tolist()) for tune in tunes]
    assert passage.notes == (max(lengths) + 1 if max(lengths) else 0)
    if passage.notes:
        assert lengths[int(passage.tune)] == max(lengths)
        own = encode_pairs(melody).tolist()[passage.first : passage.first + passage.notes - 1]
        assert longest_common(own, encode_pairs(tunes[int(passage.tune)]).tolist()) == len(own)


def test_a_transposed_passage_is_found(make_melody: Make) -> None:
    index = Index.of([make_melody(TUNE[::-1], 6, name="backwards"), make_melody(TUNE, 6, name="the tune")])
    planted = make_melody([50, 51, *(p + 5 for p in TUNE[2:10]), 50], 6)
    passage = index.longest(planted)
    assert (passage.notes, passage.first, passage.tune) == (8, 2, "the tune")
    assert passage.bars == 1  # eight eighths
    other_rhythm = make_melody([50, 51, *TUNE[2:10], 50], 12)
    assert index.longest(other_rhythm).notes == 0


def test_a_passage_does_not_cross_from_one_tune_to_the_next(make_melody: Make) -> None:
    first, second = make_melody(TUNE[:6]), make_melody(TUNE[6:])
    assert Index.of([first, second]).longest(make_melody(TUNE)).notes == 6
    assert Index.of([make_melody(TUNE)]).longest(make_melody(TUNE)).notes == 12


def test_nothing_in_common(make_melody: Make) -> None:
    for index in (Index.of([]), Index.of([make_melody([60])]), Index.of([make_melody([60, 61])])):
        for melody in (make_melody([60, 67, 60]), make_melody([60])):
            passage = index.longest(melody)
            assert (passage.notes, passage.bars, passage.tune) == (0, 0, "")


def test_bytes_round_trip(real_tunes: list[Score]) -> None:
    index = Index.of(real_tunes[:12])
    again = Index.from_bytes(index.to_bytes())
    assert again.names == index.names
    for melody in real_tunes:
        assert again.longest(melody) == index.longest(melody)
    for melody in real_tunes[:12]:
        assert again.longest(melody).notes == len(melody)
        assert again.longest(replace(melody, pitch=melody.pitch + 3)).tune == melody.name
    notes = sum(map(len, real_tunes[:12]))
    assert len(index.to_bytes()) < 2 * notes + 1000


def test_copies_of_a_set(make_melody: Make) -> None:
    index = Index.of([make_melody(TUNE, 12)])
    found = index.copies([make_melody(TUNE[:4]), make_melody(TUNE[:8]), make_melody(TUNE)])
    assert (found.median_notes, found.median_bars) == (8, 2)
    assert found.p90_notes == pytest.approx(np.percentile([4, 8, 12], 90))


def test_names_with_undecodable_bytes_or_line_breaks_are_cleaned(make_melody: Make) -> None:
    index = Index.of([make_melody(TUNE, name="Fuchs\udce4\n du"), make_melody(TUNE[::-1], name="Größe")])
    again = Index.from_bytes(index.to_bytes())
    assert again.names == ["Fuchs? du", "Größe"]
