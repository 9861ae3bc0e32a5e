"""One MIDI file in; melodies and lines of a report out: every file and every voice gets an answer.

The way of a file: read → find the melody → cut where the meter changes → put it on the grid → cut at long rests →
filter. What is dropped is dropped with a reason and, where there is one, the option that would have kept it.
Duplicates are known only beside other files: `build` leaves them out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...arrays import IntArray
from ...errors import MidiError, SettingError
from ...events.rows import SHIFT, encode
from ...extract.barlines import with_bar_line
from ...extract.lines import Refusal, voices_of
from ...extract.melody import Line as Track
from ...extract.melody import choose, nothing
from ...midi.read import read_bytes
from ...music.piece import Piece
from ...music.units import STEPS_PER_QUARTER
from ...score.quantize import Voice, grid_error, grid_offset, quantize
from ...score.score import Score, split_at_rests
from ..ingest.report import Found, Line, duplicate
from ..ingest.sources import Limits, Opener, Source, find_files

__all__ = ["Filters", "Found", "Limits", "Line", "examine", "find_files", "melodies_of_file", "read_melodies"]

GENERATED_MARK = "melodyrnn generate"
OFF_GRID = ("drop", "snap", "keep")
_MAX_STEPS = 32_767  # what int16 holds


@dataclass(frozen=True, slots=True)
class Filters:
    """What a melody must be to be kept.

    Attributes:
        min_notes: fewest notes.
        min_pitches: fewest distinct pitches.
        max_rest_quarters: longest silence within a melody, in quarter notes; a longer one cuts it in two.
        max_grid_error: largest mean distance of onsets from the grid, in steps (strewn at random: 0.25).
        keep_duplicates: whether a melody heard before, in whatever key, stays.
        keep_generated: whether files that melodyrnn wrote are taken (a network fed its own output drifts).
        min_bars: fewest bars.
        voices: "auto", "all", "skyline" or "track:" and a number or name; see `music.voice.choose`.
        off_grid: what becomes of a voice whose error is larger: "drop", "snap" to sixteenths and triplet eighths, or
            "keep" on the nearest of the grid's 12 steps a quarter.
    """

    min_notes: int = 16
    min_pitches: int = 3
    max_rest_quarters: float = 16.0
    max_grid_error: float = 0.12
    keep_duplicates: bool = False
    keep_generated: bool = False
    min_bars: int = 2
    voices: str = "auto"
    off_grid: str = "drop"

    def __post_init__(self) -> None:
        if self.voices not in ("auto", "all", "skyline") and not self.voices.removeprefix("track:").strip():
            raise SettingError(f"voices must be auto, all, skyline or track:NAME_OR_NUMBER. Received: {self.voices!r}")
        if self.voices not in ("auto", "all", "skyline") and not self.voices.startswith("track:"):
            raise SettingError(f"voices must be auto, all, skyline or track:NAME_OR_NUMBER. Received: {self.voices!r}")
        if self.off_grid not in OFF_GRID:
            raise SettingError(f"off_grid must be {', '.join(OFF_GRID)}. Received: {self.off_grid!r}")


def examine(data: bytes, filters: Filters, limits: Limits) -> list[Found]:
    """What the bytes of a file give, in the order of the report. Raises nothing: what is wrong with them is told."""
    try:
        piece = read_bytes(data, "this file")
    except MidiError as error:
        return [Found(None, f"unreadable: {error}")]
    found = list(_examine(piece, filters, limits))
    if piece.repairs:
        repaired = {"repaired": list(piece.repairs)}
        found = [replace(one, details={**one.details, **repaired}) for one in found]
    return found


def _examine(piece: Piece, filters: Filters, limits: Limits) -> Iterator[Found]:
    if piece.num_notes > limits.file_notes:
        yield Found(None, "too many notes", "--max-notes", {"notes": piece.num_notes})
        return
    if not filters.keep_generated and any(text.startswith(GENERATED_MARK) for text in piece.texts):
        yield Found(None, "written by melodyrnn", "--keep-generated")
        return
    chosen, others = choose(piece, filters.voices)
    if not chosen and not others:
        refusal = nothing(piece)
        yield Found(None, refusal.reason, refusal.option)
        return
    yield from _kept(piece, chosen, filters)
    for line, refusal in others:
        yield Found(label(line.track, line.name), refusal.reason, refusal.option, {"notes": len(line.notes)})
    for number, track in enumerate(piece.tracks):
        if track.is_drums and len(track.notes):
            yield Found(label(number, track.name), "drums", None, {"notes": len(track.notes)})


def label(number: int, name: str) -> str:
    """What the report calls a track."""
    return f"track {number} ({name})" if name else f"track {number}"


def _kept(piece: Piece, lines: list[Track], filters: Filters) -> Iterator[Found]:
    """What the chosen lines give, each part with a number of its own where there are several."""
    parts = [(line, list(_parts(piece, line, filters))) for line in lines]
    total = sum(len(own) for _, own in parts)
    count = 0
    for line, own in parts:
        for number, (part, details) in enumerate(own, start=1):
            count += 1
            voice = label(line.track, line.name) + (f", part {number}" if len(own) > 1 else "")
            if isinstance(part, Refusal):
                yield Found(voice, part.reason, part.option, details)
                continue
            details = {**_details(part), **details}
            refusal = _filter(part, details["bars"], filters)
            if refusal is None:
                yield Found(voice, None, None, details, replace(part, name=f" ({count})" if total > 1 else ""))
            else:
                yield Found(voice, refusal.reason, refusal.option, details)


def _parts(piece: Piece, line: Track, filters: Filters) -> Iterator[tuple[Score | Refusal, dict[str, Any]]]:
    """The melodies of a line, one for each stretch of one meter without a long rest, or why there is none."""
    for voice in voices_of(piece, line.notes, line.track):
        if isinstance(voice, Refusal):
            yield voice, {}
            continue
        found = with_bar_line(piece, voice)
        melody, details = on_grid(found or voice, filters)
        if found is not None:
            details["bar_line"] = found.bar_line
        if isinstance(melody, Refusal):
            yield melody, details
            continue
        for part in split_at_rests(melody, round(filters.max_rest_quarters * STEPS_PER_QUARTER)):
            yield part, details


def on_grid(voice: Voice, filters: Filters) -> tuple[Score | Refusal, dict[str, Any]]:
    """The voice on the grid, and how well it fits: as it stands, on a grid that stands late, or as `off_grid` says."""
    error, offset = grid_error(voice), 0.0
    details: dict[str, Any] = {"grid_error": round(error, 4)}
    snap = filters.off_grid == "snap"
    if error > filters.max_grid_error:
        offset, shifted = grid_offset(voice)
        if shifted <= filters.max_grid_error:
            details = {"grid_error": round(shifted, 4), "grid_offset": round(offset, 4)}
        elif filters.off_grid == "drop":
            return Refusal("off the grid", "--off-grid snap"), details
        else:
            return quantize(voice, snap=snap, snap_ends=snap)[0], {**details, "off_grid": filters.off_grid}
    ends = snap and grid_error(voice, offset, of_ends=True) > filters.max_grid_error
    if ends:
        details["off_grid"] = "ends snapped"
    return quantize(voice, offset, snap_ends=ends)[0], details


def _filter(melody: Score, bars: int, filters: Filters) -> Refusal | None:
    if len(melody) < filters.min_notes:
        return Refusal("too few notes", "--min-notes")
    if bars < filters.min_bars:
        return Refusal("too few bars", "--min-bars")
    if np.count_nonzero(np.bincount(melody.pitch)) < filters.min_pitches:
        return Refusal("too few distinct pitches", "--min-pitches")
    if bars * melody.bar > _MAX_STEPS and _longest(melody) > _MAX_STEPS:
        return Refusal("a note or a rest too long for the grid")
    return None


def _longest(melody: Score) -> int:
    """The longest duration or shift."""
    return max(int(melody.duration.max()), int(np.diff(melody.onset).max(initial=0)))


def _details(melody: Score) -> dict[str, Any]:
    return {
        "bars": melody.num_bars,
        "notes": len(melody),
        "meter": "{}/{}".format(*melody.meter),
        "key": str(melody.key),
    }


def tune_identity(melody: Score, rows: IntArray | None = None) -> bytes:
    """What a tune keeps in any key and at any tempo: its intervals and inter-onset times, as bytes.

    `rows` are its event rows, where they are known.
    """
    rows = encode(melody) if rows is None else rows
    identity = np.empty((2, len(melody) - 1), dtype=np.int32)
    identity[0] = melody.pitch[1:] - melody.pitch[:-1]
    identity[1] = rows[1:, SHIFT]
    return identity.tobytes()


def melodies_of_file(path: Path | Source, filters: Filters) -> tuple[list[tuple[Score, Line]], list[Line]]:
    """The melodies a file gives, each with its line, and the lines of what it does not give."""
    source = path if isinstance(path, Source) else Source(str(path))
    try:
        if source.refusal is not None:
            found = [Found(None, *source.refusal)]
        else:
            opener = Opener(Limits())
            found = examine(opener.read(source), filters, Limits())
            opener.close()
    except MidiError as error:
        found = [Found(None, f"unreadable: {error}")]
    kept = [
        (replace(one.melody, name=source.stem + one.melody.name), one.line(source.name))
        for one in found
        if one.melody is not None
    ]
    return kept, [one.line(source.name) for one in found if one.melody is None]


def read_melodies(
    files: Iterable[Path | Source], filters: Filters, on_file: Callable[[Path | Source], None] | None = None
) -> tuple[list[Score], list[Line]]:
    """All melodies of all files, in this process and in memory, and the report: for folders that are small.

    The bytes of a file are not asked whether they were seen before, only its melodies are.
    """
    melodies: list[Score] = []
    lines: list[Line] = []
    seen: dict[bytes, str] = {}
    for path in files:
        kept, dropped = melodies_of_file(path, filters)
        for melody, line in kept:
            identity = tune_identity(melody)
            if identity in seen and not filters.keep_duplicates:
                lines.append(duplicate(line, seen[identity]))
                continue
            seen.setdefault(identity, line.file)
            melodies.append(melody)
            lines.append(line)
        lines.extend(dropped)
        if on_file is not None:
            on_file(path)
    return melodies, lines
