"""Optional packages: imported when they are used, with an error that names the extra where they are missing.

The extras are those of setup.cfg; tests/test_extras.py compares the two.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from .errors import MissingExtraError

# extra -> the modules that it installs; the first is imported by default
EXTRAS = {
    "plot": ("matplotlib",),
    "live": ("rtmidi",),
    "tensorboard": ("tensorboard",),
}


def require(extra: str, module: str | None = None) -> ModuleType:
    """Return the imported module, by default the first one of the extra.

    Raises MissingExtraError, with the command that installs the extra, where it cannot be imported.
    """
    name = module or EXTRAS[extra][0]
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtraError(
            f"this needs the extra {extra}: pip install 'melodyrnn[{extra}]'. Received: {error}"
        ) from error
