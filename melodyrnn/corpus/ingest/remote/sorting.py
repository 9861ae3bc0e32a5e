"""Sorts more entries than should be in memory: parts of them, which are merged from disk."""

from __future__ import annotations

import heapq
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import IO

_PART = 100_000  # entries that are sorted in memory

Entry = tuple[str, int]  # a key such as "folk/a.mid", and a size


def by_folders(entries: Iterable[Entry], part: int = _PART) -> Iterator[Entry]:
    """Yield entries in the order of their keys, as a walk through folders gives it: folder by folder.

    That is not the order of the characters: "a/x" is before "a-b", for "a" is before "a-b".

    Args:
        part: how many are in memory.
    """
    rest = iter(entries)
    with ExitStack() as opened:
        files: list[IO[str]] = []
        while len(now := sorted(islice(rest, part), key=_order)) == part:
            files.append(opened.enter_context(tempfile.TemporaryFile("w+", encoding="ascii")))
            files[-1].writelines(json.dumps(entry) + "\n" for entry in now)
            files[-1].seek(0)
        yield from heapq.merge(*map(_read, files), now, key=_order)


def _order(entry: Entry) -> tuple[str, int]:
    return entry[0].replace("/", "\0"), entry[1]


def _read(file: IO[str]) -> Iterator[Entry]:
    for line in file:
        key, size = json.loads(line)
        yield key, size
