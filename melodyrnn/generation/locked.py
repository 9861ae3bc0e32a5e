"""Locked notes: notes of given music that stay exactly as they are while bars or pitches around them are drawn anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from ..arrays import Bools
from ..errors import NotationError, SettingError
from ..music.notation import pitch_name, pitch_of
from ..music.piece import Notes, Piece
from ..score.convert import to_piece
from .view import View

if TYPE_CHECKING:
    from .given import Given

_FORM = "a locked note must be [TRACK:]TICK=NOTE, such as 3840=C5 or 2:3840=C5"


class LockedNote(NamedTuple):
    """A note of given music: its onset in ticks, its pitch, and the index of its track, None for any that is read."""

    onset: int
    pitch: int
    track: int | None = None

    def __str__(self) -> str:
        track = "" if self.track is None else f"{self.track}:"
        return f"{track}{self.onset}={pitch_name(self.pitch)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the note of a text such as "3840=C5", or with its track "2:3840=C5".

        Raises:
            SettingError, NotationError: for any other text.
        """
        place, _, pitch = text.partition("=")
        track, separator, onset = place.rpartition(":")
        if not onset.strip().isdecimal() or (separator and not track.strip().isdecimal()):
            raise SettingError(f"{_FORM}. Received: {text!r}")
        try:
            return cls(int(onset), pitch_of(pitch), int(track) if separator else None)
        except NotationError as error:
            raise SettingError(f"{_FORM}. Received: {text!r}") from error


def locked_in(notes: Notes, locked: Iterable[LockedNote], track: int | None) -> Bools:
    """Return which notes of a track, by its index, are locked, (num_notes,)."""
    keys = {(note.onset, note.pitch) for note in locked if note.track in (None, track)}
    found = [key in keys for key in zip(notes.onset.tolist(), notes.pitch.tolist(), strict=True)]
    return np.array(found, dtype=bool)


def check_locked(piece: Piece, locked: Iterable[LockedNote], read: Sequence[int]) -> None:
    """Raise SettingError where a locked note is none of a piece.

    Args:
        read: the tracks that the model reads, in which notes without a track are looked for.
    """
    for note in locked:
        tracks = read if note.track is None else [note.track]
        own = (piece.tracks[number].notes for number in tracks if 0 <= number < len(piece.tracks))
        if not any(((one.onset == note.onset) & (one.pitch == note.pitch)).any() for one in own):
            where = ", ".join(map(str, tracks))
            raise SettingError(
                f"a locked note must be one of the given music, by its onset in ticks and its pitch. "
                f"Received: {pitch_name(note.pitch)} at tick {note.onset}, which track {where} does not have"
            )


def with_locked(view: View, given: Given | None, locked: Sequence[LockedNote]) -> View:
    """Return a view with its locked notes. Raises SettingError where one is not there.

    Args:
        given: the file that the view is of; None for typed notes and scores, which have 480 ticks a quarter.
    """
    if given is None:
        piece, part = to_piece(view.score.shifted(view.bars_before * view.score.bar)), 0
    else:
        piece, part = given.piece, given.part
    check_locked(piece, locked, [part])
    kept = locked_in(piece.tracks[part].notes, locked, part)
    return replace(view, locked=kept if view.index is None else kept[view.index], kept=np.flatnonzero(kept))
