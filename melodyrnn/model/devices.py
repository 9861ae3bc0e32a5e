"""The names of the devices that Keras computes on, such as "NVIDIA H100 80GB HBM3", or "CPU"."""

from __future__ import annotations

import keras

from ..extras import require
from .distribution import used_devices
from .recurrence import gpus


def device_names() -> list[str]:
    """Return the names of the devices that a training computes on; of several processes those of all."""
    return _NAMES[keras.backend.backend()]()


def _of_jax() -> list[str]:
    return [_cpu(kind) for kind in used_devices()]


def _of_torch() -> list[str]:
    cuda = require("torch", "torch").cuda
    return [cuda.get_device_name(name) if name.startswith("cuda") else name for name in gpus()] or ["CPU"]


def _of_tensorflow() -> list[str]:
    """Return the first GPU, on which TensorFlow computes where there are several."""
    config = require("train", "tensorflow").config
    found = config.list_physical_devices("GPU")[:1]
    return [config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in found] or ["CPU"]


def _cpu(kind: str) -> str:
    return "CPU" if kind == "cpu" else kind


_NAMES = {"jax": _of_jax, "torch": _of_torch, "tensorflow": _of_tensorflow}
