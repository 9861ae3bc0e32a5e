"""Optional packages: imported when they are used, with an error that names the extra where they are missing.

The extras are those of setup.cfg; tests/test_extras.py compares the two.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from .errors import MissingExtraError

# extra -> the modules that it installs; the first is imported by default
EXTRAS = {
    "train": ("keras", "tensorflow"),
    "torch": ("keras", "torch"),
    "jax": ("keras", "jax"),
    "plot": ("matplotlib",),
    "live": ("rtmidi",),
    "studio": ("starlette", "uvicorn"),
    "osc": ("pythonosc", "starlette", "uvicorn"),
    "classifier": ("sklearn",),
    "cluster": ("distributed", "dask"),
    "remote": ("fsspec", "aiohttp"),
    "s3": ("s3fs", "fsspec"),
    "gs": ("gcsfs", "fsspec"),
    "tensorboard": ("tensorboard", "tensorflow"),  # Keras writes its files through TensorFlow, on any backend
}


def require(extra: str, module: str | None = None) -> ModuleType:
    """Return the imported module, by default the first one of the extra.

    Raises MissingExtraError, with the command that installs the extra, where it cannot be imported.
    """
    name = module or EXTRAS[extra][0]
    try:
        return import_module(name)
    except ImportError as error:
        raise _missing(extra, str(error)) from error


def check_installed(extra: str) -> None:
    """Check that the modules of an extra are there, without importing them, which takes seconds for some.

    Raises MissingExtraError, with the command that installs the extra, where one is missing.
    """
    for name in EXTRAS[extra]:
        if not is_installed(name):
            raise _missing(extra, f"no {name}")


def is_installed(module: str) -> bool:
    """Return whether a module can be found; a folder without code that happens to have its name does not count."""
    spec = find_spec(module)
    return spec is not None and spec.origin is not None


def _missing(extra: str, received: str) -> MissingExtraError:
    return MissingExtraError(
        f"this needs the extra {extra}: pip install '.[{extra}]' in the folder of melodyrnn. Received: {received}"
    )
