"""Converts scores into pieces of MIDI: one track and one channel per part; chord symbols become markers."""

from __future__ import annotations

from collections.abc import Iterator

from ..music.piece import KeySignature, Notes, Piece, Tempo, TimeSignature, Track
from ..music.units import DRUM_CHANNEL, STEPS_PER_QUARTER, TICKS_PER_QUARTER
from .chords import has_chords, markers_of
from .score import Part, Score

_TICKS_PER_STEP = TICKS_PER_QUARTER // STEPS_PER_QUARTER
_NUM_CHANNELS = 16


def to_piece(
    score: Score, num_bars: int | None = None, program: int | None = None, texts: tuple[str, ...] = ()
) -> Piece:
    """Return a piece at 480 ticks per quarter that ends on a bar line: after `num_bars` bars, or later if needed.

    Args:
        program: General MIDI program of all melodic parts; None for the program of each part.
        texts: text events at the start of the file.
    """
    bars = score.num_bars if num_bars is None else num_bars
    return Piece(
        TICKS_PER_QUARTER,
        tuple(_tracks(score, program)),
        (Tempo(0, score.microseconds_per_quarter),),
        (TimeSignature(0, score.meter),),
        (KeySignature(0, score.key),),
        bars * score.bar * _TICKS_PER_STEP,
        texts,
        markers=markers_of(score, bars * score.bar, _TICKS_PER_STEP) if has_chords(score) else (),
    )


def _tracks(score: Score, program: int | None) -> Iterator[Track]:
    """Yield the tracks of parts with notes: melodic ones on all channels but that of drums in turn, drums on theirs."""
    melodic = [channel for channel in range(_NUM_CHANNELS) if channel != DRUM_CHANNEL]
    place = 0
    for number, part in enumerate(score.parts):
        if part.kind == "chords":
            continue
        own = score if len(score.parts) == 1 else score[score.part == number]
        notes = Notes.of(own.onset * _TICKS_PER_STEP, own.duration * _TICKS_PER_STEP, own.pitch, own.velocity)
        if part.kind == "drums":
            yield Track(notes, _name(score, part), part.program, DRUM_CHANNEL)
            continue
        yield Track(
            notes, _name(score, part), part.program if program is None else program, melodic[place % len(melodic)]
        )
        place += 1


def _name(score: Score, part: Part) -> str:
    return part.name or (score.name if len(score.parts) == 1 else "") or "melody"
