"""The result of a file as the lines that a corpus holds of it, so that who writes the corpus only puts them together.

A shard stores them, and a merge, which is one process, neither parses nor encodes the results of its files.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

from ...extract.extractor import Details
from ...json_types import json_line
from .report import ReportLine, reason_group
from .result import bytes_of_rows, entries_of, line_of_entry
from .sources import Source

_encode_record = json.JSONEncoder().encode  # json.dumps would check its arguments at each call
_MOVED = (
    "bar_line",
    "downbeat_by_accents",
    "bars_made_regular",
)  # details of pieces whose bar lines are not those of the file


class PreparedVoice(NamedTuple):
    """What a corpus holds of one voice of a file.

    Attributes:
        voice: its name; None for the file as a whole.
        line: its line of the report.
        group: the group of the reason for which it was dropped; None where it was not.
        option: the option that would have kept it.
        identity: of the piece (`identity.tune_identity`), in hexadecimal; None where there is none.
        entry: of the piece in pieces.json, neither placed nor drawn for a split; None where there is none.
        num_bytes: of the event rows of the piece.
        is_repaired: whether the file was damaged and repaired.
        asked: the track of `ExtractionSettings.roles` that it is.
        guesses: what was guessed about the piece, see `CorpusBuilder.guesses`.
    """

    voice: str | None
    line: str
    group: str | None = None
    option: str | None = None
    identity: str | None = None
    entry: str | None = None
    num_bytes: int = 0
    is_repaired: bool = False
    asked: str | None = None
    guesses: tuple[str, ...] = ()


def prepare(source: Source, packed: bytes | None) -> list[PreparedVoice]:
    """Return the voices of a file.

    Args:
        packed: its `FileResult` as bytes; None for a source that is refused unread.
    """
    if packed is not None:
        return list(_voices(source, packed))
    return [dropped(ReportLine(source.name, None, "dropped", *(source.refusal or (None, None))))]


def dropped(line: ReportLine) -> PreparedVoice:
    """Return a voice that is dropped, as its report line says."""
    return PreparedVoice(line.voice, json_line(line.to_json()), reason_group(line.reason or ""), line.option)


def _voices(source: Source, packed: bytes) -> Iterator[PreparedVoice]:
    for entry in entries_of(packed)[0]:
        line, details = line_of_entry(source.name, entry), entry["details"]
        record = entry.get("record")
        asked = details.get("asked")
        facts = "repaired" in details, None if asked is None else str(asked)
        text = json_line(line.to_json())
        if record is not None:
            told = _encode_record({**record, "name": source.stem + record["name"]})
            kept = entry["identity"], told, bytes_of_rows(record)
            yield PreparedVoice(line.voice, text, None, None, *kept, *facts, tuple(_guesses(details)))
        elif line.status == "dropped":
            yield dropped(line)._replace(is_repaired=facts[0], asked=facts[1])
        else:
            yield PreparedVoice(line.voice, text, is_repaired=facts[0], asked=facts[1])


def _guesses(details: Details) -> Iterator[str]:
    if "line" in details:
        yield str(details["line"])
    if not details.keys().isdisjoint(_MOVED):
        yield "bar lines"


# whether there is an entry, then the fields of a voice, of which the line and the entry are empty
_Short = tuple[bool, str | None, str, str | None, str | None, str | None, None, int, bool, str | None, Sequence[str]]


def to_lines(voices: Sequence[PreparedVoice]) -> tuple[list[object], list[str]]:
    """Return voices as JSON with a checksum, and their lines of the report and of pieces.json, which are JSON."""
    lines = [line for voice in voices for line in (voice.line, voice.entry) if line is not None]
    short = [[voice.entry is not None, *voice._replace(line="", entry=None)] for voice in voices]
    return [_checksum(lines), *short], lines


def from_lines(told: Sequence[object], lines: Iterator[str]) -> list[PreparedVoice]:
    """Return the voices that `to_lines` returned; takes their lines, with line ends, from `lines`.

    Raises ValueError or TypeError for anything else.
    """
    voices, taken = [], []
    checksum, *short = told
    for values in short:
        has_entry, voice, _, group, option, identity, _, num_bytes, is_repaired, asked, guesses = cast("_Short", values)
        line = next(lines, "")[:-1]
        entry = next(lines, "")[:-1] if has_entry else None
        taken += [line] if entry is None else [line, entry]
        told_guesses = tuple(guesses)
        voices.append(
            PreparedVoice(voice, line, group, option, identity, entry, num_bytes, is_repaired, asked, told_guesses)
        )
    if checksum != _checksum(taken):
        raise ValueError("the lines of a file are not those that were written")
    return voices


def _checksum(lines: Sequence[str]) -> int:
    return zlib.crc32("\n".join(lines).encode("utf-8", "surrogateescape"))
