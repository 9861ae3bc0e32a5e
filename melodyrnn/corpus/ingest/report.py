"""Lines of the report: what became of a file or of a voice in it, and what would have kept it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from ...score.score import Score

write_json = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report: what became of a file, or of one voice in it."""

    file: str
    voice: str | None
    status: str
    reason: str | None = None
    option: str | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"file": self.file, **self.told()}

    def told(self) -> dict[str, Any]:
        """All but the file."""
        head = {"voice": self.voice, "status": self.status, "reason": self.reason, "option": self.option}
        return {**head, **self.details}


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one voice of a file, or with `voice` None of the whole; kept where there is a melody.

    It hangs on the file's bytes alone: the melody's name is only what follows the file's, such as " (2)".
    """

    voice: str | None
    reason: str | None = None
    option: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    melody: Score | None = None

    def line(self, file: str) -> Line:
        status = "dropped" if self.melody is None else "kept"
        return Line(file, self.voice, status, self.reason, self.option, self.details)


def words_of(found: Found) -> str:
    """The line of what was found, in JSON, to be completed by `line_of` with the name of the file."""
    return write_json(found.line("").told())


def line_of(file: str, words: str) -> str:
    """A line of report.jsonl."""
    return f'{{"file": {write_json(file)}, {words[1:]}'


def duplicate(line: Line, of: str) -> Line:
    """The line of a melody that `of` holds already."""
    details = {"duplicate_of": of}
    return replace(line, status="dropped", reason="duplicate", option="--keep-duplicates", details=details)
