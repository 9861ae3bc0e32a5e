"""Reads the melodies of a few files in this process and keeps them in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from ...errors import MidiError
from ...extract.extractor import Extracted, Refusal
from ...score.score import Score
from .config import IngestConfig
from .examine import examine, unreadable
from .identity import tune_identity
from .opener import Opener
from .report import ReportLine
from .sources import Source


def melodies_of_file(
    file: Path | Source, config: IngestConfig
) -> tuple[list[tuple[Score, ReportLine]], list[ReportLine]]:
    """Return the melodies of a file, each with its report line, and the report lines of what is no melody."""
    source = file if isinstance(file, Source) else Source(str(file))
    kept: list[tuple[Score, ReportLine]] = []
    dropped: list[ReportLine] = []
    for extracted in _examine(source, config):
        line = ReportLine.of(source.name, extracted)
        if not isinstance(extracted.result, Score):
            dropped.append(line)
        else:
            kept.append((replace(extracted.result, name=source.stem + extracted.result.name), line))
    return kept, dropped


def _examine(source: Source, config: IngestConfig) -> list[Extracted]:
    if source.refusal is not None:
        return [Extracted(None, Refusal(*source.refusal))]
    opener = Opener(config.limits)
    try:
        return examine(opener.read(source), config)
    except MidiError as error:
        return [unreadable(error)]
    finally:
        opener.close()


def read_melodies(
    files: Iterable[Path | Source],
    config: IngestConfig,
    on_file: Callable[[Path | Source], None] | None = None,
) -> tuple[list[Score], list[ReportLine]]:
    """Return all melodies of all files, and the report.

    Duplicates of melodies are dropped unless the configuration keeps them; the bytes of files are not compared.

    Args:
        on_file: called after each file.
    """
    melodies: list[Score] = []
    lines: list[ReportLine] = []
    seen: dict[bytes, str] = {}  # identity -> the first file that held it
    for file in files:
        kept, dropped = melodies_of_file(file, config)
        for melody, line in kept:
            identity = tune_identity(melody)
            if identity in seen and not config.filters.keep_duplicates:
                lines.append(line.as_duplicate(seen[identity]))
                continue
            seen.setdefault(identity, line.file)
            melodies.append(melody)
            lines.append(line)
        lines.extend(dropped)
        if on_file is not None:
            on_file(file)
    return melodies, lines
