"""Pages that notebooks show."""

from __future__ import annotations

from html import escape

_HEIGHT = 420  # px


class Page(str):
    """An HTML page as text, which a notebook shows, with its players, in a frame."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Page({len(self)} characters of HTML)"

    def _repr_html_(self) -> str:
        """Return a frame with the page."""
        return f'<iframe srcdoc="{escape(str(self))}" style="width:100%;height:{_HEIGHT}px;border:0"></iframe>'
