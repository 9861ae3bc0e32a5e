"""Two sets of numbers as one histogram, in inline SVG that needs nothing beside it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
BINS = 24
_WIDTH, _HEIGHT = 360, 120
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 6, 18


def histogram(real: Floats, generated: Floats, label: str) -> str:
    """Shares of both sets by bin, the real as filled bars and the generated as a line over them.

    `label` says what is shown to whoever cannot see it.
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
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{bars}'
        f'<polyline class="generated" points="{steps}"/>{ends}</svg>'
    )
