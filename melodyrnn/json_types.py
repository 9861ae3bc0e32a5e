"""Types of what `json` reads and writes, and lines of JSON."""

import json
import re
from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]

_FOREIGN = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # lone surrogates that stand for no byte; in names of Windows
_as_it_is, _in_ascii = json.JSONEncoder(ensure_ascii=False).encode, json.JSONEncoder().encode


def json_line(value: object) -> str:
    """Return a value as JSON in one line, which a file in UTF-8 with `errors="surrogateescape"` can hold."""
    line = _as_it_is(value)  # json.dumps would build an encoder for each call
    return line if line.isascii() or not _FOREIGN.search(line) else _in_ascii(value)
