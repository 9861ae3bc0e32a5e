"""New pieces of several parts meet every wish, at any seed and temperature, though the weights are random."""

from __future__ import annotations

import pytest
from band_models import METERS, NAMES, band_generator, faults
from hypothesis import example, given, settings
from hypothesis import strategies as st

from melodyrnn.errors import SettingError
from melodyrnn.generation.loop import go_on
from melodyrnn.generation.part_wishes import PartWishes
from melodyrnn.generation.parts.loop import generate_parts
from melodyrnn.generation.parts.pieces import plan_of_pieces
from melodyrnn.generation.request import Request
from melodyrnn.score.score import Score

LOWEST = {"melody": 60, "bass": 36, "harmony": 52}


def scores(request: Request, scale: float = 1.0) -> list[Score]:
    """The drawn parts of the pieces of a request."""
    generator = band_generator(scale=scale)
    plan = plan_of_pieces(request, generator.metadata).plan
    return generate_parts(generator.network, generator.vocabulary, plan, go_on)


@st.composite
def wishes(draw: st.DrawFn, name: str) -> PartWishes:
    """Wishes for a part that can be met together; a melodic part has at least an octave."""
    numbers: dict[str, int] = {}
    if name in LOWEST and draw(st.booleans()):
        low = LOWEST[name] + draw(st.integers(-3, 6))
        numbers = {"low": low, "high": low + draw(st.integers(11, 24))}
    if name in LOWEST and draw(st.booleans()):
        numbers["max_interval"] = draw(st.integers(3, 12))
    for wish, most in (("density", 8), ("polyphony", 4)):
        if draw(st.booleans()):
            numbers[wish] = draw(st.integers(1, most))
    return PartWishes(**numbers)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    names = draw(st.permutations(NAMES))[: draw(st.integers(2, 5))]
    return Request(
        num=2,
        bars=draw(st.integers(1, 5)),
        seed=draw(st.integers(0, 2**31)),
        temperature=draw(st.sampled_from((0, 0.3, 0.85, 1, 1.5))),
        meter=draw(st.sampled_from(METERS)),
        key=draw(st.sampled_from((None, "C# minor", "Bb major", "E dorian"))),  # type: ignore[arg-type]
        scale=draw(st.sampled_from((None, None, "pentatonic", "blues"))),
        max_interval=draw(st.sampled_from((None, None, 4))),
        density=draw(st.sampled_from((None, None, 2))),
        end=draw(st.sampled_from((None, "tonic", "any"))),
        parts=tuple(names),
        of_parts=tuple((name, draw(wishes(name))) for name in names if draw(st.booleans())),
    )


# Its second note of the harmony, the last that the density leaves, must be the tonic, which still sounds at first.
TONIC_SOUNDS = Request(
    num=2,
    bars=1,
    temperature=0,
    meter=(4, 4),
    key="Bb major",  # type: ignore[arg-type]
    max_interval=4,
    density=2,
    parts=("chords", "harmony"),
)


@settings(max_examples=30, deadline=None)
@given(requests(), st.sampled_from((0.3, 1.0, 2.0)))
@example(TONIC_SOUNDS, 0.3)
def test_every_piece_is_as_wished(request: Request, scale: float) -> None:
    drawn = scores(request, scale)
    assert [[*faults(score, request, band_generator().metadata)] for score in drawn] == [[], []]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 4))
def test_a_piece_depends_on_its_seed_and_number_alone(seed: int, num: int) -> None:
    request = Request(num=num, seed=seed, bars=2, of_parts=(("bass", PartWishes(density=3)),))
    pieces = scores(request)
    assert [*map(columns, scores(request))] == [*map(columns, pieces)]
    assert columns(scores(Request(seed=seed, bars=2, of_parts=request.of_parts))[0]) == columns(pieces[0])


def columns(score: Score) -> list[list[int]]:
    return [c.tolist() for c in (score.onset, score.duration, score.pitch, score.velocity, score.part)]


def test_a_part_of_chords_has_more_notes_than_a_bar_has_times() -> None:
    request = Request(seed=3, bars=2, parts=("harmony",), of_parts=(("harmony", PartWishes(density=24)),))
    (score,) = scores(request)
    assert [*faults(score, request, band_generator().metadata)] == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"of_parts": (("bass", PartWishes(low=0, high=5)),)},
            r"the range of bass must hold pitches that this model has seen and that fit the key\. Received: 0 to 5",
        ),
        (
            {"of_parts": (("bass", PartWishes(low=37, high=40)),)},
            r"the range of bass must hold the tonic, on which the piece ends; end may be any\. Received: 37 to 40 in C",
        ),
        (
            {"scale": "pentatonic", "max_interval": 2},
            r"max_interval of melody must let it pass from note to note\. "
            r"Received: 2 semitones where the scale has a gap of 3",
        ),
        (
            {"of_parts": (("bass", PartWishes(density=17)),)},
            r"density of bass must leave room for its notes in a bar: at most 16\. Received: 17",
        ),
    ],
)
def test_wishes_that_no_piece_meets_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        scores(Request(seed=1, bars=1, **settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "settings",
    [
        {"of_parts": (("bass", PartWishes(low=36, high=36)),)},
        {"of_parts": (("bass", PartWishes(low=37, high=40)),), "end": "any"},
        {"scale": "pentatonic", "max_interval": 3},
        {"of_parts": (("bass", PartWishes(density=16)), ("melody", PartWishes(density=16, max_interval=1)))},
        {"of_parts": (("harmony", PartWishes(low=60, high=60, polyphony=4, density=8)),)},
    ],
)
def test_wishes_at_their_limits_are_met(settings: dict[str, object]) -> None:
    request = Request(seed=1, num=3, bars=2, **settings)  # type: ignore[arg-type]
    assert [[*faults(score, request, band_generator().metadata)] for score in scores(request)] == [[], [], []]
