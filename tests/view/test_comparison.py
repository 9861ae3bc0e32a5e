"""The page of a comparison: self-contained, every row and histogram in it, names escaped, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from browser import console, needs_chromium

from melodyrnn.evaluation.checks import checks_of
from melodyrnn.evaluation.classifier.auc import Auc
from melodyrnn.evaluation.classifier.classification import Classification, Control
from melodyrnn.evaluation.classifier.differences import Difference
from melodyrnn.evaluation.compare import Comparison, compare
from melodyrnn.score.score import Score
from melodyrnn.view.comparison import comparison_page

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

Make = Callable[..., Score]


@pytest.fixture
def comparison(make_melody: Make) -> Comparison:
    walks = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        walks.append(make_melody((67 + np.clip(np.cumsum(rng.integers(-3, 4, 64)), -40, 40)).tolist()))
    return compare(walks[:4], walks)


class _Tags(HTMLParser):
    """Collects the tags of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_self_contained(comparison: Comparison) -> None:
    text = comparison_page(comparison, "<mine>", "theirs & ours")
    page = _Tags(text)
    assert not [attrs for _, attrs in page.tags if "src" in attrs]
    assert [attrs["href"] for _, attrs in page.tags if "href" in attrs] == ["data:,"]  # no favicon is fetched
    assert "http:" not in text
    assert "https:" not in text
    assert "<script" not in text
    assert "&lt;mine&gt;" in text
    assert "theirs &amp; ours" in text


def test_a_classifier_has_its_section(comparison: Comparison) -> None:
    auc, half = Auc(0.81, 0.77, 0.85), Auc(0.49, 0.41, 0.57)
    difference = Difference("rhythm", "rests & more", 0.25, 0.125, -1.5)
    found = Classification(16, 197, auc, auc, Control(98, half, half), {"rhythm": auc}, (difference,), (difference,))
    for allowed, verdict in ((None, "figure"), (0.7, "missed"), (0.9, "held")):
        text = comparison_page(replace(comparison, classification=found, max_auc=allowed), "mine", "theirs")
        page = _Tags(text)
        assert "first 16 full bars of the leading line of 197 pieces" in page.text
        assert "0.810 [0.770, 0.850]0.490 [0.410, 0.570]" in page.text
        assert "rests & morerhythm0.2500.125-1.50" in page.text
        assert "rests &amp; more" in text
        assert f"classifier AUC, inner0.810.49{'0.5 where' if allowed is None else f'at most {allowed}'}" in page.text
        assert page.text.split("classifier AUC, inner")[1].startswith("0.810.49")
        assert verdict in page.text.split("classifier AUC, inner")[1][:60]
    assert "Can a classifier" not in comparison_page(comparison, "mine", "theirs")


def test_every_check_and_every_feature_has_its_row_and_every_feature_a_histogram(comparison: Comparison) -> None:
    page = _Tags(comparison_page(comparison, "mine", "theirs"))
    assert sum(tag == "svg" for tag, _ in page.tags) == len(comparison.rows)
    assert sum(tag == "tr" for tag, _ in page.tags) == 2 + len(checks_of(comparison)) + len(comparison.rows)
    for check in checks_of(comparison):
        assert check.name in page.text
    bars = [float(attrs["height"] or 0) for tag, attrs in page.tags if tag == "rect"]
    assert min(bars) >= 0
    assert max(bars) > 50


@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_it_in_light_and_dark(
    driver: WebDriver, comparison: Comparison, tmp_path: Path, scheme: str
) -> None:
    path = tmp_path / "page.html"
    path.write_text(comparison_page(comparison, "mine", "theirs"), "utf-8")
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    driver.get(path.as_uri())
    style = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
    paper = driver.execute_script(style, "body", "backgroundColor")
    assert (sum(map(int, paper[4:-1].split(","))) / 3 > 128) == (scheme == "light")
    fill = driver.execute_script(style, ".histogram .real", "fill")
    assert fill == driver.execute_script(style, ".swatch.real", "backgroundColor")
    stroke = driver.execute_script(style, ".histogram .generated", "stroke")
    assert stroke == driver.execute_script(style, ".swatch.generated", "backgroundColor") != fill
    assert console(driver) == []
