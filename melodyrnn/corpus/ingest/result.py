"""The result of one file, and its form as bytes: for pipes from workers, for disk, and for the cache.

A result depends on the bytes of a file and the settings alone, never on the file's name. Layout of the bytes: a length
(4 bytes, little endian), that many bytes of JSON (a list with an object for each voice), and the event rows of the
kept pieces, int16 (num_notes, 4), or (num_notes, 5) of those with slots, in order.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import numpy as np

from ...events.rows import NUM_COLUMNS, encode
from ...extract.extractor import Details, Extracted
from ...score.score import Score
from ..record import PieceRecord, RecordJson, Rows
from .identity import digest, tune_identity
from .report import IS_PART, ReportLine

_BYTES_PER_VALUE = 2
_encode = json.JSONEncoder().encode  # json.dumps would build an encoder for each call


@dataclass(frozen=True, slots=True)
class KeptPiece:
    """A piece found in a file.

    Attributes:
        entry: its entry in pieces.json, with the name of its voice.
        rows: its event rows.
        identity: 16 bytes that are the same for the piece in every key.
    """

    entry: RecordJson
    rows: Rows
    identity: bytes

    @property
    def record(self) -> PieceRecord:
        """Its record. Raises ValueError where the entry is none."""
        return PieceRecord.from_json(self.entry)


@dataclass(frozen=True, slots=True)
class VoiceResult:
    """The result of one voice of a file, see `ReportLine`. `piece` is None where it was dropped, and for a track."""

    voice: str | None
    reason: str | None
    option: str | None
    details: Details
    piece: KeptPiece | None = None
    is_part: bool = False

    @classmethod
    def of(cls, extracted: Extracted) -> VoiceResult:
        """Return the result of what was extracted and, where it is a score, accepted."""
        score = extracted.result
        if not isinstance(score, Score):
            line = ReportLine.of("", extracted)
            return cls(line.voice, line.reason, line.option, line.details, is_part=line.status == IS_PART)
        record = PieceRecord.of(score)
        rows = encode(score, with_parts=record.has_slots)
        piece = KeptPiece(record.to_json(), rows.astype("<i2"), digest(tune_identity(score, rows)))
        return cls(extracted.voice, None, None, extracted.details, piece)

    def line(self, file: str) -> ReportLine:
        """Return its line of the report; `file` is the name of the file."""
        return line_of_entry(file, _to_json(self))


class VoiceJson(TypedDict):
    """A `VoiceResult` as JSON, without its event rows."""

    voice: str | None
    reason: str | None
    option: str | None
    details: Details
    record: NotRequired[RecordJson]
    identity: NotRequired[str]
    is_part: NotRequired[bool]


@dataclass(frozen=True, slots=True)
class FileResult:
    """The result of a file: one `VoiceResult` for each line of its report."""

    voices: tuple[VoiceResult, ...]

    @classmethod
    def of(cls, extracted: Sequence[Extracted]) -> FileResult:
        """Return the result of a file from what was extracted from it."""
        return cls(tuple(VoiceResult.of(one) for one in extracted))

    def to_bytes(self) -> bytes:
        """Return the result as bytes, which `from_bytes` reads."""
        head = _encode([_to_json(voice) for voice in self.voices]).encode()
        rows = [voice.piece.rows.tobytes() for voice in self.voices if voice.piece is not None]
        return b"".join((len(head).to_bytes(4, "little"), head, *rows))

    @classmethod
    def from_bytes(cls, data: bytes) -> FileResult:
        """Return the result that `to_bytes` wrote. Raises ValueError, KeyError or TypeError for other bytes."""
        entries, at = entries_of(data)
        voices = []
        for entry in entries:
            piece = None
            if "record" in entry:
                record = entry["record"]
                stop = at + bytes_of_rows(record)
                rows = np.frombuffer(data[at:stop], dtype="<i2").reshape(record["notes"], -1)
                piece = KeptPiece(record, rows, bytes.fromhex(entry["identity"]))
                at = stop
            told = entry["voice"], entry["reason"], entry["option"], entry["details"]
            voices.append(VoiceResult(*told, piece, entry.get("is_part", False)))
        return cls(tuple(voices))


def entries_of(data: bytes) -> tuple[list[VoiceJson], int]:
    """Return the voices of a `FileResult` as JSON, and the first byte of its event rows."""
    at = 4 + int.from_bytes(data[:4], "little")
    entries: list[VoiceJson] = json.loads(data[4:at].decode())
    return entries, at


def bytes_of_rows(record: RecordJson) -> int:
    """Return the number of bytes of the event rows of a piece."""
    return record["notes"] * (NUM_COLUMNS + ("parts" in record)) * _BYTES_PER_VALUE


def line_of_entry(file: str, entry: VoiceJson) -> ReportLine:
    """Return the line of the report of a voice; `file` is the name of the file."""
    status = IS_PART if entry.get("is_part") else "kept" if "record" in entry else "dropped"
    return ReportLine(file, entry["voice"], status, entry["reason"], entry["option"], entry["details"])


def _to_json(result: VoiceResult) -> VoiceJson:
    entry: VoiceJson = {
        "voice": result.voice,
        "reason": result.reason,
        "option": result.option,
        "details": result.details,
    }
    if result.is_part:
        entry["is_part"] = True
    if result.piece is not None:
        entry["record"] = result.piece.entry
        entry["identity"] = result.piece.identity.hex()
    return entry
