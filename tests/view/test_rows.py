"""Rows of pitches and drums, and colours that can be told apart on light and on dark paper."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from melodyrnn.music.piece import Notes, Piece, Track
from melodyrnn.view.page import asset
from melodyrnn.view.rows import COLOURS, Rows, rows_of

CSS = asset("page.css")
LIGHT, DARK = CSS.split("@media", 1)
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK.split("* {", 1)[0]], ids=["light", "dark"])


def colours(theme: str) -> list[str]:
    return re.findall(r"--s\d+: (#[0-9a-f]{6});", theme)


def linear(colour: str) -> np.ndarray:
    share = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, as the Web Content Accessibility Guidelines define it."""
    dark, light = sorted(float(linear(colour) @ (0.2126, 0.7152, 0.0722)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def oklab(colour: str) -> np.ndarray:
    """The colour in a space where distances are about as they are seen (Ottosson 2020)."""
    cones = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.63]]) @ linear(colour)
    return np.array([[0.2105, 0.7936, -0.0041], [1.978, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]) @ np.cbrt(cones)


@THEMES
def test_colours_differ_from_the_paper_and_from_each_other(theme: str) -> None:
    found = colours(theme)
    (panel,) = re.findall(r"--panel: (#\w{6});", theme)
    assert len(found) == len(COLOURS) == 16
    assert min(contrast(colour, panel) for colour in found) >= 3
    assert min(np.linalg.norm(oklab(one) - oklab(other)) for one, other in combinations(found, 2)) > 0.1


def test_the_page_has_the_colours_of_pictures_and_a_rule_for_each() -> None:
    assert tuple(colours(LIGHT)) == COLOURS
    for n in range(len(COLOURS)):
        assert f".s{n} {{ stroke: var(--s{n}); }}" in CSS
        assert f".swatch.s{n} {{ background: var(--s{n}); }}" in CSS


def test_rows() -> None:
    line = Track(Notes.of([0, 480], [480] * 2, [50, 80], [90, 90]))
    drums = Track(Notes.of([0, 480], [480] * 2, [42, 36], [90, 90]), channel=9)
    assert rows_of(Piece(480, (line, drums))) == Rows(49, 81, (36, 42))
    assert rows_of(Piece(480, (drums,))).num_pitches == 0
    assert rows_of(Piece(480, ())).num_pitches == 13
    assert rows_of(Piece(480, (Track(Notes.of([0], [480], [60], [90])),))).num_pitches == 13
