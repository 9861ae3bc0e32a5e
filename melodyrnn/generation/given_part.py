"""The part of a given file that the network reads, and where its notes are in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby

from ..errors import SettingError
from ..extract.candidates import MelodyCandidate, choose, melody_candidates
from ..midi.edit import RawNote, channels_with_notes, notes_of
from ..midi.raw import RawFile
from ..music.piece import Piece, Track
from ..music.units import DRUM_CHANNEL

Place = tuple[int, int]  # number of a track of the file, and channel
PlacesOfTrack = tuple[tuple[tuple[Place, RawNote], ...], Place]  # of each note, and of most of them
_Key = tuple[int, int]  # onset and pitch


def choose_part(piece: Piece, part: str | None, name: str) -> MelodyCandidate:
    """Return the part that the network reads: the one of that name or number, else the likeliest melody."""
    for voices in ("auto", "skyline") if part is None else (f"track:{part}",):
        candidates, _ = choose(piece, voices)
        if candidates:
            return candidates[0]
    if part is None:
        reason = "drums only" if piece.num_notes else "no notes"
        raise SettingError(f"a primer must hold a melody. Received: {name} ({reason})")
    parts = ", ".join(candidate.label for candidate in melody_candidates(piece)) or "none"
    raise SettingError(f"given_part must name a track with notes, not of drums: {parts}. Received: {part!r}")


def places_of(raw: RawFile, piece: Piece, tracks: Sequence[int]) -> list[PlacesOfTrack]:
    """Return for some tracks of a piece where each note is in the file, and the place that holds most of the notes.

    A track of the piece may be spread over several channels of a track of the file. No two tracks have one place, and
    where several hold the same notes, the earlier track of the piece is the earlier one of the file.
    """
    found = {
        (number, channel): notes_of(track, channel)
        for number, track in enumerate(raw.tracks)
        for channel in channels_with_notes(track)
    }
    homes = _homes(piece, {place: Counter((n.onset, n.pitch) for n in own) for place, own in found.items()})
    return [(_places(piece.tracks[number], homes[number], found, homes), homes[number]) for number in tracks]


def _homes(piece: Piece, keys: Mapping[Place, Counter[_Key]]) -> list[Place]:
    """Return the place of each track of a piece.

    It is in the first free channels of a track of the file that hold exactly its notes; where there are none, it is the
    free place with most of them.
    """
    groups = list(_groups(keys))
    wanted = [Counter(_keys(track)) for track in piece.tracks]
    homes: dict[int, Place] = {}
    taken: set[Place] = set()
    for number, own in enumerate(wanted):
        exact = next((places for places, held in groups if held == own and taken.isdisjoint(places)), ())
        if exact:
            homes[number] = max(exact, key=lambda place: keys[place].total())
            taken.update(exact)
    others = (number for number in range(len(wanted)) if number not in homes)
    for number in sorted(others, key=lambda number: -wanted[number].total()):
        free = [place for place in keys if place not in taken] or list(keys)
        homes[number] = max(free, key=lambda place: (keys[place] & wanted[number]).total())
        taken.add(homes[number])
    return [homes[number] for number in range(len(wanted))]


def _groups(keys: Mapping[Place, Counter[_Key]]) -> Iterator[tuple[tuple[Place, ...], Counter[_Key]]]:
    """Yield the channels that may be one track of a piece: each alone, all but the drums of a track, and all of it."""
    for _, group in groupby(keys, key=lambda place: place[0]):
        places = tuple(group)
        pitched = tuple(place for place in places if place[1] != DRUM_CHANNEL)
        for together in dict.fromkeys((*((place,) for place in places), pitched, places)):
            yield together, sum((keys[place] for place in together), Counter())


def _places(
    track: Track, home: Place, found: Mapping[Place, Sequence[RawNote]], homes: Collection[Place]
) -> tuple[tuple[Place, RawNote], ...]:
    """Return the place and the note in the file of each note of a track, those of its home first."""
    left: dict[_Key, list[tuple[Place, RawNote]]] = {}
    order = sorted(found, key=lambda place: (place != home, place in homes, place[0] != home[0]))
    keys = _keys(track)
    wanted = set(keys)
    for place in order:
        for note in found[place]:
            if (note.onset, note.pitch) in wanted:
                left.setdefault((note.onset, note.pitch), []).append((place, note))
    return tuple(left[key].pop(0) for key in keys)


def _keys(track: Track) -> list[_Key]:
    return list(zip(track.notes.onset.tolist(), track.notes.pitch.tolist(), strict=True))
