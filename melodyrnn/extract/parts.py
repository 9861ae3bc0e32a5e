"""The extractors of whole pieces: "all" (every track is a part), "piano" (two hands) and "tracks" (in order).

Each decides which tracks are parts and with which roles; `slotting` and `pieces` do the rest. Roles that the settings
name take the place of those found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..music.piece import Piece
from .candidates import NOT_CHOSEN, choose
from .extractor import Details, Extracted, ExtractionSettings, PartRole, Refusal, track_label
from .pieces import pieces_of
from .roles import TrackRole, find_roles, role_of_name
from .slotting import ChosenPart, in_slots

SAME_PLACE = "notes of one onset and pitch"
_PIANOS = range(8)  # programs
_MIDDLE_C = 60
_HANDS = {"melody": "the right hand", "bass": "the left hand"}

Roles = list[TrackRole]
Refused = list[tuple[int, Refusal]]
Choose = Callable[[Piece], tuple[Roles, Refused]]


@dataclass(frozen=True, slots=True)
class PartsExtractor:
    """Extracts whole pieces, as scores of several parts.

    Attributes:
        name: in settings and caches.
        choose: returns the roles of the tracks that are parts, and the refusals of others; a piece without any part
            has one refusal, which is that of the piece.
        has_parts: whether its scores have several parts.
        finds_roles: whether it finds roles of tracks, and takes those of the settings.
    """

    name: str
    choose: Choose
    has_parts: bool = True
    finds_roles: bool = True

    def extract(self, piece: Piece, settings: ExtractionSettings) -> Iterator[Extracted]:
        """Yield the scores of a piece, then the role of each track that is a part, then what was lost."""
        if not piece.num_notes:
            yield Extracted(None, Refusal("no notes"))
            return
        roles, refused = self.choose(piece)
        if not roles:
            yield Extracted(None, refused[0][1])
            return
        chosen = with_asked_roles(piece, roles, refused, settings)
        pieces = pieces_of(piece, chosen.parts, settings)
        yield from pieces.found
        lines: list[tuple[int, PartRole | Refusal]] = [
            (n, PartRole(one.part.role, reason))
            for one in chosen.parts
            for n, reason in zip(one.tracks, one.reasons, strict=True)
        ]
        for number, line in (*lines, *chosen.refused):
            yield _track_line(piece, number, line, chosen.asked)
        for one, num_lost in zip(chosen.parts, pieces.num_lost.tolist(), strict=True):
            if num_lost:
                yield Extracted(_label(piece, one.tracks[0]), Refusal(SAME_PLACE), {"notes": num_lost})


@dataclass(frozen=True, slots=True)
class ChosenParts:
    """Which tracks of a piece are its parts.

    Attributes:
        parts: in the order of their slots.
        refused: the tracks that are no parts.
        asked: the settings of roles, as pairs of a name or number and a role, by the numbers of the tracks.
    """

    parts: list[ChosenPart]
    refused: Refused
    asked: Mapping[int, tuple[str, str]]


def with_asked_roles(
    piece: Piece, roles: Sequence[TrackRole], refused: Refused, settings: ExtractionSettings
) -> ChosenParts:
    """Return the parts of a piece from the roles found for its tracks, with those that the settings name.

    Args:
        roles, refused: of its tracks, as `PartsExtractor.choose` returns them.
    """
    asked = _asked(piece, settings)
    all_roles = [one for one in roles if one.track not in asked]
    all_roles += [TrackRole(n, role, f"--role {track}={role}") for n, (track, role) in asked.items()]
    parts, without_slot = in_slots(piece, sorted(all_roles, key=lambda one: one.track))
    return ChosenParts(parts, [*((n, one) for n, one in refused if n not in asked), *without_slot], asked)


def _asked(piece: Piece, settings: ExtractionSettings) -> dict[int, tuple[str, str]]:
    """Return the settings of roles, by the numbers of the tracks with notes that they name; a number goes first."""
    by_name = {track.casefold(): (track, role) for track, role in settings.roles}
    named = ((n, (str(n), piece.tracks[n].name.casefold())) for n in _with_notes(piece))
    found = ((n, next((by_name[key] for key in keys if key in by_name), None)) for n, keys in named)
    return {number: one for number, one in found if one is not None}


def _track_line(
    piece: Piece, number: int, result: PartRole | Refusal, asked: Mapping[int, tuple[str, str]]
) -> Extracted:
    """Return the line of the report about a track; it names the setting of its role where there is one."""
    details: Details = {"notes": len(piece.tracks[number].notes), "program": piece.tracks[number].program}
    if number in asked:
        details["asked"] = asked[number][0]
    return Extracted(_label(piece, number), result, details)


def _label(piece: Piece, number: int) -> str:
    return track_label(number, piece.tracks[number].name)


def _with_notes(piece: Piece) -> list[int]:
    return [number for number, track in enumerate(piece.tracks) if len(track.notes)]


def all_tracks(piece: Piece) -> tuple[Roles, Refused]:
    """Return every track with the role that is found for it."""
    return find_roles(piece), []


def likeliest_melody(piece: Piece) -> tuple[Roles, Refused]:
    """Return the track of the melody, where none is single notes that of the likeliest top line."""
    chosen = next(filter(None, (choose(piece, voices)[0] for voices in ("auto", "skyline"))), [])
    roles = [TrackRole(one.track, "melody", f"the likeliest melody, score {one.score:.2f}") for one in chosen]
    taken = [one.track for one in roles]
    return roles, [(number, Refusal(NOT_CHOSEN)) for number in _with_notes(piece) if number not in taken]


def tracks_in_order(piece: Piece) -> tuple[Roles, Refused]:
    """Return the first track as the melody, the last as the bass and those between as harmony; drums are drums."""
    numbers = _with_notes(piece)
    if len(numbers) < 2:
        return [], [(numbers[0], Refusal("a single track with notes", "--parts all"))]
    melodic = [number for number in numbers if not piece.tracks[number].is_drums]
    roles = []
    for number in numbers:
        role, reason = "harmony", "an inner track"
        if piece.tracks[number].is_drums:
            role, reason = "drums", "channel 10"
        elif number == melodic[0]:
            role, reason = "melody", "the first track"
        elif number == melodic[-1]:
            role, reason = "bass", "the last track"
        roles.append(TrackRole(number, role, reason))
    return roles, []


def hands(piece: Piece) -> tuple[Roles, Refused]:
    """Return the tracks of a piano as its hands; a single track is one part, the melody."""
    melodic = [number for number in _with_notes(piece) if not piece.tracks[number].is_drums]
    piano = [number for number in melodic if piece.tracks[number].program in _PIANOS]
    refused = [
        (number, Refusal("no track of a piano", "--parts all")) for number in _with_notes(piece) if number not in piano
    ]
    if len(piano) == 1:
        return [TrackRole(piano[0], "melody", "the only track of a piano")], refused
    return [_hand(piece, piano, number) for number in piano], refused


def _hand(piece: Piece, piano: Sequence[int], number: int) -> TrackRole:
    """Return the hand of a track: by its name, of two tracks by which is lower, else by its mean pitch."""
    track = piece.tracks[number]
    role = role_of_name(track.name)
    if role in _HANDS and len({role_of_name(piece.tracks[other].name) for other in piano}) > 1:
        return TrackRole(number, role, f"{_HANDS[role]} by its name")
    mean = {other: float(piece.tracks[other].notes.pitch.mean()) for other in piano}
    if len(piano) == 2:
        role = "melody" if number == max(piano, key=lambda other: mean[other]) else "bass"
        return TrackRole(number, role, f"{_HANDS[role]}, the {'higher' if role == 'melody' else 'lower'} track")
    role = "melody" if mean[number] >= _MIDDLE_C else "bass"
    return TrackRole(number, role, f"{_HANDS[role]}, mean pitch {mean[number]:.0f}")


ALL = PartsExtractor("all", all_tracks)
PIANO = PartsExtractor("piano", hands)
TRACKS = PartsExtractor("tracks", tracks_in_order)
