"""Lines of the report: whether a file, or a voice in it, was kept or dropped, and which option would have kept it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ...extract.extractor import Details, Extracted, PartRole, Refusal
from .sources import UNFETCHED

IS_PART = "part"  # the status of a line about a track


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of report.jsonl: about a file, a voice or a piece in it, or about a track that is a part of its pieces.

    Attributes:
        file: path of the file, or of an archive and its member.
        voice: the voice of the file that the line is about; None for the file as a whole.
        status: "kept", "dropped", or "part" for the role of a track.
        reason: why it was dropped, or has its role; None where it was kept.
        option: the option that would have kept it, where there is one.
        details: further entries of the line.
    """

    file: str
    voice: str | None
    status: str
    reason: str | None = None
    option: str | None = None
    details: Details = field(default_factory=dict)

    @classmethod
    def of(cls, file: str, extracted: Extracted) -> ReportLine:
        """Return the line about what was extracted from a file."""
        if isinstance(extracted.result, Refusal):
            refusal = extracted.result
            return cls(file, extracted.voice, "dropped", refusal.reason, refusal.option, extracted.details)
        if isinstance(extracted.result, PartRole):
            details: Details = {"role": extracted.result.role, **extracted.details}
            return cls(file, extracted.voice, IS_PART, extracted.result.reason, None, details)
        return cls(file, extracted.voice, "kept", None, None, extracted.details)

    def to_json(self) -> dict[str, object]:
        """Return the line as a JSON object."""
        return {
            "file": self.file,
            "voice": self.voice,
            "status": self.status,
            "reason": self.reason,
            "option": self.option,
            **self.details,
        }

    def as_duplicate(self, of: str) -> ReportLine:
        """Return the line of a melody that was already found in the file `of`."""
        details: Details = {"duplicate_of": of}
        return replace(self, status="dropped", reason="duplicate", option="--keep-duplicates", details=details)


def reason_group(reason: str) -> str:
    """Return the part of a reason under which it is counted: "unreadable" for "unreadable: it is empty".

    A reason for what cannot be fetched is counted as a whole: its causes are few, and each asks for another remedy.
    """
    return reason if reason.startswith(UNFETCHED) else reason.split(":")[0]
