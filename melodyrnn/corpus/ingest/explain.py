"""Explains in words how one file is ingested: its contents, how its tracks rank, why a voice is kept or dropped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...errors import CorpusError, MidiError
from ...extract.candidates import melody_candidates
from ...extract.extractor import Extracted, Refusal
from ...extract.sections import sections
from ...midi.read import read_bytes
from ...music.piece import Piece
from .config import IngestConfig
from .examine import examine, unreadable
from .sources import Opener, Source, find_files


def explain(path: str, config: IngestConfig) -> Iterator[str]:
    """Yield the explanation of a file, or of a member of an archive, line by line.

    Raises CorpusError where there is no such file, or where it is a folder.
    """
    if Path(path).is_dir():
        raise CorpusError(f"a file to explain must be a file. Received the folder: {path}")
    try:
        sources = find_files([path], config.limits)
    except CorpusError:
        sources = []
    if not sources:
        raise CorpusError(f"a file to explain must exist. Received: {path}")
    for source in sources:
        yield from _explain(source, config)


def _explain(source: Source, config: IngestConfig) -> Iterator[str]:
    yield source.name
    if source.refusal is not None:
        yield _verdict(Extracted(None, Refusal(*source.refusal)))
        return
    opener = Opener(config.limits)
    try:
        data = opener.read(source)
    except MidiError as error:
        yield _verdict(unreadable(error))
        return
    finally:
        opener.close()
    try:
        yield from _contents(read_bytes(data, "this file"), len(data))
    except MidiError:
        yield f"  {len(data)} bytes"
    yield "  result:"
    for extracted in examine(data, config):
        yield _verdict(extracted)


def _contents(piece: Piece, num_bytes: int) -> Iterator[str]:
    quarters = piece.end / piece.ticks_per_quarter
    yield (
        f"  {num_bytes} bytes, {piece.num_notes} notes in {len(piece.tracks)} tracks, {quarters:.1f} quarter notes long"
    )
    meters = ", ".join(f"{s.meter} from quarter {s.start / piece.ticks_per_quarter:g}" for s in sections(piece))
    tempo = piece.tempos[0].quarters_per_minute
    yield f"  meter {meters}; {tempo:.0f} quarter notes a minute at the start, {len(piece.tempos)} tempi"
    for repair in piece.repairs:
        yield f"  repaired: {repair}"
    candidates = melody_candidates(piece)
    if candidates:
        yield "  tracks, the likeliest melody first:"
    for candidate in candidates:
        low, high = int(candidate.notes.pitch.min()), int(candidate.notes.pitch.max())
        shape = "a line" if candidate.is_usable else "chords"
        yield (
            f"    {candidate.label}: {shape} of {len(candidate.notes)} notes, pitches {low} to {high}, "
            f"{candidate.lost_share:.0%} of the track's notes left out or cut; score {candidate.score:.2f}"
        )


def _verdict(extracted: Extracted) -> str:
    """Return the line about one voice, or about the file."""
    words = f"    {extracted.voice or 'the file'}: "
    if isinstance(extracted.result, Refusal):
        words += f"dropped, {extracted.result.reason}"
        words += f" ({extracted.result.option} would keep it)" if extracted.result.option else ""
    else:
        words += "kept"
    details = ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in extracted.details.items() if name != "repaired"
    )
    return f"{words}; {details}" if details else words
