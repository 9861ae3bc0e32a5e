"""Types of what Keras hands around. Keras has no type annotations, so each is `Any` by a name that says what it is."""

from typing import Any, TypeAlias

Tensor: TypeAlias = Any  # of any backend
Layer: TypeAlias = Any  # keras.layers.Layer
Logs: TypeAlias = dict[str, Any] | None  # what a Keras callback receives
