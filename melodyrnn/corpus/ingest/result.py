"""What a file gave, as bytes: how workers tell it, how it waits on disk, and how the next ingest finds it again.

An outcome hangs on a file's bytes and the settings alone, never on its name. Layout: a length (4 bytes, little
endian), that many bytes of JSON, one list a voice, and the event rows of the kept melodies, int16 (num_notes, 4).
The lines of the report are written here, but for the file's name, so that the one who gathers them need not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...events.rows import encode
from ..ingest.examine import tune_identity
from ..record import Facts
from .report import Found, words_of

if TYPE_CHECKING:
    from ..writer import Rows

_ROW_BYTES = 8
_DROPPED = 5  # entries of a voice that was not kept
DIGEST_BYTES = 16
_ascii = json.JSONEncoder().encode  # json.dumps looks at its arguments anew each time


class FileResult(NamedTuple):
    """A voice and what became of it. Where it was kept there are facts, rows, and an identity that all keys share.

    `words` is its line of the report, in JSON, without the file (see `report.told`).
    """

    words: str
    voice: str | None
    reason: str | None
    option: str | None
    is_repaired: bool
    identity: str | None = None
    facts: Facts | None = None
    rows: Rows | None = None


def digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()


def pack(found: Sequence[Found]) -> bytes:
    """The bytes of an outcome."""
    head, rows = [], []
    for one in found:
        entry: list[Any] = [words_of(one), one.voice, one.reason, one.option, "repaired" in one.details]
        if one.melody is not None:
            own = encode(one.melody)
            entry += [digest(tune_identity(one.melody, own)).hex(), Facts.of(one.melody, one.details["bars"])]
            rows.append(own.astype("<i2").tobytes())
        head.append(entry)
    words = _ascii(head).encode()
    return b"".join((len(words).to_bytes(4, "little"), words, *rows))


def unpack(data: bytes) -> list[FileResult]:
    """The outcome of `pack`'s bytes. Raises ValueError, KeyError or TypeError on others."""
    at = 4 + int.from_bytes(data[:4], "little")
    outcomes = []
    for entry in json.loads(data[4:at].decode()):
        if len(entry) == _DROPPED:
            outcomes.append(FileResult(*entry))
            continue
        facts = Facts(*entry[-1])
        stop = at + facts.notes * _ROW_BYTES
        rows = np.frombuffer(data[at:stop], dtype="<i2").reshape(-1, 4)
        outcomes.append(FileResult._make([*entry[:-1], facts, rows]))
        at = stop
    return outcomes
