"""Puts the tracks of a piece, each with its role, into the slots that roles have (score/slots.py).

Of more tracks than slots those with the most notes stay. The others take free slots of other melodic roles; drum kits
join the first kit. A track whose notes are those of an earlier one is the first to go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..music.piece import Piece
from ..score.score import ROLES, Part
from ..score.slots import MAX_PARTS
from .extractor import Refusal
from .roles import TrackRole

NO_SLOT = "more parts than there are slots"
_REFUGES = ("harmony", "other", "melody", "bass")  # roles whose free slots other melodic tracks take, in this order


@dataclass(frozen=True, slots=True)
class ChosenPart:
    """A part of the scores of a piece, the tracks whose notes it holds, its own first, and why each is in it."""

    part: Part
    tracks: tuple[int, ...]
    reasons: tuple[str, ...]


def in_slots(piece: Piece, roles: Sequence[TrackRole]) -> tuple[list[ChosenPart], list[tuple[int, Refusal]]]:
    """Return the parts of a piece in the order of their slots, and the tracks that have none.

    Args:
        roles: of the tracks that are to be parts, in the order of the file.
    """
    size = _sizes(piece, roles)
    by_role: dict[str, list[TrackRole]] = {role: [] for role in ROLES}
    surplus: list[TrackRole] = []
    for role, own in by_role.items():
        tracks = sorted((one for one in roles if one.role == role), key=lambda one: -size[one.track])
        own += tracks[: MAX_PARTS[role]]
        surplus += tracks[MAX_PARTS[role] :]
    joined: list[TrackRole] = []  # by the foremost kit
    refused: list[tuple[int, Refusal]] = []
    for one in sorted(surplus, key=lambda one: -size[one.track]):
        free = next((role for role in _REFUGES if len(by_role[role]) < MAX_PARTS[role]), None)
        if one.role == "drums":
            kit = by_role["drums"][0].track
            joined.append(replace(one, reason=f"{one.reason}, in one part with track {kit}"))
        elif free is None:
            refused.append((one.track, Refusal(NO_SLOT)))
        else:
            reason = f"{one.reason}, but {one.role} has no more slots"
            by_role[free].append(replace(one, role=free, reason=reason, rank=len(piece.tracks)))
    chosen = [one for own in by_role.values() for one in sorted(own, key=lambda one: (one.rank, one.track))]
    parts = [_chosen(piece, one, joined if one in by_role["drums"][:1] else ()) for one in chosen]
    return parts, sorted(refused, key=lambda one: one[0])


def _chosen(piece: Piece, role: TrackRole, joined: Sequence[TrackRole]) -> ChosenPart:
    """Return the part of a track, with those that join it."""
    track = piece.tracks[role.track]
    kind = "drums" if role.role == "drums" else "melodic"
    roles = (role, *joined)
    part = Part(track.name, kind, track.program, role.role)
    return ChosenPart(part, tuple(one.track for one in roles), tuple(one.reason for one in roles))


def _sizes(piece: Piece, roles: Sequence[TrackRole]) -> Mapping[int, int]:
    """Return the number of notes of each track; 0 for one whose notes are those of an earlier track."""
    seen: set[tuple[bytes, bytes]] = set()
    found = {}
    for one in roles:
        notes = piece.tracks[one.track].notes
        key = notes.onset.tobytes(), notes.pitch.tobytes()
        found[one.track] = 0 if key in seen else len(notes)
        seen.add(key)
    return found
