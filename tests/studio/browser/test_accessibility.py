"""axe-core, which finds what a screen reader or a keyboard cannot use, and what does not fit a small or large screen.

`axe-core/` is axe.min.js of the package axe-core 4.14.1 of npm, unchanged, with its licence (MPL-2.0).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from studio_page import StudioPage

AXE = (Path(__file__).parent / "axe-core" / "axe.min.js").read_text("utf-8")
VIOLATIONS = "(await axe.run()).violations.map((one) => [one.id, ...one.nodes.map((node) => node.html.slice(0, 200))])"
VIEWS = {
    "pieces": "0",
    "wishes": "document.querySelector('.more').open = true",
    "help": "document.querySelector('#help').click()",
    "training": "document.querySelector('[data-view=train]').click()",
}


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_there_is_no_violation(page: StudioPage, theme: str) -> None:
    tab = page.tab
    tab.evaluate(f"(document.documentElement.dataset.theme = '{theme}')")
    tab.evaluate(f"(() => {{ {AXE} }})()")
    for name, opened in VIEWS.items():
        tab.evaluate(opened)
        assert (name, tab.evaluate(VIOLATIONS)) == (name, [])
        tab.evaluate("document.querySelector('dialog[open]')?.close()")
    assert tab.errors() == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 3840])
def test_it_fits_the_screen(page: StudioPage, width: int) -> None:
    page.tab.resize(width, 800)
    assert page.tab.until(f"innerWidth === {width}")
    assert page.tab.evaluate("document.documentElement.scrollWidth") <= width
    assert page.tab.evaluate("document.querySelector('#roll').getBoundingClientRect().width") > width / 3
