"""Extractors turn a piece into scores, and give a reason for every line of music that they refuse.

An extractor reads a `Piece` (ticks) and yields one `Extracted` for each line of music that it examined, in the order
of the report, with a `Score` (grid steps) or a `Refusal`. Its result depends only on the piece and the settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from ..errors import SettingError
from ..music.piece import Piece
from ..score.score import ROLES, Score

Details = dict[str, int | float | str | list[str]]
OFF_THE_GRID = "off the grid"  # the reason of a refusal
OFF_GRID = ("drop", "snap", "keep")
BAR_LINES = ("auto", "file")
_VOICES = ("auto", "all", "skyline")
# The roles that a track may be given; a part with the role "chords" holds chord symbols, which no track does.
TRACK_ROLES = tuple(role for role in ROLES if role != "chords")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not kept, and the option that would have kept it (None where none would)."""

    reason: str
    option: str | None = None


@dataclass(frozen=True, slots=True)
class PartRole:
    """The role that a track got as a part of the scores, and why."""

    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class Fewest:
    """The fewest notes, bars and distinct pitches of a score that is kept."""

    notes: int = 1
    bars: int = 1
    pitches: int = 1

    def refusal(self, score: Score) -> Refusal | None:
        """Return the refusal of a score that has fewer, with all options that it needs; None for any other score.

        Chord symbols are no notes.
        """
        pitch = score.pitch[np.array([part.kind != "chords" for part in score.parts])[score.part]]
        num_pitches = int(np.count_nonzero(np.bincount(pitch)))
        found = (
            ("too few notes", "--min-notes", len(pitch), self.notes),
            ("too few bars", "--min-bars", score.num_bars, self.bars),
            ("too few distinct pitches", "--min-pitches", num_pitches, self.pitches),
        )
        missed = [(reason, f"{option} {number}") for reason, option, number, fewest in found if number < fewest]
        return Refusal(missed[0][0], " ".join(option for _, option in missed)) if missed else None


@dataclass(frozen=True, slots=True)
class ExtractionSettings:
    """Settings: which voices an extractor takes from a piece and how it fits notes to the grid.

    Attributes:
        voices: of the extractor "melody": "auto" (the likeliest melody), "all" (every monophonic track), "skyline" (as
            auto, but of a polyphonic track the top line) or "track:" and a number or name.
        off_grid: how a voice whose grid error is too large is treated: "drop", "snap" to sixteenths and triplet
            eighths, or "keep" on the nearest of the grid's 12 steps per quarter note.
        max_grid_error: largest mean distance of onsets from the grid, in steps (onsets at random: 0.25).
        max_rest_quarters: longest silence within a score, in quarter notes; a longer one splits it.
        bar_lines: "auto" (where those of the file do not fit its notes, they are moved) or "file" (they never are).
        max_bars: most bars of a score of several parts; a longer piece is cut at bar lines.
        roles: the role of tracks, as pairs of a name (in any case) or a number and one of `TRACK_ROLES`, of scores of
            several parts; the extractor finds those of the other tracks.
    """

    voices: str = "auto"
    off_grid: str = "drop"
    max_grid_error: float = 0.12
    max_rest_quarters: float = 16.0
    bar_lines: str = "auto"
    max_bars: int = 64
    roles: tuple[tuple[str, str], ...] = ()
    fewest: Fewest = field(default_factory=Fewest)

    def __post_init__(self) -> None:
        """Raise SettingError for a value outside its rule."""
        is_track = self.voices.startswith("track:") and bool(self.voices.removeprefix("track:").strip())
        if self.voices not in _VOICES and not is_track:
            raise SettingError(f"voices must be auto, all, skyline or track:NAME_OR_NUMBER. Received: {self.voices!r}")
        if self.off_grid not in OFF_GRID:
            raise SettingError(f"off_grid must be {', '.join(OFF_GRID)}. Received: {self.off_grid!r}")
        if self.bar_lines not in BAR_LINES:
            raise SettingError(f"bar_lines must be {' or '.join(BAR_LINES)}. Received: {self.bar_lines!r}")
        if self.max_bars < 1:
            raise SettingError(f"max_bars must be at least 1. Received: {self.max_bars}")
        _check_roles(self.roles)


def _check_roles(roles: Sequence[tuple[str, str]]) -> None:
    """Raise SettingError for a role that does not exist, and for two roles of one track."""
    seen: set[str] = set()
    for track, role in roles:
        if role not in TRACK_ROLES:
            raise SettingError(f"a role must be one of {', '.join(TRACK_ROLES)}. Received: {role!r} for {track!r}")
        if track.casefold() in seen:
            raise SettingError(f"a track must have one role. Received: two for {track!r}")
        seen.add(track.casefold())


@dataclass(frozen=True, slots=True)
class Extracted:
    """One line of music found in a piece.

    Attributes:
        voice: its name in the report, such as "track 2 (Piano), part 1"; None for the piece as a whole.
        result: its score or its refusal, or the role of a track that is a part of the scores. The name of the score is
            a suffix to the name of the file, such as " (2)" for the second of several; it is empty for a single
            one.
        details: measurements for the report, such as "grid_error".
    """

    voice: str | None
    result: Score | Refusal | PartRole
    details: Details = field(default_factory=dict)


class Extractor(Protocol):
    """Turns pieces into scores."""

    @property
    def name(self) -> str:
        """The name of the extractor in settings and caches."""

    def extract(self, piece: Piece, settings: ExtractionSettings) -> Iterator[Extracted]:
        """Yield one item for each line of music in `piece`. Never raises: an unusable line gives a `Refusal`."""


def track_label(number: int, name: str) -> str:
    """Return the name of a track in the report, such as "track 2 (Piano)"."""
    return f"track {number} ({name})" if name else f"track {number}"
