"""A histogram of two sets of numbers as an <svg> element; its colours are set in assets/page.css."""

from __future__ import annotations

from html import escape

import numpy as np

from ..arrays import Float64s

BINS = 24
_WIDTH, _HEIGHT = 360, 120  # px
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 6, 18  # px


def histogram(real: Float64s, generated: Float64s, label: str) -> str:
    """Return a histogram of the share of each set per bin: filled bars for `real`, a line for `generated`.

    Args:
        real, generated: shape (num_values,), each with at least one value.
        label: the description for screen readers.
    """
    edges = np.histogram_bin_edges(np.concatenate([real, generated]), BINS)
    shares = [np.histogram(values, edges)[0] / len(values) for values in (real, generated)]
    top = max(share.max() for share in shares)
    x = _LEFT + (_WIDTH - _LEFT - _RIGHT) * np.arange(BINS + 1) / BINS
    real_y, generated_y = (_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share / top for share in shares)
    bars = "".join(
        f'<rect class="real" x="{x[i]:.1f}" y="{real_y[i]:.1f}" width="{x[i + 1] - x[i] - 1:.1f}" '
        f'height="{_HEIGHT - _BOTTOM - real_y[i]:.1f}"/>'
        for i in range(BINS)
    )
    steps = " ".join(f"{x[i]:.1f},{generated_y[i]:.1f} {x[i + 1]:.1f},{generated_y[i]:.1f}" for i in range(BINS))
    ends = "".join(
        f'<text x="{place}" y="{_HEIGHT - 4}" text-anchor="{anchor}">{value:.3g}</text>'
        for place, anchor, value in ((_LEFT, "start", edges[0]), (_WIDTH - _RIGHT, "end", edges[-1]))
    )
    return (
        f'<svg class="histogram" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}">{bars}'
        f'<polyline class="generated" points="{steps}"/>{ends}</svg>'
    )
