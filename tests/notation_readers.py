"""What other programs read in ABC and MusicXML: abc2midi, which comes with symusic, and music21."""

from __future__ import annotations

from fractions import Fraction

import pytest
import symusic

from melodyrnn.music.piece import Notes, Piece

Timed = list[tuple[Fraction, Fraction, int]]  # onset and duration in quarter notes, pitch


def notes_of(piece: Piece, track: int = 0) -> Timed:
    """The notes of a track, in order of onset, then pitch."""
    notes: Notes = piece.tracks[track].notes
    columns = zip(notes.onset.tolist(), notes.duration.tolist(), notes.pitch.tolist(), strict=True)
    per = piece.ticks_per_quarter
    return [(Fraction(onset, per), Fraction(duration, per), pitch) for onset, duration, pitch in columns]


def from_first(notes: Timed) -> Timed:
    """The notes with times from the first onset on."""
    return [(onset - notes[0][0], duration, pitch) for onset, duration, pitch in notes]


def read_with_abc2midi(data: bytes) -> Timed:
    """The notes of the first voice, from the first onset on.

    abc2midi begins at tick 1 of 480 and ends every note a tick early; thirds of a step are rounded.
    """
    score = symusic.Score.from_abc(data.decode())
    track = next(track for track in score.tracks if len(track.notes))
    steps = [(round((n.time - 1) / 10), round((n.duration + 1) / 10), n.pitch) for n in track.notes]
    return from_first([(Fraction(onset, 48), Fraction(duration, 48), pitch) for onset, duration, pitch in steps])


def read_with_music21(data: bytes) -> tuple[Timed, str, int, float, str]:
    """The notes of the first part, its meter, sharps, quarter notes per minute and the title of the score."""
    converter = pytest.importorskip("music21").converter
    score = converter.parseData(data.decode(), format="musicxml")
    found: Timed = []
    held: dict[int, int] = {}  # pitch -> number of the note that is tied
    for note in score.parts[0].flatten().notes:
        onset, duration = (Fraction(time).limit_denominator(960) for time in (note.offset, note.quarterLength))
        tie = "" if note.tie is None else note.tie.type
        for pitch in (p.midi for p in note.pitches):
            number = held.pop(pitch, None)
            if number is not None and tie in ("stop", "continue") and sum(found[number][:2]) == onset:
                found[number] = (found[number][0], found[number][1] + duration, pitch)
            else:
                number = len(found)
                found.append((onset, duration, pitch))
            if tie in ("start", "continue"):
                held[pitch] = number
    meter, key, tempo = (
        next(iter(score.recurse().getElementsByClass(kind)))
        for kind in ("TimeSignature", "KeySignature", "MetronomeMark")
    )
    return from_first(found), meter.ratioString, key.sharps, tempo.getQuarterBPM(), score.metadata.title


def harmonies_of_music21(data: bytes) -> list[tuple[float, int | None, int | None]]:
    """(quarter, pitch classes of root and bass) of the chord symbols that music21 reads; None for no chord."""
    converter = pytest.importorskip("music21").converter
    score = converter.parse(data, format="musicxml")
    found = []
    for symbol in score.recurse().getElementsByClass("ChordSymbol"):
        is_none = symbol.classes[0] == "NoChord"
        notes = (None, None) if is_none else (symbol.root().pitchClass, symbol.bass().pitchClass)
        found.append((float(symbol.getOffsetInHierarchy(score)), *notes))
    return sorted(found, key=lambda one: one[0])
