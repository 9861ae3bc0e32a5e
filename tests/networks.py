"""Networks with random weights, for tests of what does not depend on what they have learned."""

from __future__ import annotations

import numpy as np

from melodyrnn.checkpoint import Metadata
from melodyrnn.events.inputs import Inputs
from melodyrnn.events.vocabulary import Vocabulary
from melodyrnn.network.cells import RecurrentConfig
from melodyrnn.network.network import Network, expected_shapes


def random_network(vocabulary: Vocabulary, units: int = 4, scale: float = 1.0) -> Network:
    """A NumPy network of one layer on a vocabulary, batch-invariant, always the same."""
    rng = np.random.default_rng(0)
    shapes = expected_shapes(Inputs.of(vocabulary), RecurrentConfig(units, 1))
    weights = {name: rng.normal(0, scale, shape).astype(np.float32) for name, shape in shapes.items()}
    metadata = Metadata(vocabulary, {"units": units, "num_layers": 1, "dropout": 0.0})
    return Network(metadata, weights, batch_invariant=True)
