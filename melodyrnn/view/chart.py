"""Line charts: as an <svg> element for a page, without a library, and as PNG through matplotlib (extra `plot`).

Conventions: a value that is None or NaN, or not above 1e-300 on a logarithmic axis, leaves a gap in its line. The
colours of the SVG are set in assets/page.css, for light and dark; its units are pixels, y downwards.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from ..extras import require
from ..files import atomic_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Number = float | None
WIDTH, HEIGHT = 640, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 20, 28, 40
_NUM_COLOURS = 6  # .s0 to .s5 in page.css
_LEAST_LOG = 1e-300  # numbers below lose digits


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart: `x` and `y` have the same length. A baseline is drawn `dashed`."""

    label: str
    x: Sequence[Number]
    y: Sequence[Number]
    dashed: bool = False

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise ValueError(f"x and y must have one length. Received: {len(self.x)} and {len(self.y)}")


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale that maps values `low` to `high` onto pixels `start` to `stop`; logarithmic where `log` is True."""

    low: float
    high: float
    start: float
    stop: float
    log: bool = False

    @classmethod
    def around(cls, values: Iterable[Number], start: float, stop: float, log: bool) -> Axis:
        """Return the axis from the smallest to the largest drawable value; wider where they are (almost) equal."""
        known = [float(v) for v in values if v is not None and is_drawn(v, log)]
        low, high = (min(known), max(known)) if known else (1.0, 10.0)
        if log and high < low * 1.2:
            low, high = low / 1.5, high * 1.5
        elif not log and high - low <= 1e-9 * max(abs(low), abs(high), 1e-3):
            low, high = low - 0.5, high + 0.5
        return cls(low, high, start, stop, log)

    def __call__(self, value: float) -> float:
        share = (
            (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
            if self.log
            else (value - self.low) / (self.high - self.low)
        )
        return self.start + share * (self.stop - self.start)

    def ticks(self, most: int = 7) -> list[float]:
        """Return round values inside the axis, about `most` of them, in ascending order."""
        return _log_ticks(self.low, self.high, most) if self.log else _linear_ticks(self.low, self.high, most)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of lines with one x and one y axis."""

    title: str
    x_label: str
    y_label: str
    series: Sequence[Series]
    log_y: bool = False
    log_x: bool = False

    def to_svg(self) -> str:
        """Return the chart as an <svg> element."""
        x, y = self.axes()
        lines = "".join(self._line(number, series, x, y) for number, series in enumerate(self.series))
        return (
            f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(self.title)}">'
            f'<text class="title" x="{_LEFT}" y="16">{escape(self.title)}</text>'
            f"{_grid(x, y)}{lines}{self._legend()}"
            f'<text class="label" x="{(x.start + x.stop) / 2:g}" y="{HEIGHT - 6}" text-anchor="middle">'
            f"{escape(self.x_label)}</text>"
            f'<text class="label" transform="translate(12 {(y.start + y.stop) / 2:g}) rotate(-90)" '
            f'text-anchor="middle">{escape(self.y_label)}</text></svg>'
        )

    def draw(self, axes: Axes) -> None:
        """Draw the chart on axes of matplotlib."""
        for series in self.series:
            points = [self._point(x, y) or (math.nan, math.nan) for x, y in zip(series.x, series.y, strict=True)]
            xs, ys = zip(*points, strict=True) if points else ((), ())
            axes.plot(xs, ys, "--" if series.dashed else "-", label=series.label, linewidth=1.5)
        axes.set(title=self.title, xlabel=self.x_label, ylabel=self.y_label)
        for log, scale in ((self.log_x, axes.set_xscale), (self.log_y, axes.set_yscale)):
            if log:
                scale("log")
        axes.grid(alpha=0.3)
        if self.series:
            axes.legend()

    def axes(self) -> tuple[Axis, Axis]:
        """Return the x and the y axis, which contain every point that can be drawn."""
        points = [p for s in self.series for p in map(self._point, s.x, s.y) if p is not None]
        return (
            Axis.around([p[0] for p in points], _LEFT, WIDTH - _RIGHT, self.log_x),
            Axis.around([p[1] for p in points], HEIGHT - _BOTTOM, _TOP, self.log_y),
        )

    def _point(self, x: Number, y: Number) -> tuple[float, float] | None:
        if x is None or y is None or not is_drawn(x, self.log_x) or not is_drawn(y, self.log_y):
            return None
        return float(x), float(y)

    def _line(self, number: int, series: Series, x: Axis, y: Axis) -> str:
        commands, joined = [], False
        for point in map(self._point, series.x, series.y):
            if point is not None:
                commands.append(f"{'L' if joined else 'M'}{x(point[0]):.1f} {y(point[1]):.1f}")
            joined = point is not None
        if len(commands) == 1:
            commands.append("h.01")  # with round caps, a single point is drawn as a dot
        dashed = " dashed" if series.dashed else ""
        return (
            f'<path class="line s{number % _NUM_COLOURS}{dashed}" d="{"".join(commands)}">'
            f"<title>{escape(series.label)}</title></path>"
        )

    def _legend(self) -> str:
        if len(self.series) < 2:
            return ""
        parts = []
        for number, series in enumerate(self.series):
            top = _TOP + 12 + 16 * number
            dashed = " dashed" if series.dashed else ""
            parts.append(
                f'<path class="line s{number % _NUM_COLOURS}{dashed}" d="M{WIDTH - 160} {top - 4}h18"/>'
                f'<text class="key" x="{WIDTH - 136}" y="{top}">{escape(series.label)}</text>'
            )
        return f'<g class="legend">{"".join(parts)}</g>'


