"""The report of a training: it shows every figure that the history has, needs none, and plays its samples."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import console, needs_chromium

from melodyrnn.score.convert import to_piece
from melodyrnn.score.score import Score
from melodyrnn.view.report import Row, report_charts, training_report

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

ROWS = [
    {
        "step": 10 * n,
        "epoch": n,
        "seconds": 1.5 * n,
        "learning_rate": 1e-3 / n,
        "train_bits": 8 / n,
        "validation_bits": 9 / n if n % 2 else None,
        "best_bits": 9 / n,
        "gradient_norm": math.nan if n == 3 else 1 / n,
    }
    for n in range(1, 7)
]


def test_every_figure_of_the_history_is_shown(tunes: list[Score]) -> None:
    text = training_report(ROWS, 5.35, [("epoch 1", tunes[0]), ("epoch 6", to_piece(tunes[1]))], settings={"units": 64})
    for word in ("Bits per note", "Gradient norm", "Learning rate", "baseline", "epoch 1", "epoch 6", "5.350", "1.500"):
        assert word in text, word
    assert text.count('<article class="piece"') == 2
    assert "<th>units</th><td>64</td>" in text
    assert "<td>3.850 bits per note</td>" in text  # the gain
    bits = report_charts(ROWS, 5.35)[0]
    assert [s.label for s in bits.series] == ["training", "validation", "best", "baseline"]
    assert list(bits.series[0].y) == [8 / n for n in range(1, 7)]
    assert (list(bits.series[3].x), list(bits.series[3].y)) == ([10, 60], [5.35, 5.35])


@pytest.mark.parametrize("rows", [[], [{}], [{"step": 1}], [{"step": None, "train_bits": math.nan}]])
def test_figures_that_the_history_does_not_have_are_left_out(rows: list[Row]) -> None:
    text = training_report(rows)
    assert "No figures were recorded." in text
    assert "<script>" not in text
    assert "nan" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL).lower()


def test_one_figure_is_enough() -> None:
    (chart,) = report_charts([{"step": 1, "gradient_norm": 3.0}])
    assert chart.title == "Gradient norm"


@needs_chromium
@pytest.mark.slow
def test_a_browser_shows_it(driver: WebDriver, tunes: list[Score], tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(training_report(ROWS, 5.35, [(f"epoch {n}", tunes[n]) for n in range(4)]), "utf-8")
    driver.get(path.as_uri())
    assert driver.execute_script("return document.querySelectorAll('svg.chart').length") == 3
    assert driver.execute_script("return document.querySelectorAll('g.notes path').length") == 64
    driver.execute_script("document.querySelector('.play').click()")
    assert driver.execute_script("return document.querySelector('article').dataset.state") == "playing"
    assert console(driver) == []
