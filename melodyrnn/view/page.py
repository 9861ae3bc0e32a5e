"""One self-contained HTML page: style and script inside it, nothing fetched, light and dark as the reader has it.

The template, style and script are files of their own in assets/ and no Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template


@dataclass(frozen=True, slots=True)
class Section:
    """A heading (text) and what stands under it (HTML)."""

    heading: str
    html: str


def page(title: str, sections: Sequence[Section], scripts: Sequence[str] = ()) -> str:
    """A whole page.

    Args:
        title: text.
        sections: in order; one without a heading shows none.
        scripts: names of files in assets/.
    """
    body = "".join(_section(section) for section in sections)
    script = "\n".join(asset(name) for name in scripts)
    return Template(asset("page.html")).substitute(
        title=escape(title), style=asset("page.css"), body=body, script=script and f"<script>\n{script}</script>"
    )


def asset(name: str) -> str:
    """The text of a file in assets/."""
    return (files(__package__) / "assets" / name).read_text("utf-8")


def _section(section: Section) -> str:
    heading = f"<h2>{escape(section.heading)}</h2>" if section.heading else ""
    return f"<section>{heading}{section.html}</section>\n"
