"""Finds the melody of a piece: the extractor "melody", and `find_melody` for a single line without a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..music.piece import Piece
from ..score.quantize import Voice
from ..score.score import Score
from .candidates import POLYPHONIC, choose
from .extractor import Details, Extracted, ExtractionSettings, Refusal, track_label
from .sections import voices_of
from .selection import Selection, nature, select


class MelodyExtractor:
    """Extracts the tracks that hold melodies, as scores of one monophonic part each."""

    name = "melody"

    def extract(self, piece: Piece, settings: ExtractionSettings) -> Iterator[Extracted]:
        """Yield the scores of the chosen tracks, then the refusals of the other tracks, then those of drum kits."""
        selection = select(piece, settings)
        if not selection.chosen and not selection.others:
            yield Extracted(None, without_candidates(piece))
            return
        yield from _scores(piece, selection, settings)
        for candidate, refusal in selection.others:
            yield Extracted(candidate.label, refusal, {"notes": len(candidate.notes)})
        for number, track in enumerate(piece.tracks):
            if track.is_drums and len(track.notes):
                yield Extracted(track_label(number, track.name), Refusal("drums"), {"notes": len(track.notes)})


def _scores(piece: Piece, selection: Selection, settings: ExtractionSettings) -> Iterator[Extracted]:
    """Yield the scores of the chosen tracks, numbered in their names where there are several in the piece."""
    found = [(one, selection.results_of(piece, one, settings)) for one in selection.chosen]
    is_only = sum(len(results) for _, results in found) == 1
    count = 0
    for candidate, results in found:
        track = piece.tracks[candidate.track]
        sound: Details = {"program": track.program, **nature(candidate, settings)}
        for number, (result, details) in enumerate(results, start=1):
            count += 1
            voice = candidate.label + (f", part {number}" if len(results) > 1 else "")
            if isinstance(result, Score) and not is_only:
                result = replace(result, name=f" ({count})")
            yield Extracted(voice, result, details | sound)


def find_melody(piece: Piece) -> Voice | Refusal:
    """Return the likeliest melody of a piece, in the section with most of its notes; else a refusal."""
    chosen, others = choose(piece, "auto")
    if not chosen:
        return Refusal(POLYPHONIC, "--voices skyline") if others else without_candidates(piece)
    best = chosen[0]
    voices = voices_of(piece, best.notes, best.track, best.name)
    lines = [voice for voice in voices if isinstance(voice, Voice)]
    return max(lines, key=lambda line: len(line.notes)) if lines else voices[0]


def without_candidates(piece: Piece) -> Refusal:
    """Return the refusal of a piece without any candidate."""
    return Refusal("drums only", "--parts all") if piece.num_notes else Refusal("no notes")
