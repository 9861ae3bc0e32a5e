"""The mode that the network is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from melodyrnn.conditions.mode import ModeCondition
from melodyrnn.conditions.outline import Outline
from melodyrnn.events.context import context_of
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.music.modes import MODES
from melodyrnn.score.score import Score


def told(vocabulary: Vocabulary) -> list[int]:
    """Return what a network is told for each of `MODES`."""
    outlines = [Outline(Meter(4, 4), mode, 8) for mode in MODES]
    return ModeCondition().follow(outlines, vocabulary, None)["mode"](np.zeros(len(MODES), np.int64)).tolist()  # type: ignore[arg-type]  # the notes are not read


def test_a_network_is_told_the_modes_that_it_knows_and_the_basis_of_others(
    fit: Callable[..., Vocabulary], tunes: list[Score]
) -> None:
    plain = fit(tunes)
    assert told(plain) == [1, 2, 2, 1, 1, 2]
    assert told(replace(plain, modes=("major", "minor", "dorian", "lydian"))) == [1, 2, 3, 1, 4, 2]
    assert told(replace(plain, modes=MODES)) == [1, 2, 3, 4, 5, 6]


def test_a_score_in_a_mode_that_is_not_known_has_the_context_of_its_basis(
    fit: Callable[..., Vocabulary], tunes: list[Score]
) -> None:
    plain = fit(tunes)
    wider = replace(plain, modes=MODES)
    dorian, minor = ([replace(tune, key=Key(2, mode)) for tune in tunes] for mode in ("dorian", "minor"))
    for one, other in zip(context_of(dorian, plain)[0], context_of(minor, plain)[0], strict=True):
        np.testing.assert_array_equal(one, other)
    place = Inputs.of(wider).columns.index("mode")
    for one, other in zip(context_of(dorian, wider)[0], context_of(minor, plain)[0], strict=True):
        assert set(one[:, place]) == {3}
        np.testing.assert_array_equal(np.delete(one, place, axis=1), np.delete(other, place, axis=1))
