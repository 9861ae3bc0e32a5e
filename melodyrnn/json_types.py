"""Types of what `json` reads and writes."""

from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
