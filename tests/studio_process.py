"""A running studio, as the tests know it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Studio(NamedTuple):
    """A running studio: its address, and the folder in which the user's file about it lies."""

    url: str
    runtime: Path
    osc: int
