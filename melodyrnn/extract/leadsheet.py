"""Finds lead sheets: the extractor "leadsheet", a melody and its chord symbols as a score of two parts.

The melody is that of the extractor "melody". The chord symbols are those of the file (`music.chord_markers`) where it
has any, else they are found in the notes of all its tracks (see `chords`), in the melody alone where there is nothing
else. Chords before the bar in which the melody begins and after the one in which it ends are left out, and so are those
in its long rests, at which it is cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Bools
from ..music.chord_markers import chord_markers
from ..music.chords import ChordSymbol
from ..music.piece import Notes, Piece, Track
from ..music.units import DRUM_CHANNEL
from ..score.chords import CHORDS, VELOCITY, chord_score
from ..score.score import Part, Score, in_parts
from .candidates import MelodyCandidate
from .chords import find_chords
from .extractor import Details, Extracted, ExtractionSettings, PartRole, Refusal, track_label
from .melody import without_candidates
from .pieces import pieces_of
from .selection import nature, select
from .slotting import ChosenPart

_MAX_QUARTERS = 1024  # of one chord; a damaged file may have one of millions
_BACKING = Part("", "melodic", 0, "harmony")


@dataclass(frozen=True, slots=True)
class LeadSheetExtractor:
    """Extracts the melodies of a piece with chord symbols."""

    name: str = "leadsheet"
    has_parts: bool = True

    def extract(self, piece: Piece, settings: ExtractionSettings) -> Iterator[Extracted]:
        """Yield the scores of the chosen melodies, then a line for each track."""
        selection = select(piece, settings)
        chosen, others = selection.chosen, selection.others
        if not chosen and not others:
            yield Extracted(None, without_candidates(piece))
            return
        symbols = _written_chords(piece)
        found = [one for candidate in chosen for one in _sheets(piece, candidate, symbols, settings)]
        is_only = len(found) == 1
        for number, one in enumerate(found, 1):
            if isinstance(one.result, Score):
                one = replace(one, result=replace(one.result, name="" if is_only else f" ({number})"))
            yield one
        for candidate in chosen:
            yield Extracted(
                candidate.label,
                PartRole("melody", "its rank among the melodies"),
                {"notes": len(candidate.notes), **nature(candidate, settings)},
            )
        used = PartRole("chords", "its notes")
        for candidate, refusal in others:
            yield Extracted(candidate.label, used if symbols is None else refusal, {"notes": len(candidate.notes)})
        for number, track in enumerate(piece.tracks):
            if track.is_drums and len(track.notes):
                yield Extracted(track_label(number, track.name), Refusal("drums"), {"notes": len(track.notes)})


def _written_chords(piece: Piece) -> Notes | None:
    """Return the chord symbols of a file as notes with their codes, each lasting to the next; None without any."""
    at = {marker.tick: ChordSymbol.parse(marker.text).code for marker in chord_markers(piece)}  # the last at a tick
    if not at:
        return None
    onset = np.array(list(at), dtype=np.int64)
    duration = np.diff(onset, append=max(piece.end, int(onset[-1]) + 1))
    return Notes.of(onset, duration, list(at.values()), np.full(len(onset), VELOCITY))


def _sheets(
    piece: Piece, candidate: MelodyCandidate, symbols: Notes | None, settings: ExtractionSettings
) -> Iterator[Extracted]:
    """Yield the lead sheets of one melody, or refusals."""
    source = "found in the notes" if symbols is None else "written in the file"
    for one in pieces_of(*_with_chords(piece, candidate, symbols, settings), settings).found:
        result: Score | Refusal | PartRole = one.result
        if isinstance(result, Score):
            result = _lead_sheet(_with_found_chords(result) if symbols is None else result)
        details: Details = {**one.details, "program": piece.tracks[candidate.track].program, "chords": source}
        details.pop("parts", None)
        label = candidate.label + (f", {one.voice}" if one.voice else "")
        yield Extracted(label, result, details)


def _with_chords(
    piece: Piece, candidate: MelodyCandidate, symbols: Notes | None, settings: ExtractionSettings
) -> tuple[Piece, list[ChosenPart]]:
    """Return the piece with the melody as its track and what gives its chords as others, and both as parts.

    The second part is that of the chord symbols, or holds the notes in which chords are found.
    """
    own = piece.tracks[candidate.track]
    melody = ChosenPart(Part(own.name, "melodic", own.program, "melody"), (candidate.track,), ("",))
    tracks = list(piece.tracks)
    tracks[candidate.track] = replace(own, notes=candidate.notes)
    beside = [number for number, track in enumerate(tracks) if number != candidate.track and not track.is_drums]
    if symbols is not None:
        chords = _near(piece, candidate.notes, _struck_in_quarters(symbols, piece.ticks_per_quarter), settings)
        tracks.append(Track(chords, channel=DRUM_CHANNEL))  # whose pitches mean nothing for the bar lines
        parts = [ChosenPart(CHORDS, (len(tracks) - 1,), ("",)), melody]
    else:
        if len(candidate.notes) < len(own.notes):
            tracks.append(replace(own, notes=_without(own.notes, candidate.notes)))
            beside.append(len(tracks) - 1)
        for number in beside:
            tracks[number] = replace(
                tracks[number], notes=_near(piece, candidate.notes, tracks[number].notes, settings)
            )
        parts = [melody, *([ChosenPart(_BACKING, tuple(beside), ("",) * len(beside))] if beside else ())]
    return replace(piece, tracks=tuple(tracks)), parts


def _struck_in_quarters(symbols: Notes, ticks_per_quarter: int) -> Notes:
    """Return chord symbols struck again on every quarter note, so that a cut leaves none without its beginning."""
    count = np.minimum(-(-symbols.duration // ticks_per_quarter), _MAX_QUARTERS)
    index = np.repeat(np.arange(len(symbols)), count)
    onset = (
        symbols.onset[index] + (np.arange(len(index)) - np.repeat(np.cumsum(count) - count, count)) * ticks_per_quarter
    )
    duration = np.minimum(ticks_per_quarter, symbols.end[index] - onset)
    return Notes.of(onset, duration, symbols.pitch[index], symbols.velocity[index])


def _near(piece: Piece, melody: Notes, notes: Notes, settings: ExtractionSettings) -> Notes:
    """Return the notes that begin while the melody goes on, or in the bar's time before it begins."""
    bar = round(max(change.meter.quarters for change in piece.meters) * piece.ticks_per_quarter)
    rest = melody.onset[1:] - melody.end[:-1]
    breaks = np.flatnonzero(rest > bar + settings.max_rest_quarters * piece.ticks_per_quarter)
    starts = melody.onset[np.append(0, breaks + 1)] - bar
    ends = melody.end[np.append(breaks, len(melody) - 1)]
    phrase = np.searchsorted(starts, notes.onset, side="right") - 1
    return notes[(phrase >= 0) & (notes.onset < ends[phrase])]


