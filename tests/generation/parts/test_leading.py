"""Voice leading: what the corpus avoids gives way, in both directions, and never leaves a part without a pitch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from networks import random_network

from melodyrnn.checkpoint import Metadata
from melodyrnn.evaluation.voice_leading import leading_statistics, parallels, voice_crossings
from melodyrnn.events.fit import fit_vocabulary
from melodyrnn.events.rows import encode
from melodyrnn.generation.generator import Generator
from melodyrnn.generation.parts.leading import avoided, registers
from melodyrnn.generation.parts.loop import generate_parts
from melodyrnn.generation.parts.pieces import plan_of_pieces
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


REQUEST = Request(num=40, bars=8, seed=3, temperature=1.0, max_interval=2)


def test_what_is_rare_in_the_corpus_is_avoided_and_what_is_not_is_not() -> None:
    strict, free = drawn(model(RARE), REQUEST), drawn(model(OFTEN), REQUEST)
    found, other = parallels(*strict), parallels(*free)
    assert found.changes > 200
    assert 10 * (found.fifths + found.octaves) <= other.fifths + other.octaves  # now and then no other pitch is left
    assert other.fifths + other.octaves >= 10
    assert np.mean([voice_crossings(one) or 0 for one in strict]) < np.mean([voice_crossings(one) or 0 for one in free])


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
