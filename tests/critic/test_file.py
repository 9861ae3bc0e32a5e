"""A critic in a model file: bytes and back, damage, versions of the features."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from critics import judge
from laid_out import sample_tunes

from melodyrnn.checkpoint import has_critic, load_checkpoint, load_metadata, replace_member
from melodyrnn.critic import file
from melodyrnn.critic.critic import Critic
from melodyrnn.critic.file import MEMBER, from_bytes, to_bytes
from melodyrnn.errors import CheckpointError
from melodyrnn.evaluation.classifier.ngrams import ngrams
from melodyrnn.evaluation.classifier.tune import Tune
from melodyrnn.evaluation.classifier.values import Values

CRITIC = Critic((judge(8), judge(16, seed=1)))


def test_bytes_and_back() -> None:
    found = from_bytes(to_bytes(CRITIC))
    assert to_bytes(found) == to_bytes(CRITIC)
    for one, other in zip(found.judges, CRITIC.judges, strict=True):
        assert (one.num_bars, one.names, one.bias) == (other.num_bars, other.names, other.bias)
        np.testing.assert_allclose(one.weights, other.weights, rtol=1e-6)
        np.testing.assert_array_equal(one.ngram_weights, other.ngram_weights)


def test_of_other_features_it_has_no_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "FEATURES", file.FEATURES + 1)
    data = to_bytes(CRITIC)
    monkeypatch.undo()
    assert not from_bytes(data)


def test_the_version_of_the_features_is_raised_with_them() -> None:
    """A judge's weights are worthless for other values: where this fails, raise `FEATURES` and fit critics anew."""
    digest = hashlib.sha256()
    for tune in [tune for score in sample_tunes() if (tune := Tune.of(score, 8)) is not None][:12]:
        values = Values.of([tune])
        digest.update(repr([values.groups, values.words, np.round(values.table, 9).tolist(), ngrams(tune)]).encode())
    assert (file.FEATURES, digest.hexdigest()[:16]) == (1, "8b456ba462305454")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bars", np.array([16, 8])),
        ("bars", np.array([], dtype=np.int64)),
        ("0.weights", np.ones(3, np.float32)),
        ("0.weights", np.full(2, np.nan, np.float32)),
        ("0.deviation", np.zeros(2, np.float32)),
        ("1.ngram_weights", np.ones(7, np.float16)),
        ("0.names", None),
    ],
)
def test_damage_is_told(model_file: Path, name: str, value: np.ndarray | None) -> None:
    with np.load(io.BytesIO(to_bytes(CRITIC))) as arrays:
        changed = {key: arrays[key] for key in arrays if key != name} | ({} if value is None else {name: value})
    out = io.BytesIO()
    np.savez(out, **changed)  # type: ignore[arg-type]
    replace_member(model_file, MEMBER, out.getvalue())
    with pytest.raises(CheckpointError, match=r"the critic of .* is damaged"):
        load_checkpoint(model_file)


def test_in_a_model_file(model_file: Path) -> None:
    assert not has_critic(model_file)
    before, weights = load_checkpoint(model_file)
    assert not before.critic
    replace_member(model_file, MEMBER, to_bytes(CRITIC))
    replace_member(model_file, MEMBER, to_bytes(CRITIC))
    after, same = load_checkpoint(model_file)
    assert (after, load_metadata(model_file)) == (before, before)
    assert to_bytes(after.critic) == to_bytes(CRITIC)
    for name, array in weights.items():
        np.testing.assert_array_equal(same[name], array)
    with zipfile.ZipFile(model_file) as archive:
        assert archive.namelist().count(MEMBER) == 1
    assert has_critic(model_file)
