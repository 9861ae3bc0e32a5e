"""The whole ingest: folders in, a corpus folder out, and what became of each file."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ..errors import CorpusError
from ..files import refuse_existing
from .ingest import Filters, Line, find_files, read_melodies
from .store import split_pieces, write_corpus


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ingest did: files seen, pieces by split, notes, and dropped files or voices by reason."""

    files: int
    splits: dict[str, int]
    notes: int
    dropped: dict[str, int]


def ingest(
    places: Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    filters: Filters | None = None,
    validation: float = 0.05,
    test: float = 0.1,
    seed: int = 0,
    force: bool = False,
    on_file: Callable[[int, int], None] | None = None,
) -> Summary:
    """Read all MIDI files under `places` and write a corpus to the folder `output`.

    Args:
        validation, test: shares of the pieces kept apart, drawn by `seed` after duplicates are gone.
        on_file: told, after each file, how many are done and how many there are.

    Raises:
        CorpusError: where a place does not exist or nothing usable is found.
        OutputError: where `output` exists without `force`, or cannot be written.
    """
    for name, share in (("validation", validation), ("test", test)):
        if not 0 <= share < 1:
            raise CorpusError(f"{name} must be at least 0 and under 1. Received: {share}")
    if validation + test >= 1:
        raise CorpusError(f"validation and test must leave pieces to train on. Received: {validation} and {test}")
    refuse_existing(output, force)
    files = find_files(places)
    if not files:
        raise CorpusError(f"a folder must hold MIDI files (.mid, .midi, .kar, .smf). Received: {_names(places)}")
    filters = filters or Filters()
    done = 0

    def count(_: Path) -> None:
        nonlocal done
        done += 1
        if on_file is not None:
            on_file(done, len(files))

    melodies, lines = read_melodies(files, filters, count)
    if not melodies:
        raise CorpusError(
            f"at least one file must hold a usable melody. Received {len(files)} in {_names(places)}: {_reasons(lines)}"
        )
    splits = split_pieces(len(melodies), validation, test, seed)
    settings = {**asdict(filters), "validation": validation, "test": test, "seed": seed}
    write_corpus(output, melodies, splits, lines, settings, force)
    return Summary(len(files), dict(Counter(splits)), sum(len(m) for m in melodies), dropped_by_reason(lines))


def dropped_by_reason(lines: Sequence[Line]) -> dict[str, int]:
    """How many were dropped for each reason, the most common first."""
    reasons = Counter((line.reason or "").split(":")[0] for line in lines if line.status == "dropped")
    return dict(reasons.most_common())


def _reasons(lines: Sequence[Line]) -> str:
    return ", ".join(f"{reason} ({n})" for reason, n in dropped_by_reason(lines).items())


def _names(places: Sequence[str | os.PathLike[str]]) -> str:
    return ", ".join(str(place) for place in places)
