"""Weights carried over to another vocabulary, and the settings of a training that starts from them."""

from dataclasses import replace

import numpy as np
import pytest

from melodyrnn.checkpoint import Metadata
from melodyrnn.errors import SettingError
from melodyrnn.evaluation.bits import evaluate
from melodyrnn.model.settings import TrainingSettings
from melodyrnn.model.transfer import carry_over, settings_from
from melodyrnn.network.network import Network


@pytest.mark.slow
def test_transferred_weights_predict_at_once(sample_corpus, learned):
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
    melodies = sample_corpus.melodies("test")
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
