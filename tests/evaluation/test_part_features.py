"""Which line of a piece leads, and sets of pieces of several parts compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from strategies import ensembles, melodies

from melodyrnn.evaluation.checks import checks_of, report
from melodyrnn.evaluation.compare import compare
from melodyrnn.evaluation.features import FEATURES, values_of
from melodyrnn.evaluation.novelty import Index
from melodyrnn.evaluation.part_features import PART_FEATURES, is_melody, leading_line
from melodyrnn.music.chords import ChordSymbol
from melodyrnn.score.score import Part, Score

Make = Callable[..., Score]


@given(melodies())
def test_a_melody_leads_itself(melody: Score) -> None:
    assert is_melody(melody)
    assert leading_line(melody) is melody


def test_the_part_with_the_role_of_the_melody_leads(make_parts: Make) -> None:
    parts = (Part("a", role="harmony"), Part("b", role="melody"), Part("c", "drums", 0, "drums"))
    score = make_parts([60, 62], [(70, 74), 72], [36, 38], parts=parts)
    assert not is_melody(score)
    assert leading_line(score).pitch.tolist() == [74, 72]
    assert leading_line(score).parts == (parts[1],)
    silent = make_parts([60, 62], [], [36, 38], parts=parts)
    assert leading_line(silent).pitch.tolist() == [60, 62]


def test_drums_lead_chord_symbols_and_these_lead_alone(make_parts: Make) -> None:
    symbols, drums = Part("", "chords", 0, "chords"), Part("", "drums", 0, "drums")
    codes = [ChordSymbol.parse(text).code for text in ("C", "F#m7b5/C")]
    assert leading_line(make_parts(codes, [(36, 42), 38], parts=(symbols, drums))).pitch.tolist() == [42, 38]
    assert leading_line(make_parts(codes, parts=(symbols,))).pitch.tolist() == codes
    with_melody = make_parts(codes, [60, 62], parts=(symbols, Part()))
    assert leading_line(with_melody).pitch.tolist() == [60, 62]
    assert values_of([with_melody], PART_FEATURES)["chord_tones"] == [0.5]


@given(ensembles())
def test_every_feature_of_any_ensemble_is_a_number_in_its_range_or_none(score: Score) -> None:
    found = values_of([score], PART_FEATURES)
    shares = [feature.name for feature in PART_FEATURES if not feature.unit]
    assert len(shares) == 7
    assert all(np.isnan(found[name][0]) or 0 <= found[name][0] <= 1 for name in shares)
    assert all(np.isnan(value[0]) or value[0] >= 0 for value in found.values())
    assert len(leading_line(score)) >= 1


def test_one_part_with_chords_leads_by_its_top(make_parts: Make) -> None:
    piano = make_parts([(48, 64), (50, 62), 60])
    assert not is_melody(piano)
    assert leading_line(piano).pitch.tolist() == [64, 62, 60]


def test_chorales_are_compared_by_melody_and_by_parts(chorales: list[Score]) -> None:
    found = compare(chorales[::2], chorales[1::2])
    rows = {row.feature.name: row for row in found.rows}
    assert {"mean_interval", "polyphony", "parallel_fifths", "chord_tones"} <= set(rows)
    assert {"drum_pattern", "drum_groove"} <= set(found.not_compared)
    assert len(rows) + len(found.not_compared) == len(FEATURES) + len(PART_FEATURES)
    assert rows["polyphony"].real.mean() == pytest.approx(3.92, abs=0.03)
    assert set(report(found)["features"]) == set(rows)
    sopranos = [score.only(0) for score in chorales]
    alone = compare(sopranos[::2], sopranos[1::2])
    assert [row.feature.name for row in alone.rows] == [name for name in rows if name in {f.name for f in FEATURES}]
    for row in alone.rows:
        assert row.to_json() == rows[row.feature.name].to_json()
    assert set(alone.not_compared) < set(found.not_compared)


def test_doubling_the_bass_in_fifths_shows(chorales: list[Score]) -> None:
    """The tenor follows the bass a fifth above it."""
    spoiled = []
    for score in chorales:
        kept, bass = score[score.part != 2], score[score.part == 3]
        columns = {
            name: np.concatenate([getattr(kept, name), getattr(bass, name)])
            for name in ("onset", "duration", "velocity")
        }
        pitch = np.concatenate([kept.pitch, bass.pitch + 7])
        part = np.concatenate([kept.part, np.full(len(bass), 2)])
        spoiled.append(replace(score, **columns, pitch=pitch, part=part))
    found = {row.feature.name: row for row in compare(spoiled, chorales).rows}
    assert found["parallel_fifths"].generated.mean() > 30
    assert found["parallel_fifths"].overlap_of_values < 0.05
    assert found["mean_interval"].overlap_of_values == pytest.approx(1)  # the melodies are the same
    worst = next(check for check in checks_of(compare(spoiled, chorales)) if "overlapping" in check.name)
    assert not worst.holds


def test_copies_are_searched_in_the_leading_lines(chorales: list[Score]) -> None:
    sopranos = [score.only(0) for score in chorales]
    found = compare(chorales[:8], chorales[8:16], index=Index.of(sopranos[:8]))
    alone = compare(sopranos[:8], sopranos[8:16], index=Index.of(sopranos[:8]))
    assert found.to_json()["copies"] == alone.to_json()["copies"]
