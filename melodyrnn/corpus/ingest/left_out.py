"""What a task did not use, and why: counts by reason, with an example each, in one line of words or as JSON."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from ...extract.candidates import NOT_CHOSEN, POLYPHONIC
from .report import IS_PART, ReportLine, reason_group

_MAX_SHOWN = 5  # reasons in words; --json has all of them
# Why a track is not used beside the melody of its file, which is no loss.
_BESIDE_A_MELODY = (NOT_CHOSEN, POLYPHONIC, "drums")


class ReasonJson(TypedDict):
    """A `Reason` as JSON."""

    reason: str
    count: int
    example: str


class LeftOutJson(TypedDict):
    """A `LeftOut` as JSON."""

    what: str
    total: int
    left_out: int
    reasons: list[ReasonJson]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason, how many things were left out for it, and the name of the first one."""

    reason: str
    count: int
    example: str

    def __str__(self) -> str:
        return f"{self.count} {self.reason} ({os.path.basename(self.example.rstrip(os.sep)) or self.example})"


class Reasons:
    """Counts reasons, and keeps the name of the first thing that each is the reason of."""

    def __init__(self) -> None:
        self._counts, self._examples = Counter[str](), dict[str, str]()

    def add(self, reason: str, name: str) -> None:
        """Count a reason once more, of the thing `name`."""
        self._counts[reason] += 1
        self._examples.setdefault(reason, name)

    def most_common(self) -> tuple[Reason, ...]:
        """Return all reasons, the most common first."""
        return tuple(Reason(one, count, self._examples[one]) for one, count in self._counts.most_common())


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Things of one kind that a task received and did not use.

    Attributes:
        what: their kind, in the plural, such as "files".
        total: the number of all of them, used or not.
        reasons: why they were left out, the most common reason first.
    """

    what: str
    total: int
    reasons: tuple[Reason, ...]

    @classmethod
    def of(cls, what: str, total: int, found: Iterable[tuple[str, str]]) -> tuple[LeftOut, ...]:
        """Return what was left out, given as pairs of a reason and a name; nothing where there is no pair."""
        reasons = Reasons()
        for reason, name in found:
            reasons.add(reason, name)
        return cls.of_reasons(what, total, reasons)

    @classmethod
    def of_reasons(cls, what: str, total: int, reasons: Reasons) -> tuple[LeftOut, ...]:
        """Return what was left out for reasons that were counted; nothing where there are none."""
        found = reasons.most_common()
        return (cls(what, total, found),) if found else ()

    @classmethod
    def of_report(cls, lines: Sequence[ReportLine], what: str = "files") -> tuple[LeftOut, ...]:
        """Return the files that gave nothing, by their first reasons, and the lost parts of the other files."""
        lines = [line for line in lines if line.status != IS_PART]
        kept = {line.file for line in lines if line.status == "kept"}
        first: dict[str, str] = {}
        parts: list[tuple[str, str]] = []
        for line in lines:
            reason = reason_group(line.reason or "")
            if line.file not in kept:
                first.setdefault(line.file, reason)
            elif line.status != "kept" and reason not in _BESIDE_A_MELODY:
                parts.append((reason, line.file))
        files = cls.of(what, len(kept) + len(first), ((reason, name) for name, reason in first.items()))
        num_parts = sum(line.status == "kept" for line in lines) + len(parts)
        return files + cls.of(f"melodies of the other {what}", num_parts, parts)

    @property
    def num(self) -> int:
        """The number of things that were left out."""
        return sum(reason.count for reason in self.reasons)

    def __str__(self) -> str:
        shown = ", ".join(map(str, self.reasons[:_MAX_SHOWN]))
        more = sum(reason.count for reason in self.reasons[_MAX_SHOWN:])
        rest = f", {more} for other reasons" if more else ""
        verb = "was" if self.num == 1 else "were"
        return f"{self.num} of {self.total} {self.what} {verb} left out: {shown}{rest}"

    def to_json(self) -> LeftOutJson:
        """Return it as JSON, with all reasons."""
        reasons: list[ReasonJson] = [
            {"reason": reason.reason, "count": reason.count, "example": reason.example} for reason in self.reasons
        ]
        return {"what": self.what, "total": self.total, "left_out": self.num, "reasons": reasons}
