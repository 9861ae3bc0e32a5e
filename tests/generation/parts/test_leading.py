"""Voice leading: what the corpus avoids gives way, in both directions, and never leaves a part without a pitch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from networks import random_network

from melodyrnn.checkpoint import Metadata
from melodyrnn.evaluation.voice_leading import leading_statistics, parallels
from melodyrnn.events.fit import fit_vocabulary
from melodyrnn.events.rows import encode
from melodyrnn.generation.generator import Generator
from melodyrnn.generation.parts.leading import Leading, avoided, registers
from melodyrnn.generation.parts.loop import generate_parts
from melodyrnn.generation.parts.pieces import plan_of_pieces
from melodyrnn.generation.parts.state import State
from melodyrnn.generation.request import Request
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.score.score import Part, Score, in_parts

PARTS = (Part("a", role="melody"), Part("b", role="bass"), Part("c", role="harmony"))
RARE = {"fifths_per_100": 0.2, "octaves_per_100": 0.1, "crossed_share": 0.01}
OFTEN = {"fifths_per_100": 3.0, "octaves_per_100": 2.0, "crossed_share": 0.3}
RANGES = {"melody": (60, 76), "harmony": (55, 71), "bass": (41, 60)}


def model(voice_leading: dict[str, float]) -> Generator:
    """Three voices with random weights, whose corpus is led like this."""
    onset, part = np.repeat(np.arange(16) * 12, 3), np.tile([0, 1, 2], 16)
    pitch = np.tile([60, 41, 55, 76, 60, 71], 8)
    same = np.full(48, 12)
    score = Score(onset, same, pitch, same, part, Meter(4, 4), Key(0, "major"), parts=PARTS)
    vocabulary = fit_vocabulary(encode(score), [Meter(4, 4)], [48], ["major"], [4], False)
    parts = {
        name: {"lowest_pitch": low, "highest_pitch": high, "chord_share": 0.0} for name, (low, high) in RANGES.items()
    }
    corpus = {"keys": {"C major": 1}, "parts": parts, "voice_leading": voice_leading}
    metadata = Metadata(vocabulary, {"units": 8, "num_layers": 1, "cell": "lstm"}, corpus, {})
    return Generator(metadata, random_network(vocabulary), "three")


def drawn(generator: Generator, request: Request) -> list[Score]:
    plan = plan_of_pieces(request, generator.metadata).plan
    scores = generate_parts(generator.network, generator.vocabulary, plan, lambda: None)
    return [one if plan.given is None else in_parts(plan.given, one) for one in scores]


REQUEST = Request(num=12, bars=8, seed=3, temperature=1.0)
MELODY, BASS, HARMONY = range(3)  # by slot


def state_of(*events: tuple[int, int, int]) -> State:
    """One piece with events of (onset, part, pitch)."""
    state = State.empty(1, 3)
    for onset, part, pitch in events:
        columns = (np.array([value]) for value in (onset, part, pitch, 0))
        state.take(*columns, np.array([True]), 48, np.array([True]))
    return state


def narrowed(state: State, part: int, onset: int, pitches: list[int], led: dict[str, float] = RARE) -> list[int]:
    generator = model(led)
    plan = plan_of_pieces(REQUEST, generator.metadata).plan
    none = [np.zeros(0, dtype=np.int64)] * 3
    known = np.array(pitches)
    leading = Leading(generator.vocabulary, plan, none, none)
    return known[leading.narrow(np.ones(len(known), dtype=bool), known, state, 0, part, onset)].tolist()


@pytest.mark.parametrize(("bass", "parallel"), [(53, 55), (48, 50), (41, 43)])
def test_a_parallel_fifth_or_octave_gives_way(bass: int, parallel: int) -> None:
    moved = state_of((0, MELODY, 60), (0, BASS, bass), (12, MELODY, 62))
    around = [parallel - 1, parallel, parallel + 1]
    assert narrowed(moved, BASS, 12, around) == [parallel - 1, parallel + 1]
    assert narrowed(moved, BASS, 12, around, OFTEN) == around
    assert narrowed(moved, BASS, 12, [parallel]) == [parallel]  # no other is left
    assert narrowed(moved, BASS, 24, around) == around  # the melody has moved before
    contrary = state_of((0, MELODY, 60), (0, BASS, bass), (12, MELODY, 59))
    assert narrowed(contrary, BASS, 12, around) == around


def test_a_voice_stays_on_its_side_of_the_others() -> None:
    state = state_of((0, MELODY, 62), (0, BASS, 50))
    assert narrowed(state, HARMONY, 0, [48, 50, 55, 62, 64]) == [50, 55, 62]
    assert narrowed(state, HARMONY, 0, [48, 50, 55, 62, 64], OFTEN) == [48, 50, 55, 62, 64]
    assert narrowed(state, HARMONY, 0, [48, 64]) == [48, 64]


def test_given_voices_are_led_to_as_well() -> None:
    generator = model(RARE)
    given = drawn(model(OFTEN), replace(REQUEST, num=1, parts=("bass",)))[0]
    found = parallels(*drawn(generator, replace(REQUEST, given=given)))
    assert (found.fifths, found.octaves) == (0, 0)


def test_parts_keep_their_usual_range_unless_another_is_wished() -> None:
    generator = model(OFTEN)
    for one in drawn(generator, REQUEST):
        for number, part in enumerate(one.parts):
            low, high = RANGES[part.role]
            assert low <= one.pitch[one.part == number].min() <= one.pitch[one.part == number].max() <= high
    low = drawn(generator, replace(REQUEST, num=1, range=(41, 58)))[0]
    assert low.pitch.max() <= 58


def test_a_corpus_without_figures_avoids_nothing() -> None:
    assert avoided({}) == (False, False)
    assert avoided({"voice_leading": {}}) == (False, False)
    assert avoided({"voice_leading": RARE}) == (True, True)
    assert avoided({"voice_leading": OFTEN}) == (False, False)


def test_registers_are_the_middles_of_the_ranges() -> None:
    generator = model(RARE)
    assert registers(generator.vocabulary, generator.metadata.corpus) == (68.0, 50.5, 63.0)


def test_figures_of_a_corpus() -> None:
    one = drawn(model(OFTEN), REQUEST)
    found = leading_statistics(one)
    assert found["fifths_per_100"] == pytest.approx(parallels(*one).fifths_per_100, abs=1e-4)
    assert leading_statistics([one[0].only(0)]) == {}
