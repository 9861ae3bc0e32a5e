"""Types of Keras objects. Keras has no type annotations, so each type is `Any` under a name that describes it."""

from typing import Any, TypeAlias

# A tensor of any backend, a Keras variable, or a symbolic tensor while a graph is built.
Tensor: TypeAlias = Any
Layer: TypeAlias = Any  # keras.layers.Layer
Logs: TypeAlias = dict[str, Any] | None  # what a Keras callback receives
