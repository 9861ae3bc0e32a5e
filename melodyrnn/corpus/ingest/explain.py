"""The whole story of one file: what it holds, how its tracks rank, and what became of each voice and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...errors import CorpusError, MidiError
from ...extract.lines import sections
from ...extract.melody import lines_of
from ...midi.read import read_bytes
from ...music.piece import Piece
from ..ingest.examine import Filters, examine, label
from .report import Found
from .sources import Limits, Opener, Source, find_files


def explain(path: str, filters: Filters, limits: Limits) -> Iterator[str]:
    """The story of a file, or of a member of an archive, line by line.

    Raises CorpusError where there is no such file, or where it is a folder.
    """
    if Path(path).is_dir():
        raise CorpusError(f"a file to explain must be a file. Received the folder: {path}")
    try:
        sources = find_files([path], limits)
    except CorpusError:
        sources = []
    if not sources:
        raise CorpusError(f"a file to explain must exist. Received: {path}")
    for source in sources:
        yield from _story(source, filters, limits)


def _story(source: Source, filters: Filters, limits: Limits) -> Iterator[str]:
    yield source.name
    if source.refusal is not None:
        yield _verdict(Found(None, *source.refusal))
        return
    opener = Opener(limits)
    try:
        data = opener.read(source)
    except MidiError as error:
        yield _verdict(Found(None, f"unreadable: {error}"))
        return
    finally:
        opener.close()
    try:
        yield from _holds(read_bytes(data, "this file"), len(data))
    except MidiError:
        yield f"  {len(data)} bytes"
    yield "  what becomes of it:"
    for found in examine(data, filters, limits):
        yield _verdict(found)


def _holds(piece: Piece, size: int) -> Iterator[str]:
    quarters = piece.end / piece.ticks_per_quarter
    yield f"  {size} bytes, {piece.num_notes} notes in {len(piece.tracks)} tracks, {quarters:.1f} quarter notes long"
    parts = sections(piece)
    meters = ", ".join(f"{p.meter} from quarter {p.start / piece.ticks_per_quarter:g}" for p in parts)
    tempo = 60e6 / piece.tempos[0].microseconds_per_quarter
    yield f"  meter {meters}; {tempo:.0f} quarter notes a minute at the start, {len(piece.tempos)} tempi"
    for repair in piece.repairs:
        yield f"  repaired: {repair}"
    lines = lines_of(piece)
    if lines:
        yield "  tracks, the likeliest melody first:"
    for line in lines:
        low, high = int(line.notes.pitch.min()), int(line.notes.pitch.max())
        shape = "a line" if line.is_usable else "chords"
        yield (
            f"    {label(line.track, line.name)}: {shape} of {len(line.notes)} notes, pitches {low} to {high}, "
            f"{line.lost:.0%} sounding with a higher one; score {line.score:.2f}"
        )


def _verdict(found: Found) -> str:
    words = f"    {found.voice or 'the file'}: "
    if found.melody is not None:
        words += "kept"
    else:
        words += f"dropped, {found.reason}"
        words += f" ({found.option} would keep it)" if found.option else ""
    details = ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in found.details.items() if name != "repaired"
    )
    return f"{words}; {details}" if details else words
