"""A folder of MIDI files in, a corpus out; every file gets an answer.

The way of a file: read → find the melody → put it on the grid → cut at long rests → filter → leave out duplicates.
The same tune transposed is a duplicate. What is dropped is dropped with a reason and, where there is one, the
option that would have kept it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import CorpusError, MidiError
from ..events.melody import STEPS_PER_QUARTER, Melody, encode, quantize, split_at_rests
from ..music.read import MIDI_SUFFIXES, read_piece
from ..music.voice import Refusal, find_melody

GENERATED_MARK = "melodyrnn generate"


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
    """

    min_notes: int = 16
    min_pitches: int = 3
    max_rest_quarters: float = 16
    max_grid_error: float = 0.12
    keep_duplicates: bool = False
    keep_generated: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report: what became of a file, or of one voice in it."""

    file: str
    voice: str | None
    status: str
    reason: str | None = None
    option: str | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        head = {"file": self.file, "voice": self.voice, "status": self.status}
        return {**head, "reason": self.reason, "option": self.option, **self.details}


def find_files(places: Sequence[str | os.PathLike[str]]) -> list[Path]:
    """All MIDI files under the given folders (or the files themselves), sorted, each once.

    Raises CorpusError for a place that does not exist.
    """
    found: dict[Path, None] = {}
    for place in map(Path, places):
        if not place.exists():
            raise CorpusError(f"a folder of MIDI files must exist. Received: {place}")
        for path in sorted(_walk(place)) if place.is_dir() else [place]:
            found.setdefault(path)
    return list(found)


def _walk(folder: Path) -> Iterator[Path]:
    for root, _, names in os.walk(folder):
        for name in names:
            if name.lower().endswith(MIDI_SUFFIXES):
                yield Path(root) / name


def melodies_of_file(path: Path, filters: Filters) -> tuple[list[tuple[Melody, Line]], list[Line]]:
    """The melodies a file gives, each with its line, and the lines of what it does not give."""
    name = str(path)
    try:
        piece = read_piece(path)
    except MidiError as error:
        return [], [Line(name, None, "dropped", f"unreadable: {error}")]
    if not filters.keep_generated and any(text.startswith(GENERATED_MARK) for text in piece.texts):
        return [], [Line(name, None, "dropped", "written by melodyrnn", "--keep-generated")]
    voice = find_melody(piece)
    if isinstance(voice, Refusal):
        return [], [Line(name, None, "dropped", voice.reason, voice.option)]
    melody, grid_error = quantize(voice)
    label = f"track {voice.track}" + (f" ({voice.name})" if voice.name else "")
    if grid_error > filters.max_grid_error:
        details = {"grid_error": round(grid_error, 4)}
        return [], [Line(name, label, "dropped", "off the grid", "--max-grid-error", details)]
    parts = split_at_rests(melody, round(filters.max_rest_quarters * STEPS_PER_QUARTER))
    kept, dropped = [], []
    for number, part in enumerate(parts, start=1):
        part = replace(part, name=path.stem + (f" ({number})" if len(parts) > 1 else ""))
        part_label = label + (f", part {number}" if len(parts) > 1 else "")
        refusal = _filter(part, filters)
        if refusal is None:
            kept.append((part, Line(name, part_label, "kept", details=_details(part, grid_error))))
        else:
            dropped.append(Line(name, part_label, "dropped", refusal.reason, refusal.option))
    return kept, dropped


def _filter(melody: Melody, filters: Filters) -> Refusal | None:
    if len(melody) < filters.min_notes:
        return Refusal("too few notes", "--min-notes")
    if len(np.unique(melody.pitch)) < filters.min_pitches:
        return Refusal("too few distinct pitches", "--min-pitches")
    return None


def _details(melody: Melody, grid_error: float) -> dict[str, Any]:
    return {
        "bars": melody.num_bars,
        "notes": len(melody),
        "meter": "{}/{}".format(*melody.meter),
        "key": str(melody.key),
        "grid_error": round(grid_error, 4),
    }


def tune_identity(melody: Melody) -> bytes:
    """What a tune keeps in any key and at any tempo: its intervals and inter-onset times, as bytes."""
    rows = encode(melody)
    return np.stack([np.diff(melody.pitch), rows[1:, 0]]).astype(np.int32).tobytes()


def read_melodies(
    files: Iterable[Path], filters: Filters, on_file: Callable[[Path], None] | None = None
) -> tuple[list[Melody], list[Line]]:
    """All melodies of all files, and the report: a line for each file or voice, in order."""
    melodies: list[Melody] = []
    lines: list[Line] = []
    seen: dict[bytes, str] = {}
    for path in files:
        kept, dropped = melodies_of_file(path, filters)
        for melody, line in kept:
            identity = tune_identity(melody)
            if identity in seen and not filters.keep_duplicates:
                details = {"duplicate_of": seen[identity]}
                lines.append(
                    replace(
                        line,
                        status="dropped",
                        reason="duplicate",
                        option="--keep-duplicates",
                        details=details,
                    )
                )
                continue
            seen.setdefault(identity, str(path))
            melodies.append(melody)
            lines.append(line)
        lines.extend(dropped)
        if on_file is not None:
            on_file(path)
    return melodies, lines
