"""Charts: every point at its place, gaps where there is nothing to draw, the same lines in SVG and PNG."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import OutputError
from melodyrnn.view.chart import Axis, Chart, Series, write_png
from melodyrnn.view.page import Section, page

numbers = st.floats(-1e6, 1e6, allow_nan=False)


def chart(*series: Series, **rest: bool) -> Chart:
    return Chart("Loss & <more>", "step", "bits", series, **rest)


def paths(svg: str) -> list[list[list[tuple[float, float]]]]:
    """Of each line its strokes, of each stroke its points."""
    found = []
    for element in ET.fromstring(svg).iter("path"):
        if element.find("title") is not None:
            strokes = element.get("d", "").replace("h.01", "").split("M")[1:]
            found.append([[tuple(map(float, p.split())) for p in stroke.split("L")] for stroke in strokes])
    return found


def test_points_are_drawn_where_the_axes_map_them() -> None:
    drawn = chart(Series("a", [0, 5, 10], [2, 4, 6]))
    x, y = drawn.axes()
    assert paths(drawn.to_svg()) == [
        [[(x.start, y.start), ((x.start + x.stop) / 2, (y.start + y.stop) / 2), (x.stop, y.stop)]]
    ]


def test_on_a_logarithmic_axis_equal_ratios_have_equal_distances() -> None:
    drawn = chart(Series("a", [1, 2, 3], [1, 10, 100]), log_y=True)
    (((_, low), (_, middle), (_, high)),) = paths(drawn.to_svg())[0:1][0]
    assert middle == pytest.approx((low + high) / 2, abs=0.1)


@pytest.mark.parametrize("hole", [None, math.nan, math.inf])
def test_a_missing_value_is_a_gap(hole: float | None) -> None:
    strokes = paths(chart(Series("a", [1, 2, 3, 4], [1, 2, hole, 4])).to_svg())[0]
    assert [len(s) for s in strokes] == [2, 1]


def test_a_value_that_a_logarithmic_axis_cannot_show_is_a_gap_and_does_not_change_the_axis() -> None:
    drawn = chart(Series("a", [1, 2, 3], [10, 0, 1000]), log_y=True)
    assert drawn.axes()[1].low == 10
    assert [len(s) for s in paths(drawn.to_svg())[0]] == [1, 1]


def test_a_chart_without_values_is_valid_svg() -> None:
    for series in ([], [Series("a", [], [])], [Series("a", [1], [math.nan])], [Series("a", [3], [3])]):
        for log in (False, True):
            ET.fromstring(Chart("t", "x", "y", series, log_y=log, log_x=log).to_svg())


@given(st.lists(numbers, min_size=1, max_size=30), st.booleans())
def test_every_drawable_value_is_inside_the_axis_and_so_are_the_ticks(values: list[float], log: bool) -> None:
    axis = Axis.around(values, 0, 100, log)
    drawable = [v for v in values if v > 1e-300 or not log]
    assert all(-1e-6 <= axis(v) <= 100 + 1e-6 for v in drawable)
    ticks = axis.ticks()
    assert 2 <= len(ticks) <= 12
    assert ticks == sorted(set(ticks))
    assert all(-1e-3 <= axis(t) <= 100 + 1e-3 for t in ticks)


def test_labels_are_escaped_and_each_series_has_its_title() -> None:
    svg = chart(Series("<b>", [1, 2], [1, 2]), Series("other", [1, 2], [2, 1], dashed=True)).to_svg()
    assert "Loss &amp; &lt;more&gt;" in svg
    assert [t.text for t in ET.fromstring(svg).iter("title")] == ["<b>", "other"]
    assert re.search(r'class="line s1 dashed"', svg)


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match=r"one length\. Received: 2 and 1"):
        Series("a", [1, 2], [1])


def test_png(tmp_path: Path) -> None:
    image = pytest.importorskip("matplotlib.image")
    path = tmp_path / "a.png"
    drawn = chart(Series("a", [1, 2, 3], [1, None, 100]), Series("b", [1, 3], [5, 5], True), log_y=True)
    write_png([drawn], path)
    pixels = image.imread(path)
    assert pixels.shape[:2] == (432, 864)
    assert 0.5 < pixels[..., :3].mean() < 0.999  # lines on white
    with pytest.raises(OutputError, match="must not exist yet"):
        write_png([chart()], path)


def test_a_page_holds_its_sections_and_fetches_nothing() -> None:
    text = page("A & B", [Section("One <1>", "<p>first</p>"), Section("", "<p>second</p>")])
    assert "<title>A &amp; B</title>" in text
    assert "<h2>One &lt;1&gt;</h2><p>first</p>" in text
    assert text.index("first") < text.index("second")
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="(?!data:)|url\(|@import|https?://', text)
