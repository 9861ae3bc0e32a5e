from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from melodyrnn.conditions.table import ALWAYS
from melodyrnn.corpus.batches import Batches
from melodyrnn.events.inputs import Inputs

INPUTS = Inputs({"shift": 12, "duration": 11, "pitch": 40}, 2, 48)
END = 9999


def batches(*lengths: int, **settings: float) -> Batches:
    """Pieces of these numbers of rows, END included. Every column encodes its piece and row and is never 0."""
    contexts, targets = [], []
    for piece, rows in enumerate(lengths):
        context = np.full((rows, len(INPUTS.columns)), piece + 1, dtype=np.uint8)
        target = np.stack([np.arange(rows)] * 3, axis=1)
        target[-1] = [END, 0, 0]
        contexts.append(context)
        targets.append(target)
    return Batches(contexts, targets, INPUTS, **settings)  # type: ignore[arg-type]


def test_shapes_and_types() -> None:
    inputs, weights = batches(5, 40, length=16, size=7).draw(np.random.default_rng(0))
    assert inputs["context"].shape == (7, 16, len(INPUTS.columns))
    assert inputs["values"].shape == weights.shape == (7, 16, 3)
    assert (inputs["context"].dtype, inputs["values"].dtype, weights.dtype) == (np.int32, np.int32, np.float32)


def test_windows_are_cut_from_one_piece_in_order() -> None:
    inputs, weights = batches(30, 50, length=16, size=64, hide_lookbacks=0).draw(np.random.default_rng(0))
    for context, values, weight in zip(inputs["context"], inputs["values"], weights, strict=True):
        shown = weight[:, 0] == 1
        rows = values[shown, 0]
        assert len(np.unique(context[shown])) == 1
        piece = context[0, 0] - 1
        rows[rows == END] = (30, 50)[piece] - 1
        assert (np.diff(rows) == 1).all()


def test_weights_are_zero_past_the_end_and_on_fields_that_end_lacks() -> None:
    inputs, weights = batches(6, length=16, size=4, hide_lookbacks=0).draw(np.random.default_rng(0))
    assert weights[:, :5].all()  # five notes
    assert weights[:, 5].tolist() == [[1, 0, 0]] * 4
    assert not weights[:, 6:].any()
    assert not inputs["context"][:, 6:].any()
    assert (inputs["values"][:, 5, 0] == END).all()


def test_all_fields_of_every_row_but_end_have_weight() -> None:
    inputs, weights = batches(100, length=16, size=200).draw(np.random.default_rng(0))
    shown = weights[..., 0] == 1
    end = inputs["values"][..., 0] == END
    assert 0 < end.any(axis=1).sum() < 200
    assert weights[shown & ~end].all()
    assert weights[end].tolist() == [[1, 0, 0]] * int(end.sum())
    assert not weights[~shown].any()


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_look_backs_are_hidden_in_their_share_of_sequences(share: float) -> None:
    inputs, _ = batches(16, length=16, size=2000, hide_lookbacks=share).draw(np.random.default_rng(0))
    shown = inputs["context"]
    hidden = (shown[:, :, INPUTS.lookback_columns] == 0).all(axis=(1, 2))
    assert (shown[~hidden] > 0).all()
    assert (shown[:, :, ~INPUTS.lookback_columns] > 0).all()  # never anything but look-backs
    assert abs(hidden.mean() - share) < 0.04


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_form_is_hidden_in_its_share_of_sequences(share: float) -> None:
    inputs = replace(INPUTS, conditions=(*ALWAYS, "form"))
    contexts = [np.ones((16, len(inputs.columns)), dtype=np.uint8)]
    drawn = Batches(contexts, [np.zeros((16, 3), dtype=np.int64)], inputs, 16, 2000, 0.25, share)
    shown = drawn.draw(np.random.default_rng(0))[0]["context"]
    hidden = (shown[:, :, inputs.condition_columns("form")] == 0).all(axis=(1, 2))
    assert (shown[~hidden][:, :, inputs.condition_columns("form")] > 0).all()
    assert abs(hidden.mean() - share) < 0.04
    assert (shown[:, :, ~inputs.condition_columns("form") & ~inputs.lookback_columns] > 0).all()


def seen(drawn: Batches, draws: int, *lengths: int) -> list[np.ndarray]:
    """How often each row of each piece had weight."""
    rng, counts = np.random.default_rng(1), [np.zeros(n) for n in lengths]
    for _ in range(draws):
        inputs, weights = drawn.draw(rng)
        pieces = inputs["context"].max(axis=(1, 2)) - 1
        for piece, values, weight in zip(pieces, inputs["values"], weights, strict=True):
            rows = values[weight[:, 0] == 1, 0]
            counts[piece][np.where(rows == END, lengths[piece] - 1, rows)] += 1
    return counts


@pytest.mark.parametrize("rows", [20, 100, 400])
def test_every_row_of_a_piece_is_seen_often(rows: int) -> None:
    (counts,) = seen(batches(rows, length=32, size=200, hide_lookbacks=0), 60, rows)
    assert counts.min() > 0.35 * counts.mean()
    assert counts.max() < 1.7 * counts.mean()


def test_pieces_are_seen_by_their_length() -> None:
    """A note of a long piece as often as a note of a short one."""
    counts = seen(batches(32, 320, length=32, size=200), 40, 32, 320)
    assert counts[0].mean() == pytest.approx(counts[1].mean(), rel=0.1)


def test_an_epoch_has_about_as_many_notes_as_the_corpus() -> None:
    drawn = batches(32, 320, 160, length=32, size=4)
    assert drawn.per_epoch == 4
    assert batches(3, length=32, size=4).per_epoch == 1


def test_the_same_seed_draws_the_same_batch() -> None:
    drawn = batches(30, 50, length=16, size=8)
    (one, w1), (two, w2), (other, _) = (drawn.draw(np.random.default_rng(seed)) for seed in (1, 1, 2))
    for name in one:
        np.testing.assert_array_equal(one[name], two[name])
    np.testing.assert_array_equal(w1, w2)
    assert any((one[name] != other[name]).any() for name in one)


def test_drawing_does_not_change_the_corpus() -> None:
    drawn = batches(30, length=16, size=8, hide_lookbacks=1.0)
    drawn.draw(np.random.default_rng(0))
    assert (drawn.contexts[0] == 1).all()
