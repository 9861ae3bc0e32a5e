"""Weights for inputs that a network does not read yet: tables at random, and kernels that ignore them at first.

The network then computes what it computed before, until training finds what the new inputs are good for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..arrays import Float32s
from ..checkpoint import Weights
from ..events.inputs import Inputs, Lookup

_SPREAD = 0.05  # of a new table, as Keras starts one


def with_inputs(weights: Weights, old: Inputs, new: Inputs) -> dict[str, Float32s]:
    """Return the weights of a network on the inputs `old` for one on `new`, which has all of them and maybe more."""
    out = dict(weights)
    rng = np.random.default_rng(0)
    for table, size in new.tables.items():
        if table not in old.tables:
            out[f"embed_{table}/embeddings"] = rng.uniform(-_SPREAD, _SPREAD, size).astype(np.float32)
    for layer, before, after in _readers(old, new):
        name = f"{layer}/kernel"
        if before != after and name in out:
            out[name] = _with_rows(out[name], 0 if layer == "core_0" else _units(weights), before, after, new)
    return out


def _units(weights: Weights) -> int:
    """Return the width of a recurrent layer's output."""
    return len(weights.get("core_0/recurrent_kernel", weights["core_0/bias"]))


def _readers(old: Inputs, new: Inputs) -> Iterator[tuple[str, Sequence[Lookup], Sequence[Lookup]]]:
    """Yield the layers that read embedding tables, with what each reads before and after."""
    yield "core_0", old.trunk, new.trunk
    for field in new.fields:
        for layer in ("hidden", "gate_hidden") if new.has_hidden_layer(field) else ("logits", "gate_hidden"):
            yield f"head_{field}_{layer}", old.head(field), new.head(field)


def _with_rows(
    kernel: Float32s, units: int, before: Sequence[Lookup], after: Sequence[Lookup], inputs: Inputs
) -> Float32s:
    """Return a kernel (..., inputs, outputs) with rows of 0 for new inputs.

    Its rows are those of the recurrent layers, of the tables in the order of the lookups, and others.
    """
    rows = {}
    start = units
    for lookup in before:
        stop = start + inputs.tables[lookup.table][1]
        rows[lookup] = kernel[..., start:stop, :]
        start = stop
    shape = kernel.shape
    found = [
        rows.get(lookup, np.zeros((*shape[:-2], inputs.tables[lookup.table][1], shape[-1]), kernel.dtype))
        for lookup in after
    ]
    return np.concatenate([kernel[..., :units, :], *found, kernel[..., start:, :]], axis=-2)
