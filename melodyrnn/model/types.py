"""Types of what Keras hands around. Keras has no type annotations, so each is `Any` by a name that says what it is."""

from typing import Any, TypeAlias

# A tensor of any backend, a Keras variable, or the symbolic stand-in for one while a graph is built.
Tensor: TypeAlias = Any
Layer: TypeAlias = Any  # keras.layers.Layer
Logs: TypeAlias = dict[str, Any] | None  # what a Keras callback receives
