"""What a file gave, as bytes: how workers tell it, how it waits on disk, and how the next ingest finds it again.

An outcome hangs on a file's bytes and the settings alone, never on its name. Layout: a length (4 bytes, little
endian), that many bytes of JSON, one object a voice, and the event rows of the kept melodies, int16 (num_notes, 4).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..events.melody import encode
from .facts import Facts
from .ingest import tune_identity
from .report import Found, Line
from .writer import Rows

_ROW_BYTES = 8
DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Outcome:
    """A voice and what became of it. Where it was kept there are facts, rows, and an identity that all keys share."""

    voice: str | None
    reason: str | None
    option: str | None
    details: dict[str, Any]
    identity: str | None = None
    facts: Facts | None = None
    rows: Rows | None = None

    def line(self, file: str) -> Line:
        status = "dropped" if self.facts is None else "kept"
        return Line(file, self.voice, status, self.reason, self.option, self.details)


def digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()


def pack(found: Sequence[Found]) -> bytes:
    """The bytes of an outcome."""
    head, rows = [], []
    for one in found:
        entry: list[Any] = [one.voice, one.reason, one.option, one.details]
        if one.melody is not None:
            own = encode(one.melody)
            entry += [digest(tune_identity(one.melody, own)).hex(), Facts.of(one.melody, one.details["bars"]).to_json()]
            rows.append(own.astype("<i2").tobytes())
        head.append(entry)
    words = json.dumps(head).encode()
    return b"".join((len(words).to_bytes(4, "little"), words, *rows))


def unpack(data: bytes) -> list[Outcome]:
    """The outcome of `pack`'s bytes. Raises ValueError, KeyError or TypeError on others."""
    at = 4 + int.from_bytes(data[:4], "little")
    outcomes = []
    for entry in json.loads(data[4:at]):
        if len(entry) == 4:
            outcomes.append(Outcome(*entry))
            continue
        facts = Facts(*entry[5])
        stop = at + facts.notes * _ROW_BYTES
        rows = np.frombuffer(data[at:stop], dtype="<i2").reshape(-1, 4)
        voice, reason, option, details, identity, _ = entry
        outcomes.append(Outcome(voice, reason, option, details, identity, facts, rows))
        at = stop
    return outcomes
