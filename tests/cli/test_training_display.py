"""The progress of a training fits the terminal, and says what its figures mean."""

from __future__ import annotations

import io
import math
import re

import pytest
from rich.console import Console

from melodyrnn.cli.train import meaning
from melodyrnn.cli.training_display import clock, drawn, figures, fitted, line_of_round
from melodyrnn.tasks.train_task import TrainProgress


def progress(validation: float | None) -> TrainProgress:
    return TrainProgress(123, 400, "training", 12.34, 40.0, 12_345.6, 1.5, validation, 1.25, 5.125, 3, 9.5)


def test_the_figures_in_words() -> None:
    assert figures(progress(None), 1.75) == ["1.750 bits/note in training"]
    assert figures(progress(1.3), 1.75) == ["1.300 bits/note", "Markov chain 5.125", "best 1.250", "training 1.750"]
    assert line_of_round(progress(1.3)) == (
        "epoch 12.3/40  1.300 bits/note  Markov chain 5.125  best 1.250  training 1.500  12,346 notes/s"
    )


@pytest.mark.parametrize("width", range(1, 40))
def test_what_does_not_fit_is_left_out_from_the_end(width: int) -> None:
    parts = ["one", "two", "", "three", "four"]
    shown = fitted(parts, width)
    words = shown.split("  ")
    assert words == [part for part in parts if part][: len(words)]
    assert len(shown) <= max(3, width)
    rest = ["one", "two", "three", "four"][len(words) :]
    assert not rest or len("  ".join([*words, rest[0]])) > width


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("validation", [None, 1.3])
def test_two_lines_fit_the_terminal(width: int, validation: float | None) -> None:
    screen = io.StringIO()
    console = Console(file=screen, width=width, force_terminal=False)
    console.print(drawn(progress(validation), 1.75, 0.31, 4000.0, width))
    first, second = (line.rstrip() for line in screen.getvalue().splitlines())
    assert max(len(first), len(second)) < width
    assert first.startswith("epoch 12.3/40  ")
    assert "31%" in first
    assert ("1:06:40 left  12,346 notes/s" in first) == (width >= 80)
    assert second.startswith(
        "1.750 bits/note in training" if validation is None else "1.300 bits/note  Markov chain 5.125"
    )
    assert ("training 1.750" in second) == (validation is not None and width >= 80)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0:00"), (59.6, "1:00"), (200, "3:20"), (3599.4, "59:59"), (3723, "1:02:03")]
)
def test_the_clock(seconds: float, words: str) -> None:
    assert clock(seconds) == words


@pytest.mark.parametrize(("bits", "baseline"), [(0.92, 5.1), (5.1, 0.92), (3.0, 3.0)])
def test_bits_in_words(bits: float, baseline: float) -> None:
    """The numbers are those of equally likely notes: 2 to the power of the bits."""
    words = meaning(bits, baseline)
    own, other = (float(number) for number in re.findall(r"([\d.]+) (?:equally likely )?notes", words))
    assert math.log2(own) == pytest.approx(bits, abs=0.01)
    assert math.log2(other) == pytest.approx(baseline, abs=0.01)
    assert ("train longer" in words) == (bits >= baseline)
