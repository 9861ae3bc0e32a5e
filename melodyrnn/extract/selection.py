"""Selects the melody of a piece among the lines that would be kept: on the grid, with enough notes, bars and pitches.

A line that would be lost is passed over for the next likeliest, which says so in the report. A bass or an ostinato is
not taken in the place of a line that is only off the grid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..music.piece import Piece
from ..score.score import Score
from .accompanying import accompaniment
from .candidates import NOT_CHOSEN, MelodyCandidate, choose, leads
from .extractor import OFF_THE_GRID, Details, ExtractionSettings, Refusal
from .grid import scores_of

_COMPARED = ("auto", "skyline")  # values of `ExtractionSettings.voices` of which one line is taken
Results = list[tuple[Score | Refusal, Details]]


@dataclass(frozen=True, slots=True)
class Selection:
    """The lines of a piece that are taken, and the others with their refusals.

    Attributes:
        results: what lines that were tried give, by track.
    """

    chosen: list[MelodyCandidate]
    others: list[tuple[MelodyCandidate, Refusal]]
    results: Mapping[int, Results] = field(default_factory=dict)

    def results_of(self, piece: Piece, candidate: MelodyCandidate, settings: ExtractionSettings) -> Results:
        """Return the scores and refusals of a line."""
        return self.results.get(candidate.track) or list(scores_of(piece, candidate.notes, candidate.track, settings))


def select(piece: Piece, settings: ExtractionSettings) -> Selection:
    """Return the lines that `settings.voices` selects; of several that may be the melody the first that is kept."""
    chosen, others = choose(piece, settings.voices)
    further = [one for one, _ in others if one.is_usable]
    if settings.voices not in _COMPARED or not further:
        return Selection(chosen, others)
    passed_over: dict[int, Refusal] = {}
    results: dict[int, Results] = {}
    is_lead_loose = False
    for one in _in_turn(chosen, further):
        if is_lead_loose and accompaniment(one.notes) is not None:
            break
        results[one.track] = list(scores_of(piece, one.notes, one.track, settings))
        refusal = _refusal(results[one.track], settings)
        if refusal is None:
            return Selection([one], _others(one, chosen, others, passed_over), results)
        passed_over[one.track] = refusal
        is_lead_loose |= refusal.reason == OFF_THE_GRID and leads(one)
    return Selection(chosen, others, results)


def _in_turn(chosen: Sequence[MelodyCandidate], further: Sequence[MelodyCandidate]) -> Iterator[MelodyCandidate]:
    """Yield lines in the order in which they are tried: those that lead first, the likeliest first."""
    yield from chosen
    yield from sorted(further, key=lambda one: not leads(one))


def _refusal(results: Results, settings: ExtractionSettings) -> Refusal | None:
    """Return why a line would be lost; None where one of its scores is kept."""
    refusals = [r if isinstance(r, Refusal) else settings.fewest.refusal(r) for r, _ in results]
    return None if None in refusals else next((one for one in refusals if one), Refusal("no notes"))


def _others(
    taken: MelodyCandidate,
    chosen: list[MelodyCandidate],
    others: list[tuple[MelodyCandidate, Refusal]],
    passed_over: Mapping[int, Refusal],
) -> list[tuple[MelodyCandidate, Refusal]]:
    """Return the lines beside the one that is taken; those that would be lost say why."""
    lines = [(one, Refusal(NOT_CHOSEN, "--voices all")) for one in chosen] + others
    return [(one, _over(passed_over.get(one.track), refusal)) for one, refusal in lines if one.track != taken.track]


def _over(lost: Refusal | None, refusal: Refusal) -> Refusal:
    return refusal if lost is None else Refusal(f"{NOT_CHOSEN}: {lost.reason}", lost.option)


def nature(candidate: MelodyCandidate, settings: ExtractionSettings) -> Details:
    """Return what must be said of a line that was taken: that it is a top line, a bass or an ostinato."""
    kind = accompaniment(candidate.notes) if settings.voices in _COMPARED else None
    if kind is None and candidate.is_top_line:
        kind = "top line"
    return {} if kind is None else {"line": kind}
