"""The summary of a corpus: equal for one block or several, with the numbers of bars of the scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import ensembles, melodies

from melodyrnn.conditions.bar_repeats import form_of
from melodyrnn.conditions.form import as_text
from melodyrnn.corpus.record import PieceRecord
from melodyrnn.corpus.sample import step_of
from melodyrnn.corpus.summary import Summary
from melodyrnn.events.rows import encode
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.score import Part, Score
from melodyrnn.score.slots import SLOTS, leading_part, slots_of
from melodyrnn.score.statistics import CORPUS_FEATURES

MADE: list[Summary] = []


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """Close the summaries of a test."""
    yield
    while MADE:
        MADE.pop().close()


def new_summary(num_train: int) -> Summary:
    MADE.append(Summary(num_train))
    return MADE[-1]


def summary_of(*parts: list[Score]) -> Summary:
    summary = new_summary(sum(map(len, parts)))
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


@given(st.lists(melodies(), min_size=1, max_size=9), st.integers(1, 9), st.integers(1, 4))
def test_of_many_pieces_some_are_measured_spread_evenly(tunes: list[Score], most: int, at_once: int) -> None:
    blocks = [tunes[start : start + at_once] for start in range(0, len(tunes), at_once)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("melodyrnn.corpus.summary.MOST_MEASURED", most)
        some = summary_of(*blocks)
    chosen = tunes[:: step_of(len(tunes), most)]
    assert 1 <= len(chosen) <= most
    assert some.common_forms() == summary_of(chosen).common_forms()
    assert some.statistics()["features"] == summary_of(chosen).statistics()["features"]
    every = summary_of(tunes)
    assert some.bars == every.bars
    assert {**some.statistics(), "features": None} == {**every.statistics(), "features": None}


def of_parts(*scores: Score, splits: tuple[str, ...] = ()) -> Summary:
    summary = new_summary(len(scores))
    records = [
        replace(PieceRecord.of(score), split=split)
        for score, split in zip(scores, splits or ("train",) * len(scores), strict=True)
    ]
    summary.add(records, np.concatenate([encode(score, with_parts=True) for score in scores]).astype(np.int16))
    return summary


class TestParts:
    @given(st.lists(ensembles(), min_size=1, max_size=4))
    def test_forms_and_features_are_those_of_the_leading_part(self, scores: list[Score]) -> None:
        leading = [score[score.part == leading_part(score)] for score in scores]
        found = of_parts(*scores)
        assert found.bars == Counter(score.num_bars for score in scores)
        features = np.array([[feature(lead) for feature in CORPUS_FEATURES.values()] for lead in leading])
        own = np.concatenate(found.features)[:, :5]
        # without notes per bar, as the piece may be longer than the part
        np.testing.assert_allclose(own, features[:, :5])
        labels = form_of(scores)
        texts = [as_text(form, score.pickup_bars) for form, score in zip(labels, scores, strict=True)]
        assert found.common_forms() == Counter(text for text in texts if text)

    @given(st.lists(ensembles(), min_size=1, max_size=4))
    def test_counts_of_each_slot(self, scores: list[Score]) -> None:
        found = of_parts(*scores).statistics()["parts"]
        for slot, name in enumerate(one.name for one in SLOTS):
            notes = [
                score.pitch[score.part == slots_of(score.parts).index(slot)]
                for score in scores
                if slot in slots_of(score.parts)
            ]
            assert (name in found) == bool(notes)
            if notes:
                assert (found[name]["pieces"], found[name]["notes"]) == (len(notes), sum(map(len, notes)))
                pitches = np.concatenate(notes)
                expected = None if name.startswith("drums") else (pitches.min(), pitches.max())
                ends = found[name].get("lowest_pitch"), found[name].get("highest_pitch")
                assert ends == (expected or (None, None))

    @given(st.lists(ensembles(), min_size=1, max_size=4))
    def test_the_range_is_that_of_melodic_parts(self, scores: list[Score]) -> None:
        kinds = [np.array([part.kind for part in score.parts])[score.part] for score in scores]
        pitches = np.concatenate([score.pitch[kind == "melodic"] for score, kind in zip(scores, kinds, strict=True)])
        found = of_parts(*scores).statistics()
        expected = (pitches.min(), pitches.max()) if len(pitches) else (127, 0)
        assert (found["lowest_pitch"], found["highest_pitch"]) == expected

    def test_the_usual_name_and_program_of_training_pieces(self) -> None:
        def band(name: str, program: int) -> Score:
            columns = np.array([[0, 0], [12, 12], [36, 60], [80, 80], [0, 1]])
            parts = Part(name, "melodic", program, "bass"), Part("", "melodic", 40, "melody")
            return Score(*columns, (4, 4), Key(0, "major"), parts=parts)  # type: ignore[arg-type]

        scores = [band("Slap", 36), band("Slap", 33), band("Tuba", 58), band("Slap", 33), band("Tuba", 58)]
        summary = of_parts(*scores, splits=("train", "train", "train", "train", "test"))
        assert summary.vocabulary().parts == (
            Part("melody", "melodic", 40, "melody"),
            Part("Slap", "melodic", 33, "bass"),
        )
        assert [SLOTS[slot].name for slot in summary.vocabulary().values["part"]] == ["melody", "bass"]

    def test_melodies_have_no_parts(self) -> None:
        melody = Score.line([0], [1], [60], [1], Meter(4, 4), Key(0, "major"))
        assert "parts" not in summary_of([melody]).statistics()
        assert summary_of([melody]).vocabulary().parts == ()

    def test_chord_symbols_alone_have_features_too(self) -> None:
        codes = np.array([12, 2_400, 3_000, 13, 0])
        every = np.arange(5)
        parts = (Part("chords", "chords", 0, "chords"),)
        score = Score(
            every * 48, every * 0 + 48, codes, every + 1, every * 0, Meter(4, 4), Key(0, "major"), parts=parts
        )
        found = of_parts(score).statistics()
        assert (found["pieces"], found["parts"]["chords"]["notes"]) == (1, 5)
