"""A document of an imported file as an edit of that file: what the document does not show stays as it is.

Notes, programs, tempos, meters, keys, markers and texts become those of the document; controllers, lyrics, system
exclusive messages, names and the order of all other events are kept. An unchanged document gives the bytes of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..generation.file_edits import NO_NOTES, by_place, ending_at, notes_of_rows, replaced, without
from ..generation.given_file import open_file
from ..generation.given_part import PlacesOfTrack, places_of
from ..midi.new_tracks import with_tracks
from ..midi.pairing import struck_again
from ..midi.raw import KEY, METER, NOTE_ON, PROGRAM, TEMPO, RawEvent, RawFile, merged
from ..midi.read import read_bytes, with_channels
from ..midi.texts import MARKER, TEXT, TextDecoder, text_at
from ..midi.write import key_message, marker_message, meter_message, program_message, tempo_message, text_message
from ..music.bars import Bars
from ..music.piece import Marker, Notes, Piece, Track

_MAX_REST_BARS = 64  # a longer rest at the end of a file is damage, not a rest
_Row = tuple[int, int, int, int]  # onset, duration, pitch, velocity


@dataclass(frozen=True, slots=True)
class SourceMusic:
    """An imported file.

    Attributes:
        data: its bytes.
        raw: all its events.
        piece: its music; `piece.end` is the end of the file.
        places: for each track of the piece where its notes are in the file.
    """

    data: bytes
    raw: RawFile
    piece: Piece
    places: Sequence[PlacesOfTrack]

    @classmethod
    def of(cls, data: bytes, name: str) -> SourceMusic:
        """Return the music of the bytes of a MIDI file. Raises MidiError where they cannot be read."""
        raw, piece, _, _ = open_file(read_bytes(data, name).with_file(data))
        piece = replace(with_channels(piece, raw.to_bytes()), file=None)
        longest = piece.end + _MAX_REST_BARS * Bars.of(piece.meters, piece.ticks_per_quarter).lengths[-1]
        piece = replace(piece, end=max(piece.end, raw.end) if raw.end <= longest else piece.end)
        return cls(data, raw, piece, places_of(raw, piece, range(len(piece.tracks))))

    def edited(self, piece: Piece, origins: Sequence[int | None]) -> bytes:
        """Return the file with the music of a piece.

        Args:
            piece: in the ticks of the file.
            origins: for each track of the piece the number of the track of the file that it was, None for a new one.

        Raises:
            MidiError: where the file has no channel for a new track.
        """
        raw = self._with_tracks(self.raw, piece, origins)
        raw = _with_changes(raw, TEMPO, _tempos(self.piece), _tempos(piece))
        raw = _with_changes(raw, METER, _meters(self.piece), _meters(piece))
        raw = _with_changes(raw, KEY, _keys(self.piece), _keys(piece))
        raw = _with_markers(raw, self.piece.markers, piece.markers)
        new = list((Counter(piece.texts) - Counter(self.piece.texts)).elements())
        if new:
            raw = _with_events(raw, [RawEvent(0, text_message(text)) for text in new], at_the_end=False)
        if piece.end != self.piece.end:
            raw = ending_at(raw, piece.end)
        return self.data if raw is self.raw else raw.to_bytes()

    def _with_tracks(self, raw: RawFile, piece: Piece, origins: Sequence[int | None]) -> RawFile:
        new = {origin: track for track, origin in zip(piece.tracks, origins, strict=True) if origin is not None}
        for number, old in enumerate(self.piece.tracks):
            track = new.get(number, replace(old, notes=NO_NOTES))
            raw = self._with_notes(raw, number, track.notes)
            if track.program != old.program:
                raw = _with_program(raw, self.places[number][1], track.program)
        added = [one for one, origin in zip(piece.tracks, origins, strict=True) if origin is None and len(one.notes)]
        return with_tracks(raw, added, piece.end, "this file") if added else raw

    def _with_notes(self, raw: RawFile, number: int, notes: Notes) -> RawFile:
        """Return the file with the notes of a track replaced where they differ."""
        wanted = Counter(_rows(notes))
        places, home = self.places[number]
        gone = []
        for row, note in zip(_rows(self.piece.tracks[number].notes), places, strict=True):
            if wanted[row]:
                wanted[row] -= 1
            else:
                gone.append(note)
        for place, removed in by_place(gone).items():
            raw = replaced(raw, place, removed, NO_NOTES)
        added = [(onset, onset + duration, pitch, velocity) for onset, duration, pitch, velocity in wanted.elements()]
        return replaced(raw, home, (), struck_again(notes_of_rows(added))) if added else raw


def _rows(notes: Notes) -> list[_Row]:
    columns = (notes.onset, notes.duration, notes.pitch, notes.velocity)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _with_program(raw: RawFile, home: tuple[int, int], program: int) -> RawFile:
    """Return the file with all notes of a channel played by one program; banks stay as they are."""
    number, channel = home
    message = program_message(channel, program)
    tracks = [
        replace(one, events=tuple(e._replace(data=message) if _is_program(e, channel) else e for e in one.events))
        for one in raw.tracks
    ]
    events = tracks[number].events
    first = next((e for e in events if e.kind in (NOTE_ON, PROGRAM) and e.channel == channel), None)
    if first is not None and first.kind == NOTE_ON:
        tracks[number] = replace(tracks[number], events=merged(events, (RawEvent(0, message),), ()))
    return replace(raw, tracks=tuple(tracks))


def _is_program(event: RawEvent, channel: int) -> bool:
    return event.kind == PROGRAM and event.channel == channel


def _tempos(piece: Piece) -> list[RawEvent]:
    return [RawEvent(one.tick, tempo_message(one.microseconds_per_quarter)) for one in piece.tempos]


def _meters(piece: Piece) -> list[RawEvent]:
    return [RawEvent(one.tick, meter_message(one.meter)) for one in piece.meters]


def _keys(piece: Piece) -> list[RawEvent]:
    return [RawEvent(one.tick, key_message(one.key)) for one in piece.keys]


def _with_changes(raw: RawFile, kind: int, old: list[RawEvent], new: list[RawEvent]) -> RawFile:
    """Return the file with the meta events of a kind replaced where they differ."""
    if old == new:
        return raw
    return _with_events(without(raw, lambda event: event.is_meta(kind)), new, at_the_end=False)


def _with_markers(raw: RawFile, old: Sequence[Marker], new: Sequence[Marker]) -> RawFile:
    """Return the file with the markers that are new, and without those that are gone."""
    before, after = Counter(map(_key, old)), Counter(map(_key, new))
    gone, come = before - after, after - before
    if gone:
        decode = TextDecoder(raw.to_bytes())

        def is_gone(event: RawEvent) -> bool:
            if not (event.is_meta(TEXT) or event.is_meta(MARKER)):
                return False
            key = (event.tick, decode(text_at(event.data, 2)[0]).strip(), event.data[1] == TEXT)
            gone[key] -= 1
            return gone[key] >= 0

        raw = without(raw, is_gone)
    events = [
        RawEvent(tick, text_message(text) if is_text else marker_message(text))
        for tick, text, is_text in come.elements()
    ]
    return _with_events(raw, events, at_the_end=True) if events else raw


def _key(marker: Marker) -> tuple[int, str, bool]:
    return marker.tick, marker.text.strip(), marker.is_text


def _with_events(raw: RawFile, events: list[RawEvent], at_the_end: bool) -> RawFile:
    """Return the file with further events in its first track, before or after those at the same tick."""
    first = raw.tracks[0]
    both = merged(first.events, () if at_the_end else events, events if at_the_end else ())
    end = max([first.end, *(event.tick for event in events)])
    return replace(raw, tracks=(replace(first, events=both, end=end), *raw.tracks[1:]))


def same_tracks(found: Piece, known: Sequence[Track]) -> list[int | None]:
    """Return for each track of a piece the number of the known track that it is, None for a new one.

    It is the one with most of its notes, of equal ones the one with its name and its sound, then the first.
    """
    scores = [
        (_alike(track, other), -number, -place, number, place)
        for number, track in enumerate(found.tracks)
        for place, other in enumerate(known)
    ]
    result: list[int | None] = [None] * len(found.tracks)
    taken: set[int] = set()
    for alike, _, _, number, place in sorted(scores, reverse=True):
        if any(alike) and result[number] is None and place not in taken:
            result[number] = place
            taken.add(place)
    return result


def _alike(track: Track, other: Track) -> tuple[int, int]:
    """Return how many notes two tracks have in common, and whether their names and sounds are the same."""
    if track.is_drums != other.is_drums:
        return 0, 0
    common = (Counter(_spots(track)) & Counter(_spots(other))).total()
    return common, int(track.name == other.name and track.program == other.program)


def _spots(track: Track) -> Iterable[tuple[int, int]]:
    return zip(track.notes.onset.tolist(), track.notes.pitch.tolist(), strict=True)
