"""A new representation needs only a file and an entry in the table: a simple one, tested from rows to bits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from networks import random_network
from strategies import melodies

from melodyrnn.arrays import IntArray
from melodyrnn.evaluation.bits import evaluate
from melodyrnn.events import rows
from melodyrnn.events.context import context_of
from melodyrnn.events.fit import fit_vocabulary
from melodyrnn.events.representation import DEFAULT_REPRESENTATION, REPRESENTATIONS
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.music.keys import Key, tonic_offset
from melodyrnn.music.meter import Meter
from melodyrnn.music.units import DEFAULT_TEMPO
from melodyrnn.score.score import MELODY, Part, Score


class AsItSounds:
    """Sounding pitches, so that every key has different rows, for this test."""

    name = "as-it-sounds"

    def encode(self, score: Score) -> IntArray:
        found = rows.encode(score)
        found[:, rows.PITCH] = score.pitch
        return found

    def decode(
        self,
        found: IntArray,
        meter: Meter,
        key: Key,
        microseconds_per_quarter: int = DEFAULT_TEMPO,
        name: str = "",
        parts: tuple[Part, ...] = (MELODY,),
    ) -> Score:
        score = rows.decode(found, meter, key, microseconds_per_quarter, name, parts)
        return replace(score, pitch=score.pitch - tonic_offset(key))

    def transposition(self, key: Key) -> int:
        return 0


@pytest.fixture
def vocabulary(monkeypatch: pytest.MonkeyPatch, in_two_keys: list[Score]) -> Vocabulary:
    monkeypatch.setitem(REPRESENTATIONS, "as-it-sounds", AsItSounds())
    encoded = np.concatenate([AsItSounds().encode(score) for score in in_two_keys])
    plain = fit_vocabulary(encoded, [(4, 4)], [48], ["major"], [2], with_velocity=False)
    return replace(plain, representation="as-it-sounds")


@pytest.fixture
def in_two_keys(make_melody: Callable[..., Score]) -> list[Score]:
    """A tune in C and its transposition to D."""
    tune = make_melody([60, 64, 67, 65, 64, 62, 60, 67])
    return [tune, replace(tune, pitch=tune.pitch + 2, key=Key.parse("D major"))]


@given(melodies())
def test_both_representations_are_exact_both_ways(melody: Score) -> None:
    for representation in (REPRESENTATIONS[DEFAULT_REPRESENTATION], AsItSounds()):
        encoded = representation.encode(melody)
        assert representation.decode(encoded, melody.meter, melody.key) == melody
        sounding = encoded[:, rows.PITCH] + representation.transposition(melody.key)
        np.testing.assert_array_equal(sounding, melody.pitch)


def test_contexts_and_bits_use_the_representation(vocabulary: Vocabulary, in_two_keys: list[Score]) -> None:
    (one, other), targets = context_of(in_two_keys, vocabulary)
    assert not np.array_equal(targets[0], targets[1])
    assert not np.array_equal(one, other)
    found = evaluate(random_network(vocabulary), vocabulary, in_two_keys)
    assert found.rounded == 0
    assert not np.allclose(found.bits[0], found.bits[1])


def test_the_default_representation_is_the_same_in_every_key(
    fit: Callable[..., Vocabulary], in_two_keys: list[Score]
) -> None:
    usual = fit(in_two_keys)
    (one, other), targets = context_of(in_two_keys, usual)
    np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(targets[0], targets[1])


def test_a_vocabulary_keeps_it_by_name(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    written = vocabulary.to_json()
    assert Vocabulary.from_json(written) == vocabulary
    monkeypatch.delitem(REPRESENTATIONS, "as-it-sounds")
    with pytest.raises(ValueError, match="Received: 'as-it-sounds'"):
        Vocabulary.from_json(written)
