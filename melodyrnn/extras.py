"""Packages that only some commands need: imported when used, and asked for by name where they are missing.

Each extra of setup.cfg stands here with the modules it brings, so that the words of an error and the metadata cannot
drift apart (tests/test_extras.py compares them).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .errors import MissingExtraError

# extra -> the modules it brings; the first is what a user knows it by
EXTRAS = {
    "plot": ("matplotlib",),
    "live": ("rtmidi",),
    "tensorboard": ("tensorboard",),
}


def require(extra: str, module: str | None = None) -> Any:
    """Import `module` (the first of the extra where None). Raises MissingExtraError with the command that brings it."""
    name = module or EXTRAS[extra][0]
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtraError(
            f"this needs the extra {extra}: pip install 'melodyrnn[{extra}]'. Received: {error}"
        ) from error
