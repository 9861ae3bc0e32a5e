"""Documents: the JSON in which page and server exchange a piece, and the `Piece` that each stands for.

All times are ticks, as in `music/piece.py`. A document holds all of a piece but its repairs and its file. Chord symbols
are markers of a piece; `chord_markers` tells which.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..errors import MelodyRNNError
from ..json_types import JsonObject
from ..midi.builder import has_bar
from ..music.bars import num_bars
from ..music.chord_markers import chord_markers
from ..music.keys import Key
from ..music.meter import Meter
from ..music.piece import KeySignature, Marker, Notes, Piece, Tempo, TimeSignature, Track
from ..music.units import DRUM_CHANNEL
from .endpoint import CallError
from .reading import a_flag, a_list, a_row, a_row_of_integers, a_text, an_integer, an_object, refuse, refused

MAX_TRACKS, MAX_NOTES, MAX_CHANGES, MAX_TEXT = 128, 100_000, 20_000, 10_000
MAX_BARS = 100_000  # of all tracks together
MAX_TICK = 2**28 - 1  # the largest time between two events of a MIDI file
_MAX_TICKS_PER_QUARTER, _MAX_TEMPO = 2**15 - 1, 2**24 - 1
_HIGHEST = np.array([MAX_TICK, MAX_TICK, 127, 127])  # of onset, duration, pitch and velocity
_LOWEST = np.array([0, 1, 0, 1])
RECIPE = "melodyrnn "  # begins the text of a piece that is the command that makes it again


def document_of(
    piece: Piece,
    roles: Sequence[str] = (),
    name: str = "",
    source: str | None = None,
    origins: Sequence[int | None] | None = None,
) -> JsonObject:
    """Return the document of a piece.

    Args:
        roles: of its tracks; where one is empty or missing, a track is drums or a melody.
        name: of the document.
        source: the id of the imported file that it edits.
        origins: for each track the number of that of the imported file, None for a new one.
    """
    chords = chord_markers(piece)
    own = {(marker.tick, marker.text, marker.is_text) for marker in chords}
    rest = [one for one in piece.markers if (one.tick, one.text.strip(), one.is_text) not in own]
    command = next((text for text in piece.texts[:1] if text.startswith(RECIPE)), None)
    return {
        "ticksPerQuarter": piece.ticks_per_quarter,
        "end": piece.end,
        "tempos": [[one.tick, one.microseconds_per_quarter] for one in piece.tempos],
        "meters": [[one.tick, *one.meter] for one in piece.meters],
        "keys": [[one.tick, str(one.key)] for one in piece.keys],
        "tracks": [
            {**_track(track, _role(track, number, roles)), **({} if origins is None else {"origin": origins[number]})}
            for number, track in enumerate(piece.tracks)
        ],
        "chords": [[one.tick, one.text] for one in chords],
        "chordsAreTexts": bool(chords) and chords[0].is_text,
        "markers": [[one.tick, one.text, one.is_text] for one in rest],
        "texts": list(piece.texts[command is not None :]),
        "command": command,
        "source": source,
        "name": name,
    }


def _track(track: Track, role: str) -> JsonObject:
    notes = track.notes
    columns = (column.tolist() for column in (notes.onset, notes.duration, notes.pitch, notes.velocity))
    return {
        "name": track.name,
        "role": role,
        "program": track.program,
        "channel": track.channel,
        "isDrum": track.is_drums,
        "notes": [list(row) for row in zip(*columns, strict=True)],
    }


def _role(track: Track, number: int, roles: Sequence[str]) -> str:
    if number < len(roles) and roles[number]:
        return roles[number]
    return "drums" if track.is_drums else "melody"


def piece_of(document: object) -> Piece:
    """Return the piece of a document. Raises CallError where it does not follow the rules of one."""
    found = an_object(document, "a document")
    command = found.get("command")
    texts = [a_text(one, MAX_TEXT, "a text") for one in a_list(found.get("texts", []), MAX_CHANGES, "texts")]
    if command is not None:
        texts.insert(0, a_text(command, MAX_TEXT, "command"))
    piece = Piece(
        ticks_per_quarter=an_integer(found.get("ticksPerQuarter"), 1, _MAX_TICKS_PER_QUARTER, "ticksPerQuarter"),
        tracks=_tracks_of(found),
        tempos=_tempos_of(found),
        meters=_meters_of(found),
        keys=_keys_of(found),
        end=an_integer(found.get("end"), 0, MAX_TICK, "end"),
        texts=tuple(texts),
        markers=_markers_of(found),
    )
    count = num_bars(piece) * max(1, len(piece.tracks))
    if count > MAX_BARS:  # each of which is written where a document becomes notation
        raise CallError(f"a document must have at most {MAX_BARS:,} bars in all tracks. Received: {count:,}", 413)
    return piece


def origins_of(document: JsonObject, num_tracks: int) -> list[int | None]:
    """Return for each track of a document the number of the track of its file that it was, None for a new one.

    Args:
        num_tracks: of the file.

    Raises:
        CallError: where the file has no such track, or two tracks were one.
    """
    origins = [an_object(one, "a track").get("origin") for one in _rows(document, "tracks", MAX_TRACKS)]
    known = [an_integer(one, 0, num_tracks - 1, "the origin of a track") for one in origins if one is not None]
    if len(set(known)) < len(known):
        raise CallError("the origins of tracks must differ. Received: one twice")
    return origins


def _rows(found: JsonObject, name: str, most: int = MAX_CHANGES) -> list[object]:
    return a_list(found.get(name, []), most, name)


def _tracks_of(found: JsonObject) -> tuple[Track, ...]:
    tracks = tuple(_track_of(one) for one in _rows(found, "tracks", MAX_TRACKS))
    count = sum(len(track.notes) for track in tracks)
    if count > MAX_NOTES:
        raise CallError(f"a document must have at most {MAX_NOTES:,} notes. Received: {count:,}", 413)
    return tracks


def _track_of(value: object) -> Track:
    found = an_object(value, "a track")
    channel = an_integer(found.get("channel", 0), 0, 15, "channel")
    is_drum = a_flag(found.get("isDrum", channel == DRUM_CHANNEL), "isDrum")
    if is_drum != (channel == DRUM_CHANNEL):
        raise refuse("isDrum", f"true on channel {DRUM_CHANNEL} alone (counted from 0)", is_drum)
    return Track(
        _notes_of(_rows(found, "notes", MAX_NOTES)),
        a_text(found.get("name", ""), MAX_TEXT, "the name of a track"),
        an_integer(found.get("program", 0), 0, 127, "program"),
        channel,
    )


def _notes_of(rows: list[object]) -> Notes:
    for row in rows:
        if not isinstance(row, list) or len(row) != 4 or not all(type(one) is int for one in row):
            raise refuse("a note", "[onset, duration, pitch, velocity], whole numbers", row)
    try:
        table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    except OverflowError as error:
        raise refused("a note", "[onset, duration, pitch, velocity] within those of MIDI", "larger numbers") from error
    bad = ((table < _LOWEST) | (table > _HIGHEST)).any(axis=1)
    if bad.any():
        raise CallError(
            "a note must have an onset from 0, a duration from 1, a pitch 0..127 and a velocity 1..127. "
            f"Received: {table[bad][0].tolist()}"
        )
    return Notes.of(*table.T)


def _in_order(ticks: Sequence[int], what: str, from_start: bool) -> None:
    """Raise CallError unless ticks rise, or stay, and where `from_start` the first of them is 0."""
    if any(later < earlier for earlier, later in pairwise(ticks)) or (from_start and list(ticks[:1]) != [0]):
        raise refused(what, f"in order of tick{', the first at tick 0' if from_start else ''}", str(list(ticks[:8])))


def _tempos_of(found: JsonObject) -> tuple[Tempo, ...]:
    rows = [a_row_of_integers(one, (MAX_TICK, _MAX_TEMPO), "a tempo") for one in _rows(found, "tempos")]
    _in_order([row[0] for row in rows], "tempos", from_start=True)
    if any(row[1] < 1 for row in rows):
        raise refuse("a tempo", "at least 1 microsecond per quarter note", 0)
    return tuple(Tempo(*row) for row in rows)


def _meters_of(found: JsonObject) -> tuple[TimeSignature, ...]:
    rows = [a_row_of_integers(one, (MAX_TICK, 255, 128), "a meter") for one in _rows(found, "meters")]
    _in_order([row[0] for row in rows], "meters", from_start=True)
    meters = [TimeSignature(tick, Meter(numerator, denominator)) for tick, numerator, denominator in rows]
    for one in meters:
        if not has_bar(one.meter):
            raise refused("a meter", "like 4/4, over a power of two up to 128", str(one.meter))
    return tuple(meters)


def _keys_of(found: JsonObject) -> tuple[KeySignature, ...]:
    rows = [_at_tick(one, "a key") for one in _rows(found, "keys")]
    _in_order([tick for tick, _ in rows], "keys", from_start=False)
    try:
        return tuple(KeySignature(tick, Key.parse(text)) for tick, text in rows)
    except MelodyRNNError as error:
        raise CallError(str(error)) from error


def _markers_of(found: JsonObject) -> tuple[Marker, ...]:
    """Return chord symbols and other markers, in order of tick."""
    are_texts = a_flag(found.get("chordsAreTexts", False), "chordsAreTexts")
    chords = [Marker(*_at_tick(one, "a chord"), are_texts) for one in _rows(found, "chords")]
    others = []
    for one in _rows(found, "markers"):
        if not isinstance(one, list) or len(one) != 3:
            raise refuse("a marker", "[tick, text, whether it is a text event]", one)
        others.append(Marker(*_at_tick(one[:2], "a marker"), a_flag(one[2], "the last value of a marker")))
    return tuple(sorted([*others, *chords], key=lambda marker: marker.tick))


def _at_tick(value: object, what: str) -> tuple[int, str]:
    """Return the tick and the text of a row."""
    tick, text = a_row(value, (lambda one: an_integer(one, 0, MAX_TICK, what), lambda one: one), what)
    return int(str(tick)), a_text(text, MAX_TEXT, what)
