"""Chord symbols written into a given MIDI file, as markers or as texts like those that it has, and others removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..midi.raw import RawEvent, RawFile, merged
from ..midi.texts import MARKER, TEXT, TextDecoder, text_at
from ..midi.write import marker_message, text_message
from ..music.chord_markers import chord_markers
from ..music.chords import NO_CHORD, ChordSymbol
from ..score.score import Score
from .file_edits import without
from .given_ensemble import GivenEnsemble


def with_chords(raw: RawFile, given: GivenEnsemble, new: Score, span: tuple[int, int], anew: bool = False) -> RawFile:
    """Return the file with the chord symbols of a score in its first track; without any it is unchanged.

    Args:
        span: the steps between which they stand.
        anew: whether those of the file in the span are removed; the one that holds at its end goes on there.
    """
    chords = _only_chords(new)
    if anew:
        raw = _without_chords(raw, given, span)
    elif not len(chords):
        return raw
    is_text = _are_texts(given)
    events = []
    for step, code in _changes(_only_chords(given.score), chords, span, anew):
        text = ChordSymbol.from_code(code).text(new.key)
        message = text_message(text) if is_text else marker_message(text)
        events.append(RawEvent(max(0, given.tick_of(step)), message))
    first = raw.tracks[0]
    end = max([first.end, *(event.tick for event in events)])
    return replace(raw, tracks=(replace(first, events=merged(first.events, (), events), end=end), *raw.tracks[1:]))


def _only_chords(score: Score) -> Score:
    return score[np.array([part.kind == "chords" for part in score.parts])[score.part]]


def _changes(kept: Score, chords: Score, span: tuple[int, int], anew: bool) -> Iterator[tuple[int, int]]:
    """Yield the step and the code of each symbol in a span that differs from the one before it.

    Args:
        kept, chords: the symbols of the file and the new ones.
        anew: see `with_chords`.
    """
    start, stop = span
    onset, end = kept.onset, kept.onset + kept.duration
    before = kept.pitch[onset < start].tolist()
    now = before[-1] if before else None
    rows: list[tuple[int, int]] = []
    until = start if now is None and not anew else None  # where the symbol before ends without another
    for first, length, code in zip(*(c.tolist() for c in (chords.onset, chords.duration, chords.pitch)), strict=True):
        if until is not None and first > until:
            rows.append((until, NO_CHORD))
        rows.append((first, code))
        until = first + length
    if until is not None and start < until < stop:
        rows.append((until, NO_CHORD))
    if anew:
        rows += [(stop, code) for code in kept.pitch[(onset < stop) & (end > stop)].tolist()]
    for step, code in rows:
        if code != now:
            yield step, code
        now = code


def _without_chords(raw: RawFile, given: GivenEnsemble, span: tuple[int, int]) -> RawFile:
    """Return the file without its chord symbols in a span of steps."""
    start = given.tick_of(span[0])
    gone = {
        (marker.tick, TEXT if marker.is_text else MARKER, marker.text)
        for marker in chord_markers(given.file.piece)
        if marker.tick >= start and given.grid.step(marker.tick) < span[1]
    }
    decode = TextDecoder(given.file.raw.to_bytes())

    def is_gone(event: RawEvent) -> bool:
        if not (event.is_meta(TEXT) or event.is_meta(MARKER)):
            return False
        return (event.tick, event.data[1], decode(text_at(event.data, 2)[0]).strip()) in gone

    return without(raw, is_gone)


def _are_texts(given: GivenEnsemble) -> bool:
    """Return whether chord symbols are written as texts: as those of the file, else where it has more markers."""
    known = chord_markers(given.file.piece)
    texts = sum(marker.is_text for marker in given.file.piece.markers)
    return known[0].is_text if known else len(given.file.piece.markers) > 2 * texts
