"""The HTML page for all views: self-contained, without network access, for light and dark screens.

The template, the style and the script are files in assets/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

ASSETS = Path(__file__).resolve().parent / "assets"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, as text, and the HTML below it."""

    heading: str
    html: str


def page(title: str, sections: Sequence[Section], scripts: Sequence[str] = ()) -> str:
    """Return a complete HTML page.

    Args:
        title: as text; also the heading of the page.
        sections: in order; an empty heading is not shown.
        scripts: names of files in assets/ whose text is put into the page as one script, so that each sees what those
            before it export.
    """
    body = "".join(_section(section) for section in sections)
    script = "\n".join(re.sub(r"^export ", "", asset(name), flags=re.M) for name in scripts)
    return Template(asset("page.html")).substitute(
        title=escape(title), style=asset("page.css"), body=body, script=script and f"<script>\n{script}</script>"
    )


def figures_table(columns: Iterable[str], rows: Iterable[str]) -> str:
    """Return the HTML of a table of figures, which scrolls where it is wide.

    Args:
        columns: the heads, as text.
        rows: as HTML.
    """
    heads = "".join(f"<th>{escape(name)}</th>" for name in columns)
    return f'<div class="scroll"><table class="figures"><tr>{heads}</tr>{"".join(rows)}</table></div>'


def asset(name: str) -> str:
    """Return the content of a text file in assets/."""
    return (ASSETS / name).read_text("utf-8")


def _section(section: Section) -> str:
    heading = f"<h2>{escape(section.heading)}</h2>" if section.heading else ""
    return f"<section>{heading}{section.html}</section>\n"
