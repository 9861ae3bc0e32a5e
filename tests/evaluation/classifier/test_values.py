"""What each group of features says of tunes whose values can be counted by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from melodyrnn.evaluation.classifier.cadences import cadences
from melodyrnn.evaluation.classifier.contour import contour
from melodyrnn.evaluation.classifier.edges import edges
from melodyrnn.evaluation.classifier.harmony import harmony
from melodyrnn.evaluation.classifier.intervals import intervals
from melodyrnn.evaluation.classifier.ngrams import ngrams
from melodyrnn.evaluation.classifier.pitches import pitches
from melodyrnn.evaluation.classifier.repetition import repetition
from melodyrnn.evaluation.classifier.rhythm import rhythm
from melodyrnn.evaluation.classifier.tune import Tune
from melodyrnn.evaluation.classifier.values import GROUPS, Values, ranks
from melodyrnn.score.score import Score

MakeTune = Callable[..., Tune]
A, B, C = [60, 62, 64, 65], [67, 65, 64, 62], [72, 71, 69, 67]


def test_intervals(tune_of: MakeTune) -> None:
    found = intervals(tune_of([60, 60, 62, 64, 62, 67, 60, 72, 71], 12, bars=2))
    assert found["repeated pitches"] == pytest.approx(1 / 7)  # the ninth note is past the second bar
    assert found["steps (1 or 2 semitones)"] == pytest.approx(3 / 7)
    assert found["fourths to fifths"] == pytest.approx(2 / 7)
    assert found["octaves and larger intervals"] == pytest.approx(1 / 7)
    assert found["intervals of -2 semitones"] == pytest.approx(1 / 7)
    assert found["moves that go up"] == pytest.approx(4 / 6)
    assert found["two steps the same way"] == found["a step and back"] == pytest.approx(1 / 6)
    assert found["two leaps in a row"] == pytest.approx(2 / 6)
    assert found["longest repeat of a pitch, notes"] == 2
    assert found["leaps that a step back follows"] == 0
    scale = intervals(tune_of([60, 62, 64, 65, 67, 69, 71, 72], 12, bars=2))
    assert scale["longest scale run, intervals"] == 7
    assert scale["different runs of 2 intervals, of all runs"] == 3 / 6


def test_pitches(tune_of: MakeTune) -> None:
    found = pitches(tune_of([60, 64, 67, 61, 60, 64, 67, 72], [12, 12, 6, 18, 12, 12, 12, 12], bars=2))
    assert found["notes that are the tonic"] == 3 / 8
    assert found["time on the minor second"] == 18 / 96
    assert found["first beats on the tonic"] == 1
    assert found["notes outside the best diatonic scale"] == 1 / 8
    assert (found["range, semitones"], found["different pitches"], found["different degrees"]) == (12, 5, 4)
    assert found["range of a bar, semitones"] == (7 + 12) / 2
    assert found["times the lowest note is heard"] == 2
    assert found["place of the first highest note, 0 to 1"] == 84 / 96


def test_rhythm(tune_of: MakeTune) -> None:
    found = rhythm(
        tune_of([*A, *A, *A], [12] * 4 + [9, 3, 24, 12] + [4, 4, 4, 36], [12] * 4 + [9, 3, 24, 6] + [4] * 4, bars=3)
    )
    assert found["notes that are triplet eighths"] == 4 / 12
    assert found["notes that a rest follows"] == 2 / 12
    assert found["time that is silent"] == pytest.approx((6 + 32) / 144)
    assert found["pieces with triplets"] == found["pieces with a rest"] == 1
    assert found["notes off the sixteenths (triplets)"] == 2 / 12
    assert found["dotted pairs (long and short, 3 to 1)"] == pytest.approx(1 / 11)
    assert found["bars with the commonest rhythm"] == pytest.approx(1 / 3)
    assert found["bars with the rhythm of the bar before"] == 0
    assert found["beats on which no note begins"] == 3 / 12
    assert (found["notes in a bar"], found["how much bars differ in notes"]) == (4, 0)
    even = rhythm(tune_of([*A, *A, *B], 12, bars=3))
    assert even["pieces with one rhythm in three quarters of their bars"] == 1
    assert even["bars with the rhythm of the bar before"] == even["bars of even notes"] == 1
    assert even["entropy of lengths, bits"] == even["pieces with triplets"] == even["pieces with a rest"] == 0


def test_contour(tune_of: MakeTune) -> None:
    found = contour(tune_of([*A, *B, 60, 67, 67, 60, 62, 62, 62, 62], 12, bars=4))
    shapes = {name.removeprefix("bars whose contour is "): share for name, share in found.items() if "is " in name}
    assert {shape for shape, share in shapes.items() if share == 0.25} == {"rising", "falling", "an arch", "flat"}
    assert found["interval over a bar line, semitones"] == pytest.approx(2)
    assert found["bars that begin on the first pitch of the bar before"] == 0
    rising = contour(tune_of([p + 4 * bar for bar in range(4) for p in (60, 62)], 24, bars=4))
    assert rising["how much phrases rise, semitones"] == pytest.approx(6)
    assert rising["how much phrases arch, semitones"] == pytest.approx(0, abs=1e-9)


def test_cadences(tune_of: MakeTune) -> None:
    closing = [67, 71, 72]
    found = cadences(tune_of([*A, *A, *A, *closing] * 2, ([12] * 12 + [12, 12, 24]) * 2, bars=8))
    assert found["last note of bar 4 is the tonic"] == found["last note of bar 8 is the tonic"] == 1
    assert found["length of the last note of bar 4, bars"] == found["place of the last note of bar 4, 0 to 1"] == 0.5
    assert found["last note of bar 4 is reached by step"] == 1
    assert found["last note of bar 2 is the tonic"] == found["bar 4 ends with a rest"] == 0
    assert found["bars 4 and 8 end on the same notes"] == 1
    assert found["bar 4 ends off the tonic and bar 8 on it"] == 0
    assert found["slowing at the ends of phrases of 4 bars, 1 - notes there / notes elsewhere"] == 0.25
    assert not any("bar 12" in name for name in found)


def test_a_bar_without_notes_has_no_ending(tune_of: MakeTune) -> None:
    found = cadences(tune_of([*A, *B, *A], [12] * 4 + [12] * 3 + [108] + [12] * 4, bars=5))
    assert np.isnan(found["last note of bar 4 is the tonic"])
    assert found["last note of bar 2 is the second"] == 1


def test_repetition(tune_of: MakeTune) -> None:
    varied = [60, 62, 64, 67]
    found = repetition(tune_of([*A, *B, *A, *C, *varied, *B, *A, 62, 64, 66, 67], 12, bars=8))
    assert found["different bars, of all bars"] == 5 / 8
    assert found["exact returns of bars"] == 3 / 8
    assert found["varied returns of bars"] == 1 / 8
    assert found["bars equal to the bar 2 before"] == pytest.approx(1 / 6)
    assert found["bars that move the bar before up or down (sequence)"] == pytest.approx(1 / 7)
    assert found["change of a varied bar that lies in its second half"] == 1
    assert found["bars heard once"] == 3 / 8
    assert found["likeness of bars 1 and 5, 0 to 1"] == 0.6


def test_a_join_counts_where_another_bar_leads_into_a_return(tune_of: MakeTune) -> None:
    found = repetition(tune_of([*A, *B, *C, *A, *B, *A], 12, bars=6))
    assert found["bars that return after another bar than before"] == 2 / 6  # the second and the third A
    assert found["interval from another bar into a return, semitones"] == (7 + 2) / 2
    assert found["octave-like leaps from another bar into a return"] == 0
    assert np.isnan(repetition(tune_of([*A, *B, *C], 12, bars=3))["octave-like leaps from another bar into a return"])


@pytest.mark.parametrize(("last", "is_second_ending"), [(C, 1), (A, 0)])
def test_second_endings(tune_of: MakeTune, last: list[int], is_second_ending: int) -> None:
    found = repetition(tune_of([*A, *B, *C, *B, *A, *B, *C, *A, *A, *B, *C, *B, *A, *B, *C, *last], 12, bars=16))
    assert found["second endings (sections that begin alike and end differently)"] == is_second_ending
    assert found["pieces whose second section begins as the first"] == 1
    assert found["likeness of bars 1 to 8 and 9 to 16, 0 to 1"] == (7 + (1 - is_second_ending)) / 8


def test_harmony(tune_of: MakeTune) -> None:
    bars = [[60, 64, 67, 64]] * 6 + [[67, 71, 62, 71], [60, 64, 67, 60]]
    found = harmony(tune_of([pitch for bar in bars for pitch in bar], 12, bars=8))
    assert found["notes in the best triad of their bar, by time"] == 1
    assert found["bars with tonic harmony"] == 7 / 8
    assert found["bar 7 has dominant harmony"] == found["bars 7 and 8 close: dominant and tonic"] == 1
    assert found["bars with another triad than the bar before"] == pytest.approx(2 / 7)
    assert found["notes on first beats in the tonic triad"] == 1
    passing = harmony(tune_of([60, 62, 64, 65] * 4, 6, bars=2))
    assert passing["notes between beats that are reached and left by step"] == pytest.approx(4 / 7)


def test_edges(tune_of: MakeTune) -> None:
    found = edges(tune_of([67, *A, *B, 60], 12, [12] * 9 + [24], first=36, bars=2))
    assert found["pieces with a pick-up"] == found["length of the pick-up (0 without), quarters"] == 1
    assert (found["length of the last note, quarters"], found["last notes that end on a bar line"]) == (2, 0)
    assert found["last notes that begin on a bar line"] == 1
    assert edges(tune_of([*A, *B], 12, bars=2))["pieces with a pick-up"] == 0


def test_only_edges_know_what_lies_outside_the_bars(tune_of: MakeTune) -> None:
    plain, edged = tune_of([*A, *B], 12, bars=2), tune_of([67, *A, *B, 72, 60], 12, first=36, bars=2)
    for name, of in GROUPS.items():
        assert (of(plain) == of(edged)) == (name != "edges"), name
    assert ngrams(plain) == ngrams(edged)


def test_every_group_has_the_same_features_for_all_tunes(walk: Callable[..., Score]) -> None:
    for bars in (2, 5, 16):
        tunes = [tune for seed in range(3) if (tune := Tune.of(walk(seed, bars=bars), bars))]
        values = Values.of(tunes)
        assert values.table.shape == (3, len(values.words))
        assert len(set(zip(values.groups, values.words, strict=True))) == len(values.words)
        assert set(values.groups) == set(GROUPS)
        assert values.columns(["edges"]).sum() == 9


def test_ngrams_are_counted_and_hold_the_place_of_bars(tune_of: MakeTune) -> None:
    words = ngrams(tune_of([*A, *A], 12, bars=2))
    assert words.count("interval (2, 2)") == 2
    assert words.count("rhythm 48 (0, 12, 24, 36)") == 2
    assert {"first of bar 0 0", "last of bar 1 5", "rhythm of bar 1 48 (0, 12, 24, 36)"} <= set(words)


def test_normal_scores_depend_on_ranks_alone() -> None:
    table = np.array([[1.0, 5, 3, np.nan], [2, 5, np.nan, np.nan], [400, 5, 3, np.nan], [3, 5, 4, np.nan]])
    found = Values(("pitch",) * 4, tuple("abcd"), table).normal_scores()
    assert found[:, 0].argsort().tolist() == [0, 1, 3, 2]
    assert found[:, 0].mean() == pytest.approx(0)
    assert found[:, 0].std() == pytest.approx(1)
    assert found[0, 0] == pytest.approx(-found[2, 0])
    assert found[:, [1, 3]].tolist() == [[0, 0]] * 4
    assert found[1, 2] == 0
    assert found[0, 2] == found[2, 2] < found[3, 2]
    assert ranks(np.array([5.0, 1, 5, 7])).tolist() == [2.5, 1, 2.5, 4]