def _without(notes: Notes, others: Notes) -> Notes:
    """Return the notes whose onset and pitch are none of those of `others`."""
    places, taken = (one.onset << 8 | one.pitch for one in (notes, others))
    return notes[~np.isin(places, taken)]


def _with_found_chords(score: Score) -> Score:
    """Return the melody of a score with the chords that are found in all its notes."""
    is_melody = _has_role(score, "melody")
    melody = replace(score[is_melody], part=score.part[is_melody] * 0, parts=score.parts[:1])
    return in_parts(find_chords(score), melody) if is_melody.any() else score


def _lead_sheet(score: Score) -> Score | Refusal:
    """Return the bars of the melody of a score, one note at a time, with its chord symbols, each once."""
    line, chords = (score[_has_role(score, role)] for role in ("melody", "chords"))
    if not len(line):
        return Refusal("no notes of the melody")
    line = line[np.append(line.onset[1:] > line.onset[:-1], True)]  # the highest of each onset
    room = np.diff(line.onset, append=int(line.onset[-1] + line.duration[-1]))
    start = int(line.onset[0]) // score.bar * score.bar
    melody = replace(
        line,
        onset=line.onset - start,
        duration=np.minimum(line.duration, room),
        part=line.part * 0,
        parts=score.parts[-1:],
    )
    stop = start + melody.num_bars * score.bar
    chords = chords[(chords.onset < stop) & (chords.onset + chords.duration > start)]
    if not len(chords):
        return Refusal("no chord symbols")
    symbols = chord_score(
        np.maximum(chords.onset - start, 0),
        chords.pitch,
        stop - start,
        score.meter,
        score.key,
        score.microseconds_per_quarter,
        score.name,
    )
    return in_parts(symbols, melody)


def _has_role(score: Score, role: str) -> Bools:
    """Return which notes are of parts of a role, shape (num_notes,)."""
    return np.array([part.role == role for part in score.parts])[score.part]
