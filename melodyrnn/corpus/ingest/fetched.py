"""What earlier runs of a shard have fetched: digests of objects behind URLs, so that none is fetched twice.

    a line of JSON: the head of the shard
    for each object: [its number, the digest of its bytes in hexadecimal]

Files on disk are read again, for only their bytes tell whether they are what they were.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from ...files import as_output_error
from ..scratch import Scratch
from .prepared import PreparedVoice
from .sources import UNFETCHED


class Fetched:
    """Digests by number, in a file that grows with them."""

    def __init__(self, path: Path, head: Mapping[str, object]) -> None:
        """Open a file that an earlier run has left, or begin it anew where that was one of another shard."""
        self._digests = Scratch("digests(number INTEGER PRIMARY KEY, content BLOB)")
        self._path, first = path, json.dumps(head) + "\n"
        end = self._read(first)
        with as_output_error(path):
            self._file: IO[str] = open(path, "r+" if end else "w", encoding="ascii", newline="\n")  # noqa: SIM115 -- see `close`
            if end:
                self._file.truncate(end)  # the last line may be cut
                self._file.seek(end)
            else:
                self._file.write(first)

    def _read(self, first: str) -> int:
        """Read the digests; return where the last whole line ends, 0 for a file that is none of this shard."""
        try:
            with self._path.open(encoding="ascii", newline="\n") as file:
                if file.readline() != first:
                    return 0
                end = len(first)
                for line in file:
                    if not line.endswith("\n"):
                        break
                    number, content = json.loads(line)
                    self._digests.execute(
                        "INSERT OR REPLACE INTO digests VALUES (?, ?)", (number, bytes.fromhex(content))
                    )
                    end += len(line)
        except FileNotFoundError:
            return 0
        except (ValueError, TypeError):
            pass
        return end

    def get(self, number: int) -> bytes | None:
        """Return the digest of an object's bytes; None where it was not fetched."""
        row = self._digests.execute("SELECT content FROM digests WHERE number = ?", (number,)).fetchone()
        return None if row is None else bytes(row[0])

    def add(self, number: int, content: bytes) -> None:
        """Add the digest of an object's bytes."""
        with as_output_error(self._path):
            self._file.write(json.dumps([number, content.hex()]) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._digests.close()


def is_unfetched(voices: Sequence[PreparedVoice]) -> bool:
    """Return whether voices are those of an object that could not be fetched."""
    return any((voice.group or "").startswith(UNFETCHED) for voice in voices)
