"""Values as lines of JSON in a file, in the order in which they come, so that memory does not hold them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Generic, TypeVar, cast

from .sources import Refused, Source

T = TypeVar("T")
Numbered = tuple[int, Source]
SourceJson = tuple[str, str | None, int, Refused | None]

_encode = json.JSONEncoder().encode  # json.dumps would check its arguments at each call
_decode = json.JSONDecoder().raw_decode  # json.loads would look for the encoding, and for spaces around
_BUFFER_BYTES = 1 << 16


class Spool(Collection[T], Generic[T]):
    """Values in a file, which `close` removes; any number of iterations may run at once."""

    def __init__(self, path: Path, to_json: Callable[[T], object], from_json: Callable[[object], T]) -> None:
        """Make the file at `path`; `from_json` makes a value of what JSON makes of `to_json` of it."""
        self._path, self._to_json, self._from_json = path, to_json, from_json
        self._file = open(path, "w+b", _BUFFER_BYTES)  # noqa: SIM115 -- closed by `close`
        self._size = self._end = 0

    def add(self, value: T) -> int:
        """Append a value; return its place in the file."""
        line = _encode(self._to_json(value)).encode("ascii") + b"\n"
        self._file.write(line)
        place, self._end = self._end, self._end + len(line)
        self._size += 1
        return place

    def at(self, place: int) -> T:
        """Return the value at a place that `add` returned."""
        self._file.seek(place)
        line = self._file.readline()
        self._file.seek(0, 2)
        return self._from_json(_decode(line.decode("ascii"))[0])

    def __len__(self) -> int:
        """Return the number of values."""
        return self._size

    def __iter__(self) -> Iterator[T]:
        """Yield the values that are there when the iteration begins, and later ones as far as they were written."""
        self._file.flush()
        with self._path.open(encoding="ascii", buffering=_BUFFER_BYTES) as lines:
            for line in lines:
                yield self._from_json(_decode(line)[0])

    def __contains__(self, value: object) -> bool:
        """Return whether a value is among them, by reading all."""
        return any(value == other for other in self)

    def close(self) -> None:
        """Remove the file; may be called again."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def to_json(source: Source) -> SourceJson:
    """Return a source as JSON."""
    return source.path, source.member, source.size, source.refusal


def from_json(data: object) -> Source:
    """Return the source that `to_json` wrote. Raises ValueError or TypeError for anything else."""
    path, member, size, refusal = cast("SourceJson", data)
    return Source(path, member, size, None if refusal is None else (refusal[0], refusal[1]))


def numbered_to_json(numbered: Numbered) -> object:
    """Return a numbered source as JSON."""
    return numbered[0], *to_json(numbered[1])


def numbered_from_json(data: object) -> Numbered:
    """Return the numbered source that `numbered_to_json` wrote. Raises ValueError or TypeError for anything else."""
    number, *source = cast("Sequence[int]", data)
    return number, from_json(source)
