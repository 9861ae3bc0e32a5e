"""Extracts the scores of one file from its bytes; every file and every voice gets a line in the report.

A file is read, its scores are extracted (see `extract`), and each score is accepted or refused. A refusal has a
reason and, where there is one, the option that would have kept the score. Duplicates can be found only among several
files: `builder` drops them.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from ...errors import MidiError
from ...extract.extractor import Details, Extracted, ExtractionSettings, Fewest, Refusal
from ...extract.registry import find_extractor
from ...formats.read import Tune, read_tunes
from ...music.piece import Piece
from ...music.units import GENERATED_MARK
from ...score.score import Score
from .config import Filters, IngestConfig
from .sources import NotReadError

_MAX_STEPS = 32_767  # what int16 holds


def examine(data: bytes, config: IngestConfig) -> list[Extracted]:
    """Return the scores and refusals of the bytes of a file, in the order of the report.

    It never raises: bytes that cannot be read give a `Refusal`.
    """
    try:
        tunes = read_tunes(data, "this file")
    except MidiError as error:
        return [unreadable(error)]
    if len(tunes) == 1:
        return examine_piece(tunes[0].piece, config)
    return [_of_book(one, tune) for tune in tunes for one in examine_piece(tune.piece, config)]


def _of_book(extracted: Extracted, tune: Tune) -> Extracted:
    """Return what was extracted from one of several tunes of a file, named by the tune."""
    voice = tune.label if extracted.voice is None else f"{tune.label}, {extracted.voice}"
    score = extracted.result
    if isinstance(score, Score):
        score = replace(score, name=f" ({tune.title or tune.number}){score.name}")
    return Extracted(voice, score, extracted.details)


def examine_piece(piece: Piece, config: IngestConfig) -> list[Extracted]:
    """Return the scores and refusals of a piece, in the order of the report."""
    refusal = _refuse_piece(piece, config)
    if refusal is not None:
        found = [refusal]
    else:
        extractor = find_extractor(config.extractor)
        settings = _settings(config.extraction, config.filters)
        found = [_accept(one, settings.fewest) for one in extractor.extract(piece, settings)]
    if piece.repairs:
        repaired: Details = {"repaired": list(piece.repairs)}
        found = [replace(one, details={**one.details, **repaired}) for one in found]
    return found


@lru_cache(maxsize=16)
def _settings(extraction: ExtractionSettings, filters: Filters) -> ExtractionSettings:
    """Return the settings of extraction with what the filters require."""
    return replace(extraction, fewest=filters.fewest)


def unreadable(error: MidiError) -> Extracted:
    """Return the refusal of a file that cannot be read."""
    if isinstance(error, NotReadError):
        return Extracted(None, Refusal(*error.refusal))
    return Extracted(None, Refusal(f"unreadable: {error}"))


def _refuse_piece(piece: Piece, config: IngestConfig) -> Extracted | None:
    """Return the refusal of a piece that is not examined; None for any other piece."""
    if piece.num_notes > config.limits.file_notes:
        return Extracted(None, Refusal("too many notes", f"--max-notes {piece.num_notes}"), {"notes": piece.num_notes})
    if not config.filters.keep_generated and any(text.startswith(GENERATED_MARK) for text in piece.texts):
        return Extracted(None, Refusal("written by melodyrnn", "--keep-generated"))
    return None


def _accept(extracted: Extracted, fewest: Fewest) -> Extracted:
    """Return a score with its length, meter and key as details; refused where it does not meet the filters."""
    score = extracted.result
    if not isinstance(score, Score):
        return extracted
    num_bars = score.num_bars
    details: Details = {
        "bars": num_bars,
        "notes": len(score),
        "meter": str(score.meter),
        "key": str(score.key.as_usual()),
    }
    details.update(extracted.details)
    return Extracted(extracted.voice, _refuse_score(score, num_bars, fewest) or score, details)


def _refuse_score(score: Score, num_bars: int, fewest: Fewest) -> Refusal | None:
    """Return the refusal of a score, with all options that it needs; None where it meets the filters."""
    refusal = fewest.refusal(score)
    if refusal is not None:
        return refusal
    if num_bars * score.bar > _MAX_STEPS and _longest(score) > _MAX_STEPS:
        return Refusal("a note or a rest too long for the grid")
    return None


def _longest(score: Score) -> int:
    """Return the longest duration or inter-onset time, in steps."""
    return max(int(score.duration.max()), int(np.diff(score.onset).max(initial=0)))
