"""The backend of Keras: which one a training computes with, and whether it is installed; without importing Keras."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from ..errors import MissingExtraError, SettingError
from ..extras import check_installed, is_installed

# backend of Keras -> the extra that installs it
EXTRA_OF_BACKEND = {"tensorflow": "train", "jax": "jax", "torch": "torch"}
BACKENDS = tuple(EXTRA_OF_BACKEND)


def check_backend(backend: str | None) -> None:
    """Check that Keras and a backend are installed; None stands for the one that `choose_backend` takes.

    Raises MissingExtraError, with the command that installs what is missing.
    """
    if backend := backend or _running() or os.environ.get("KERAS_BACKEND"):
        check_installed(EXTRA_OF_BACKEND.get(backend, "train"))
    elif not is_installed("keras") or not any(map(is_installed, BACKENDS)):
        raise MissingExtraError(
            "a network is trained and diagnosed by Keras: pip install '.[train]' in the folder of melodyrnn, or "
            "'.[torch]' or '.[jax]' for these backends. Received: no "
            + ("backend of Keras" if is_installed("keras") else "keras")
        )


def choose_backend(backend: str | None) -> None:
    """Set the backend that Keras uses when it is first imported.

    None takes the one that Keras is configured for, or, where that is not installed, one that is.
    TensorFlow logs errors alone, as far as it reads TF_CPP_MIN_LOG_LEVEL, unless that is set already.

    Raises:
        MissingExtraError: where it is not installed.
        SettingError: where Keras has been imported with another backend, which cannot change.
    """
    check_backend(backend)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    running = _running()
    if running is None:
        os.environ["KERAS_BACKEND"] = backend or os.environ.get("KERAS_BACKEND") or _default()
    elif backend not in (None, running):
        raise SettingError(
            f"the backend must be chosen before Keras starts; it computes with {running}. Received: {backend}"
        )


def _running() -> str | None:
    """Return the backend that Keras computes with; None where it is not imported."""
    keras = sys.modules.get("keras")
    return None if keras is None else str(keras.config.backend())


def _default() -> str:
    """Return the first installed backend, the configured one before the others."""
    return next(name for name in (_configured(), *BACKENDS) if is_installed(name))


def _configured() -> str:
    """Return the backend in the configuration file of Keras, by default tensorflow."""
    folder = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    try:
        found = json.loads(Path(folder, "keras.json").read_text("utf-8"))["backend"]
    except (OSError, ValueError, KeyError, TypeError):
        return BACKENDS[0]
    return found if isinstance(found, str) and found in BACKENDS else BACKENDS[0]
