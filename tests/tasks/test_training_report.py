"""The pieces that are generated during a training: when there is one, and who is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from melodyrnn.checkpoint import load_checkpoint
from melodyrnn.model.run import Progress
from melodyrnn.tasks.training_report import Sample, Samples


def rounds_with_sample(model_file: Path, samples: Samples, seconds_of_round: float) -> list[int]:
    """Run through the forty rounds of a training, and return those that gave a sample."""
    metadata, weights = load_checkpoint(model_file)
    found = []
    for done in range(1, 41):
        progress = Progress(done, 40, 5, 5 * done, 200, 20, seconds=seconds_of_round * done)
        before = len(samples.pieces)
        samples(progress, metadata, weights)
        found += [done] * (len(samples.pieces) - before)
    return found


def test_a_sample_after_the_first_round_and_each_sixth(model_file: Path) -> None:
    told: list[Sample] = []
    samples = Samples(listener=told.append)
    assert rounds_with_sample(model_file, samples, 1.0) == [1, 7, 14, 20, 27, 34, 40]
    assert told == samples.pieces
    assert [sample.epoch for sample in told] == [done / 4 for done in (1, 7, 14, 20, 27, 34, 40)]
    assert len({len(sample.piece.tracks) for sample in told}) == 1


@pytest.mark.parametrize(("limit", "rounds"), [(12.0, [1, 2, 4, 6, 8, 10, 12]), (1200.0, [1, 7, 14, 20, 27, 34, 40])])
def test_a_sixth_by_time_counts_where_it_is_reached_first(model_file: Path, limit: float, rounds: list[int]) -> None:
    assert rounds_with_sample(model_file, Samples(max_seconds=limit), 1.0) == rounds
