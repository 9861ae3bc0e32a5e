"""Weights carried over to another vocabulary, and the settings of a training that starts from them."""

from dataclasses import replace

import numpy as np
import pytest

from melodyrnn.checkpoint import Metadata
from melodyrnn.errors import SettingError
from melodyrnn.evaluation.bits import evaluate
from melodyrnn.events.fit import fit_vocabulary
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.rows import encode
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.model.transfer import carry_over, settings_from
from melodyrnn.music.keys import Key
from melodyrnn.music.meter import Meter
from melodyrnn.network.cells import RecurrentConfig
from melodyrnn.network.network import Network, expected_shapes
from melodyrnn.score.score import Part, Score
from melodyrnn.score.slots import SLOT, usual_part


@pytest.mark.slow
def test_transferred_weights_predict_at_once(plain_corpus, learned):
    """Weights carried over to a corpus with other values predict it at once; random ones do not."""
    metadata, first = learned.metadata, learned.weights
    known = metadata.vocabulary
    pitches = known.values["pitch"]
    other_values = {
        "shift": (*known.values["shift"], 500),
        "duration": (*known.values["duration"], 500),
        "pitch": tuple(range(pitches[0] - 3, pitches[-1] + 2)),
    }
    wider = replace(known, values=other_values, meters=((7, 8), *known.meters[::-1]))
    weights = carry_over(first, known, wider)
    other = Network(replace(metadata, vocabulary=wider), weights)
    melodies = plain_corpus.melodies("test")
    carried = evaluate(other, wider, melodies).bits_per_note
    kept = evaluate(Network(metadata, first), known, melodies).bits_per_note
    assert carried == pytest.approx(kept, abs=0.1)
    row = pitches[10]
    np.testing.assert_array_equal(
        weights["embed_previous_pitch/embeddings"][wider.values["pitch"].index(row) + 1],
        first["embed_previous_pitch/embeddings"][11],
    )
    back = carry_over(carry_over(first, known, known), known, known)
    for name, value in first.items():
        np.testing.assert_array_equal(back[name], value)


def test_sizes_follow_the_model_to_start_from():
    metadata = Metadata(None, {"units": 32, "num_layers": 3, "dropout": 0.1, "cell": "gru"})
    found = settings_from(TrainingSettings(), metadata, set())
    assert (found.units, found.num_layers, found.cell, found.dropout) == (32, 3, "gru", None)
    with pytest.raises(SettingError, match=r"units must be that of the model to start from, 32. Received: 64"):
        settings_from(TrainingSettings(units=64), metadata, {"units"})


def _two_parts():
    parts = (Part("a"), Part("b", role="bass"))
    onset, part = np.arange(8) // 2 * 12, np.arange(8) % 2
    score = Score(
        onset, np.full(8, 6), 60 + np.arange(8), np.full(8, 80), part, Meter(4, 4), Key(0, "major"), parts=parts
    )
    vocabulary = fit_vocabulary(encode(score), [Meter(4, 4)], [48], ["major"], [1], False)
    shapes = expected_shapes(Inputs.of(vocabulary), RecurrentConfig(8, 1))
    rng = np.random.default_rng(0)
    return vocabulary, {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def test_tables_of_parts_follow_their_pitches():
    old, weights = _two_parts()
    low, *_ = old.values["pitch"]
    new = replace(old, values={**old.values, "pitch": tuple(range(low - 2, old.values["pitch"][-1] + 1))})
    carried = carry_over(weights, old, new)
    for table in ("sounding_melodic", "ahead_melodic", "own", "previous_pitch"):
        found, before = carried[f"embed_{table}/embeddings"], weights[f"embed_{table}/embeddings"]
        np.testing.assert_array_equal(found[3:], before[1:])
        np.testing.assert_array_equal(found[0], before[0])
    np.testing.assert_array_equal(carried["head_pitch_logits/kernel"][:, 2:], weights["head_pitch_logits/kernel"])


def test_a_model_of_other_parts_is_refused():
    old, weights = _two_parts()
    slots = (SLOT["melody"], SLOT["harmony"])
    new = replace(old, values={**old.values, "part": slots}, parts=tuple(map(usual_part, slots)))
    with pytest.raises(SettingError, match=r"the same parts \(melody, harmony\). Received one of melody, bass"):
        carry_over(weights, old, new)


def test_rows_of_new_modes_are_those_of_major_and_minor():
    """And rows of known modes go with their names."""
    rows, meters, bars = np.array([[0, 12, 60, 90]]), [Meter(4, 4)], [48]
    old = fit_vocabulary(rows, meters, bars, {"major": 9, "minor": 9, "dorian": 9}, [1], False)
    plain = fit_vocabulary(rows, meters, bars, {"major": 9, "minor": 9}, [1], False)
    new = fit_vocabulary(rows, meters, bars, {"phrygian": 9, "dorian": 9, "lydian": 9, "mixolydian": 9}, [1], False)
    rng = np.random.default_rng(0)
    for known, expected in ((plain, [0, 1, 2, 2, 1, 1, 2]), (old, [0, 1, 2, 3, 1, 1, 2])):
        shapes = expected_shapes(Inputs.of(known), RecurrentConfig(8, 1))
        weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
        table = "embed_mode/embeddings"
        carried = carry_over(weights, known, new)
        np.testing.assert_array_equal(carried[table], weights[table][expected])
        assert {name: value.shape for name, value in carried.items()} == expected_shapes(
            Inputs.of(new), RecurrentConfig(8, 1)
        )
        np.testing.assert_array_equal(carry_over(carried, new, known)[table], weights[table])


def test_other_values_and_further_inputs_go_together():
    """A head that reads a new condition and predicts another value has rows and columns for both."""
    rows = np.array([[0, 12, 60, 90], [12, 12, 62, 90]])
    old = fit_vocabulary(rows, [Meter(4, 4)], [48], ["major"], [1], False)
    values = {**old.values, "shift": (*old.values["shift"], 100)}
    new = replace(old, values=values, forms={"1": 1}, conditions=(*old.conditions, "form"))
    rng = np.random.default_rng(0)
    shapes = expected_shapes(Inputs.of(old), RecurrentConfig(8, 1))
    weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    carried = carry_over(weights, old, new)
    expected = expected_shapes(Inputs.of(new), RecurrentConfig(8, 1))
    assert {name: value.shape for name, value in carried.items()} == expected
