"""Turns a monophonic line of a piece into scores: cut by meter, put on the grid, cut at long rests.

`scores_of` is the last stage of every extractor of single lines. Times are ticks before quantization, steps after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..music.piece import Notes, Piece
from ..music.units import STEPS_PER_QUARTER
from ..score.quantize import Voice, grid_error, grid_offset, quantize
from ..score.score import Score, split_at_rests
from .accents import downbeat_lag, with_regular_bars
from .barlines import with_bar_line
from .extractor import OFF_THE_GRID, Details, ExtractionSettings, Refusal
from .pickups import with_pickup
from .sections import voices_of


def scores_of(
    piece: Piece, line: Notes, track: int, settings: ExtractionSettings
) -> Iterator[tuple[Score | Refusal, Details]]:
    """Yield the scores of a monophonic line, one for each stretch of one meter without a long rest, or refusals.

    Args:
        line: at least one note, none of them simultaneous.
        track: the number in `piece` of the track that the line is named after.
    """
    for voice in voices_of(piece, line, track):
        if isinstance(voice, Refusal):
            yield voice, {}
            continue
        is_free = settings.bar_lines == "auto"
        moved = with_bar_line(piece, voice) or with_pickup(piece, voice) if is_free else None
        result, details = on_grid(moved or voice, settings)
        if moved is not None:
            details["bar_line"] = moved.bar_line
        if isinstance(result, Refusal):
            yield result, details
            continue
        for part in split_at_rests(result, round(settings.max_rest_quarters * STEPS_PER_QUARTER)):
            yield part, details


def on_grid(voice: Voice, settings: ExtractionSettings) -> tuple[Score | Refusal, Details]:
    """Return a voice on the grid, or on a grid with an offset, or as `off_grid` says, and details of how well it fits.

    The details are "grid_error" and, where they apply, "grid_offset" (steps), "off_grid", "bars_made_regular" (how
    many) and "downbeat_by_accents" (by how many steps bar lines were moved).
    """
    result, details = _as_in_file(voice, settings)
    if isinstance(result, Refusal) or settings.bar_lines == "file":
        return result, details
    late = downbeat_lag(result)
    if late is None:
        regular = with_regular_bars(result)
        if regular is None:
            return Refusal("bar lines in doubt", "--bar-lines file"), details
        result, details["bars_made_regular"] = regular
        late = downbeat_lag(result)
    if not late:
        return result, details
    earlier = result.bar - late
    num_bars = (int(result.onset[0]) + earlier) // result.bar
    return result.shifted(earlier - num_bars * result.bar), {**details, "downbeat_by_accents": late}


def _as_in_file(voice: Voice, settings: ExtractionSettings) -> tuple[Score | Refusal, Details]:
    """Return the result of `on_grid` with the bar lines of the voice."""
    fit, details = fit_grid(voice, settings)
    if isinstance(fit, Refusal):
        return fit, details
    return quantize(voice, fit.offset, fit.snap, fit.snap_ends, by_accents=False)[0], details


@dataclass(frozen=True, slots=True)
class GridFit:
    """How notes are put on the grid: it is `offset` steps late in the file; onsets and ends may be snapped."""

    offset: float = 0.0
    snap: bool = False
    snap_ends: bool = False


def fit_grid(
    voice: Voice, settings: ExtractionSettings, rounds_halves: bool = False
) -> tuple[GridFit | Refusal, Details]:
    """Return how a voice, or the notes of several parts as one, are put on the grid, and details of how well it fits.

    A voice off the grid is refused or snapped, as `off_grid` says.

    Args:
        rounds_halves: whether notes on half steps, which is where thirty-seconds are, count as on the grid.
    """
    error = grid_error(voice)
    offset = 0.0
    details: Details = {"grid_error": round(error, 4)}
    snap = settings.off_grid == "snap"
    is_fine = rounds_halves and grid_error(voice, per_step=2) <= settings.max_grid_error
    if error > settings.max_grid_error and is_fine:
        details["thirty_seconds"] = "rounded"
    elif error > settings.max_grid_error:
        offset, moved_error = grid_offset(voice)
        if moved_error > settings.max_grid_error:
            if settings.off_grid == "drop":
                return Refusal(OFF_THE_GRID, "--off-grid snap"), details
            return GridFit(snap=snap, snap_ends=snap), {**details, "off_grid": settings.off_grid}
        details = {"grid_error": round(moved_error, 4), "grid_offset": round(offset, 4)}
    if snap and grid_error(voice, offset, of_ends=True) > settings.max_grid_error:
        return GridFit(offset, snap_ends=True), {**details, "off_grid": "ends snapped"}
    return GridFit(offset), details
