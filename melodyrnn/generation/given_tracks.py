"""Which tracks of a given file a model reads as which parts: as in its corpus, or as the caller says.

A track is a part where the model has the slot of its role. Other tracks stay in the file and are not read. The only
melodic track of a file is always a part, so that it can be accompanied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import IntArray
from ..errors import SettingError
from ..extract.extractor import ExtractionSettings, track_label
from ..extract.parts import ChosenParts, with_asked_roles
from ..extract.pieces import ONSET, PART
from ..extract.registry import chooser
from ..extract.slotting import ChosenPart
from ..music.chord_markers import chord_markers
from ..music.piece import Piece
from ..music.units import STEPS_PER_QUARTER
from ..score.chords import CHORDS
from ..score.score import Part
from ..score.slots import SLOT, SLOTS, is_melodic
from .given_grid import Grid

_MAX_NAMED = 3  # tracks in a message; of more, their number


@dataclass(frozen=True, slots=True)
class PartsOfTracks:
    """The parts of a given file that a model knows.

    Attributes:
        parts: in the order of their slots, each with the numbers of its tracks in the piece; chord symbols have none.
        unread: the numbers of the other tracks with notes.
        asked: the tracks whose roles the caller named.
    """

    parts: tuple[ChosenPart, ...]
    unread: tuple[int, ...]
    asked: frozenset[int]


def parts_of_tracks(
    piece: Piece, name: str, reading: str, slots: Collection[int], roles: Sequence[tuple[str, str]]
) -> PartsOfTracks:
    """Return the parts of a file. The arguments and errors are those of `read_given_ensemble`.

    Args:
        name: of the file, for messages.
    """
    if not piece.num_notes:
        raise SettingError(f"a given file must hold notes. Received: {name}, without any")
    chosen = with_asked_roles(piece, *chooser(reading)(piece), ExtractionSettings(roles=tuple(roles)))
    _check_asked(piece, roles, chosen)
    parts = _with_only_line(piece, list(_known(chosen.parts, slots)), slots, chosen)
    if not parts:
        raise SettingError(_unknown(piece, name, chosen, slots))
    if SLOT[CHORDS.role] in slots and chord_markers(piece):
        parts = [ChosenPart(CHORDS, (), ()), *parts]
    read = {number for one in parts for number in one.tracks}
    unread = tuple(n for n, track in enumerate(piece.tracks) if len(track.notes) and n not in read)
    return PartsOfTracks(tuple(parts), unread, frozenset(chosen.asked))


def notices_of_tracks(piece: Piece, found: PartsOfTracks) -> tuple[str, ...]:
    """Return which track is read as which part, with the option that corrects it, and which are not; a line each."""
    lines = []
    read = [(number, one.part.role) for one in found.parts for number in one.tracks]
    if len(read) > 1 or found.unread or {role for _, role in read} - {"melody"}:
        words = [f"{_label(piece, number)} as {role}" for number, role in read]
        guessed = [(number, role) for number, role in read if number not in found.asked]
        lines.append(f"the model reads {', '.join(words)}{_correction(piece, guessed)}")
    if found.unread:
        lines.append(f"the model does not read {named(piece, found.unread)}: kept as in the file")
    return tuple(lines)


def _correction(piece: Piece, guessed: Sequence[tuple[int, str]]) -> str:
    """Return the option that gives one of some tracks, with their roles, another role; nothing where there is none."""
    if not guessed:
        return ""
    number, role = next((one for one in reversed(guessed) if one[1] not in ("drums", "melody")), guessed[-1])
    name, names = piece.tracks[number].name, [track.name for track in piece.tracks]
    is_clear = name == name.strip() != "" and '"' not in name and names.count(name) == 1
    other = "melody" if role == "harmony" else "harmony"
    return f'; --role "{name if is_clear else number}={other}" gives another role'


def named(piece: Piece, numbers: Sequence[int]) -> str:
    """Return some tracks in words."""
    more = f" and {len(numbers) - _MAX_NAMED} more" if len(numbers) > _MAX_NAMED else ""
    return ", ".join(_label(piece, number) for number in numbers[:_MAX_NAMED]) + more


def _label(piece: Piece, number: int) -> str:
    return track_label(number, piece.tracks[number].name)


def _known(parts: Sequence[ChosenPart], slots: Collection[int]) -> Iterator[ChosenPart]:
    """Yield the parts whose slots a model has; the n-th of a role takes its n-th slot."""
    seen = Counter[str]()
    for one in parts:
        if SLOT[one.part.role] + seen[one.part.role] in slots:
            seen[one.part.role] += 1
            yield one


def _with_only_line(
    piece: Piece, parts: list[ChosenPart], slots: Collection[int], chosen: ChosenParts
) -> list[ChosenPart]:
    """Return the parts with the only melodic track among them: as the melody, else as any part that the model has."""
    melodic = [number for number, track in enumerate(piece.tracks) if len(track.notes) and not track.is_drums]
    free = [slot for slot in slots if is_melodic(slot)]
    if len(melodic) != 1 or melodic[0] in chosen.asked or not free or any(melodic[0] in one.tracks for one in parts):
        return parts
    role = SLOTS[SLOT["melody"] if SLOT["melody"] in free else min(free)].role
    track = piece.tracks[melodic[0]]
    only = ChosenPart(Part(track.name, "melodic", track.program, role), (melodic[0],), ("the only melodic track",))
    return sorted([only, *parts], key=lambda one: SLOT[one.part.role])


def _check_asked(piece: Piece, roles: Sequence[tuple[str, str]], chosen: ChosenParts) -> None:
    """Raise SettingError where a role is given to a track that is not there."""
    found = {track for track, _ in chosen.asked.values()}
    for track, role in roles:
        if track not in found:
            numbers = [number for number, one in enumerate(piece.tracks) if len(one.notes)]
            raise SettingError(
                f"a role must be that of a track with notes: {named(piece, numbers)}. Received: {track}={role}"
            )


def _unknown(piece: Piece, name: str, chosen: ChosenParts, slots: Collection[int]) -> str:
    """Return the message about a file of which the model knows no part."""
    known = ", ".join(SLOTS[slot].name for slot in sorted(slots) if SLOTS[slot].role != CHORDS.role)
    roles = [f"{_label(piece, number)} as {one.part.role}" for one in chosen.parts for number in one.tracks]
    roles += [f"{_label(piece, number)} ({refusal.reason})" for number, refusal in chosen.refused]
    more = f" and {len(roles) - _MAX_NAMED} more" if len(roles) > _MAX_NAMED else ""
    return (
        f"a given file must hold a part that the model knows: {known}; --role makes a track one. "
        f"Received: {name} with {', '.join(roles[:_MAX_NAMED])}{more}"
    )


def off_grid(piece: Piece, parts: Sequence[ChosenPart], notes: IntArray, grid: Grid) -> tuple[str, ...]:
    """Return a line about the tracks of a piece that are played off the grid.

    Args:
        notes: of all parts, as columns, see `given_score`.
    """
    loose: list[int] = []
    for place, one in enumerate(parts):
        onset = notes[ONSET, notes[PART] == place]
        exact = (onset - grid.origin) * STEPS_PER_QUARTER / grid.ticks_per_quarter
        if len(onset) and float(np.abs(exact - np.rint(exact)).mean()) > ExtractionSettings().max_grid_error:
            loose += one.tracks
    if not loose:
        return ()
    is_are, its_their = ("is", "its") if len(loose) == 1 else ("are", "their")
    return (
        f"{named(piece, loose)} {is_are} played off the grid: the model reads {its_their} notes at the "
        f"nearest steps, and new notes are on the grid",
    )
