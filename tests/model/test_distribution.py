"""What each process computes of a batch, and how the loss of a process reads."""

from __future__ import annotations

import numpy as np
import pytest

from melodyrnn.errors import TrainingError
from melodyrnn.model.distribution import ALONE, Team, by_rows, is_spread, own_rows


def test_each_process_computes_its_own_rows() -> None:
    rows = np.arange(10).reshape(5, 2)
    np.testing.assert_array_equal(own_rows(rows, ALONE, 1), rows)
    parts = [own_rows(rows, Team(n, 2), 4) for n in range(2)]
    assert [part.shape for part in parts] == [(4, 2), (4, 2)]
    joined = np.concatenate(parts)
    np.testing.assert_array_equal(joined[:5], rows)
    assert not joined[5:].any()
    assert joined.dtype == rows.dtype


def test_alone_nothing_is_exchanged_or_spread() -> None:
    assert ALONE.share([3, 0.5]) == [3, 0.5]
    arrays = {"a": np.arange(3)}
    assert ALONE.share_arrays(arrays) == arrays
    assert not is_spread()
    assert by_rows(len) is len


@pytest.mark.parametrize("kind", [RuntimeError, ValueError])  # jax raises both
def test_the_loss_of_a_process_is_one_line(kind: type[Exception]) -> None:
    with (
        pytest.raises(TrainingError, match=r"start them again with --resume.* Received: UNKNOWN: Gloo failed: gone$"),
        Team(0, 2).watched(),
    ):
        raise kind("UNKNOWN: Gloo failed: gone\nand more")


def test_other_errors_stay_what_they_are() -> None:
    for team in (ALONE, Team(1, 2)):
        with pytest.raises(ValueError, match=r"^RESOURCE_EXHAUSTED: memory$"), team.watched():
            raise ValueError("RESOURCE_EXHAUSTED: memory")
    with pytest.raises(RuntimeError, match=r"^UNKNOWN: alone$"), ALONE.watched():
        raise RuntimeError("UNKNOWN: alone")
