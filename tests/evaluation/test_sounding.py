from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.evaluation.sounding import SILENT, per_class, sounding, top_line, voices
from melodyrnn.music.keys import Key
from melodyrnn.score.score import Part, Score

Make = Callable[..., Score]


@st.composite
def scores(draw: st.DrawFn) -> Score:
    """Up to three parts, of which the last may be drums, with chords, unisons, overlaps and rests."""
    note = st.tuples(st.integers(0, 40), st.integers(1, 20), st.integers(50, 60), st.just(90), st.integers(0, 2))
    rows = draw(st.lists(note, min_size=1, max_size=30))
    parts = (Part(), Part(role="bass"), Part(kind=draw(st.sampled_from(["melodic", "drums"])), role="other"))
    return Score(*zip(*rows, strict=True), meter=(4, 4), key=Key(0, "major"), parts=parts)


def at(score: Score, step: int, part: int | None = None) -> set[int]:
    """The melodic pitches that sound in a step."""
    columns = (score.onset, score.duration, score.pitch, score.part)
    return {
        pitch
        for onset, duration, pitch, of in zip(*(c.tolist() for c in columns), strict=True)
        if onset <= step < onset + duration and part in (None, of) and score.parts[of].kind == "melodic"
    }


@given(scores())
def test_what_sounds_is_what_sounds_step_by_step(score: Score) -> None:
    found = sounding(score)
    for step, on in enumerate(found.at(np.arange(70))):
        assert set(np.nonzero(on)[0].tolist()) == at(score, step)
    assert (found.length > 0).all()


@given(scores())
def test_a_voice_is_the_highest_pitch_of_its_part(score: Score) -> None:
    onsets, pitch = voices(score)
    used = [part for part in range(3) if score.parts[part].kind == "melodic" and (score.part == part).any()]
    assert pitch.shape == (len(onsets), len(used))
    for row, step in enumerate(onsets.tolist()):
        assert pitch[row].tolist() == [max(at(score, step, part), default=SILENT) for part in used]


@given(scores())
def test_the_top_line_is_one_note_an_onset_and_none_is_below_another(score: Score) -> None:
    for part in set(score.part.tolist()):
        own = score.only(part)
        line = top_line(score, part)
        if score.parts[part].kind == "melodic":
            expected = [
                onset
                for onset in sorted(set(own.onset.tolist()))
                if max(own.pitch[own.onset == onset]) == max(at(own, onset))
            ]
            assert line.onset.tolist() == expected
            assert line.pitch.tolist() == [max(at(own, onset)) for onset in expected]


def test_pitch_classes_are_counted_with_their_octaves(make_parts: Make) -> None:
    found = sounding(make_parts([(60, 64, 67)], [(48, 79)]))
    assert per_class(found.on).tolist() == [[2, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0]]
