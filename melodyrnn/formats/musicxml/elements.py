"""Texts of the elements of an XML document."""

from __future__ import annotations

from xml.etree.ElementTree import Element


def text_of(element: Element | None, path: str) -> str:
    """Return the text at a path below an element, without spaces around it; empty where there is none."""
    return "" if element is None else (element.findtext(path) or "").strip()
