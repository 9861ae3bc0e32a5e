"""A critic as bytes: a compressed archive of NumPy arrays.

features            version of the features (evaluation/classifier/), int64
bars                int64 (num_judges,), ascending
N.names             of judge N (0, 1 ...): names of its features, (F,)
N.mean, N.deviation, N.weights      float32 (F,)
N.rarity, N.ngram_weights           float16 (NUM_HASHES,)
N.bias              float64

Critics of another version of the features are left out: the model then draws as one without.
"""

from __future__ import annotations

import io

import numpy as np

from .critic import NUM_HASHES, Critic, Judge

MEMBER = "critic.npz"
FEATURES = 1  # raised whenever a value or an n-gram of evaluation/classifier/ changes its meaning
_OF_FEATURES = ("mean", "deviation", "weights")
_OF_NGRAMS = ("rarity", "ngram_weights")


def to_bytes(critic: Critic) -> bytes:
    """Return a critic as bytes; equal ones give equal bytes."""
    arrays = {"features": np.array(FEATURES), "bars": np.array([judge.num_bars for judge in critic.judges])}
    for number, judge in enumerate(critic.judges):
        arrays[f"{number}.names"] = np.array(judge.names)
        arrays[f"{number}.bias"] = np.array(judge.bias)
        for name in _OF_FEATURES:
            arrays[f"{number}.{name}"] = getattr(judge, name).astype(np.float32)
        for name in _OF_NGRAMS:
            arrays[f"{number}.{name}"] = getattr(judge, name).astype(np.float16)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def from_bytes(data: bytes) -> Critic:
    """Return the critic in bytes. Raises ValueError, KeyError, OSError or zipfile.BadZipFile where they are damaged."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        if int(arrays["features"]) != FEATURES:
            return Critic()
        bars = arrays["bars"].tolist()
        if bars != sorted(set(bars)) or not bars or bars[0] < 1:
            raise ValueError("bars must ascend from 1")
        return Critic(tuple(_judge(arrays, number, num_bars) for number, num_bars in enumerate(bars)))


def _judge(arrays: np.lib.npyio.NpzFile, number: int, num_bars: int) -> Judge:
    names = tuple(map(str, arrays[f"{number}.names"]))
    found = {name: arrays[f"{number}.{name}"].astype(np.float64) for name in (*_OF_FEATURES, *_OF_NGRAMS)}
    for name, array in found.items():
        shape = (len(names) if name in _OF_FEATURES else NUM_HASHES,)
        if array.shape != shape or not np.isfinite(array).all():
            raise ValueError(f"{name} must be {shape[0]} finite numbers")
    if not (found["deviation"] > 0).all():
        raise ValueError("deviations must be positive")
    return Judge(num_bars, names, **found, bias=float(arrays[f"{number}.bias"]))