def write_png(charts: Sequence[Chart], path: str | os.PathLike[str], force: bool = False) -> None:
    """Write charts, one below the other, as one PNG.

    Raises:
        MissingExtraError: where matplotlib is not installed.
        OutputError: where the file cannot be written, or exists and `force` is False.
    """
    figure = require("plot", "matplotlib.figure").Figure(figsize=(7.2, 3.6 * max(1, len(charts))), layout="constrained")
    for number, chart in enumerate(charts, start=1):
        chart.draw(figure.add_subplot(len(charts), 1, number))
    with atomic_file(path, force) as temporary:
        figure.savefig(temporary, format="png", dpi=120)


def is_drawn(value: float, log: bool) -> bool:
    """Return whether a value can be drawn on a linear axis, or on a logarithmic one where `log` is True."""
    return math.isfinite(value) and (value > _LEAST_LOG or not log)


def _grid(x: Axis, y: Axis) -> str:
    parts = []
    for value in x.ticks():
        parts.append(
            f'<path class="grid" d="M{x(value):.1f} {y.start:g}V{y.stop:g}"/>'
            f'<text class="tick" x="{x(value):.1f}" y="{y.start + 14:g}" text-anchor="middle">{_label(value)}</text>'
        )
    for value in y.ticks():
        parts.append(
            f'<path class="grid" d="M{x.start:g} {y(value):.1f}H{x.stop:g}"/>'
            f'<text class="tick" x="{x.start - 6:g}" y="{y(value) + 4:.1f}" text-anchor="end">{_label(value)}</text>'
        )
    return "".join(parts)


def _label(value: float) -> str:
    if value and (abs(value) >= 1e6 or abs(value) < 1e-3):
        return f"{value:.0e}".replace("e+0", "e").replace("e-0", "e−")
    return f"{value:g}"


def _linear_ticks(low: float, high: float, most: int) -> list[float]:
    step = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(step * factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    digits = 1 - math.floor(math.log10(step))
    return [round(n * step, digits) for n in range(first, last + 1)]


def _log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return multiples of powers of ten: 1 to 9, or 1, 2 and 5, or 1, or 1 of some powers, to keep below `most`."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    stride = max(1, math.ceil((len(powers) - 1) / most))
    for factors, kept in ((range(1, 10), powers), ((1, 2, 5), powers), ((1,), powers), ((1,), powers[::stride])):
        values = [factor * 10.0**power for power in kept for factor in factors]
        ticks = [v for v in values if low * (1 - 1e-9) <= v <= high * (1 + 1e-9)]
        if len(ticks) <= most:
            break
    return ticks if len(ticks) >= 2 else _linear_ticks(low, high, most)
