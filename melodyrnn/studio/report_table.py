"""The report of an ingest as a table with a row for each file, which is sorted, filtered and cut into pages.

A collection may have a hundred thousand files, so the page asks for the rows that it shows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from .endpoint import CallError, shown

MAX_ROWS = 500
_MAX_LINES = 50  # of a row; a file may hold thousands of tunes
KEPT, DROPPED, PART = "kept", "dropped", "part"


class Line(TypedDict):
    """What became of a voice or a track of a file; the voice is null for the file as a whole."""

    voice: str | None
    status: str
    reason: str | None
    option: str | None


@dataclass(slots=True)
class Row:
    """A file of a report.

    Attributes:
        file: its path, or that of its archive with its own path inside.
        name: the file as the table shows it: without the folder that was read.
        kept: how many melodies or pieces it gave.
        reason: why it gave none, or, where it gave some, None; with the option that would have kept it.
        lines: what became of each voice.
    """

    file: str
    name: str
    kept: int = 0
    reason: str | None = None
    option: str | None = None
    lines: list[Line] = field(default_factory=list)

    def add(self, line: Line) -> None:
        """Take note of a line about the file."""
        if line["status"] == KEPT:
            self.kept += 1
            self.reason = self.option = None
        elif line["status"] == DROPPED and not self.kept and self.reason is None:
            self.reason, self.option = line["reason"], line["option"]
        if len(self.lines) < _MAX_LINES:
            self.lines.append(line)

    def to_json(self) -> dict[str, object]:
        return {
            "file": self.file,
            "name": self.name,
            "kept": self.kept,
            "reason": self.reason,
            "option": self.option,
            "lines": self.lines,
        }


class Page(TypedDict):
    """Some rows of a table: `matching` rows of all `files` fit the filter."""

    files: int
    kept: int
    matching: int
    rows: list[dict[str, object]]


SORTS: dict[str, Callable[[Row], tuple[object, ...]]] = {
    "file": lambda row: (row.name.lower(), row.name),
    "kept": lambda row: (row.kept, row.reason or "", row.name.lower()),
    "reason": lambda row: (row.reason is not None, row.reason or "", row.name.lower()),
}
FILTERS: dict[str, Callable[[Row], bool]] = {
    "all": lambda row: True,
    "kept": lambda row: row.kept > 0,
    "dropped": lambda row: row.kept == 0,
}


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows are asked for.

    Attributes:
        sort: a name of `SORTS`, with "-" before it in descending order.
        show: a name of `FILTERS`.
        text: a part of the name or of the reason, in any case.
        first, count: of the rows that fit.
    """

    sort: str = "file"
    show: str = "all"
    text: str = ""
    first: int = 0
    count: int = 100

    def __post_init__(self) -> None:
        if self.sort.removeprefix("-") not in SORTS:
            raise CallError(f"sort must be {', '.join(SORTS)}, or one with - before it. Received: {shown(self.sort)}")
        if self.show not in FILTERS:
            raise CallError(f"show must be one of {', '.join(FILTERS)}. Received: {shown(self.show)}")
        if self.first < 0 or not 0 <= self.count <= MAX_ROWS:
            raise CallError(f"first must be from 0, count 0..{MAX_ROWS}. Received: {self.first} and {self.count}")


def rows_of(report: Path, place: Path) -> list[Row]:
    """Return a row for each file of a report, in its order; none where there is no report.

    Args:
        place: the folder that was read, which the names of the rows leave out.
    """
    rows: dict[str, Row] = {}
    prefix = f"{place}/"
    try:
        with report.open(encoding="utf-8", errors="replace") as file:
            for text in file:
                found = json.loads(text)
                name = found["file"]
                row = rows.setdefault(name, Row(name, name.removeprefix(prefix)))
                line = Line(
                    voice=found["voice"], status=found["status"], reason=found["reason"], option=found["option"]
                )
                row.add(line)
    except FileNotFoundError:
        return []
    return list(rows.values())


def page_of(rows: Sequence[Row], query: Query) -> Page:
    """Return the rows that a query asks for."""
    text, fits = query.text.lower(), FILTERS[query.show]
    found = [row for row in rows if fits(row) and (text in row.name.lower() or text in (row.reason or "").lower())]
    found.sort(key=SORTS[query.sort.removeprefix("-")], reverse=query.sort.startswith("-"))
    return {
        "files": len(rows),
        "kept": sum(row.kept > 0 for row in rows),
        "matching": len(found),
        "rows": [row.to_json() for row in found[query.first : query.first + query.count]],
    }
