"""Ranks the tracks of a piece as candidates for the melody.

Each track is reduced to a monophonic line, the highest notes of its onsets, and scored by features of a melody: of the
line itself (single notes, small intervals, register) and relative to the other tracks (sounding in most of the piece,
above them, early in the file, with a name of a melody). The weights were set by hand on the pop songs of POP909 and the
Bach chorales (`benchmarks/melody_finding.py` measures both). Source of the features: Uitdenbogerd and
Zobel (1998); Rizo et al. (2006).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..arrays import Float64s
from ..music.piece import Notes, Piece, Track
from .extractor import Refusal, track_label
from .monophony import Lines, monophonic_lines, skyline

MAX_CHORD_SHARE = 0.2  # largest share of a melody's notes that sound together with a higher one of the track
_NO_INTERVAL = 5  # neither a step nor a leap: after the last note of a line
_MAX_NAMED_SHARE = 0.75  # that limit for tracks named as melodies, which may be doubled in octaves, or a choir
NOT_CHOSEN = "not taken for the melody"
POLYPHONIC = "no monophonic track"

_MELODIC = re.compile(
    r"melod|vocal|voice|voc\b|vox|sing|song|lead|solo|tune|theme|air\b|sopran|cant|chant|stimme|gesang|\bsax|flute|"
    r"violin|主旋律|旋律|メロ|歌|мелод|вокал",
    re.IGNORECASE,
)
_ACCOMPANYING = re.compile(
    r"bass|drum|perc|chord|accomp|akkord|begleit|harmon|rhythm|pad\b|string|left|\bl\.? ?h\b|choir|backing|backup|"
    r"arp|comp\b|鼓|伴奏|和弦|ベース|бас|аккорд",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def _is_called_melody(name: str) -> bool:
    return bool(_MELODIC.search(name))


@lru_cache(maxsize=4096)
def _is_called_accompaniment(name: str) -> bool:
    return bool(_ACCOMPANYING.search(name))


@dataclass(frozen=True, slots=True)
class MelodyCandidate:
    """A track as a monophonic line that may be the melody.

    Attributes:
        track: its number in the piece, from 0.
        name: of the track.
        notes: the line, in ticks.
        lost_share: share of the track's notes that the line left out or cut by more than half.
        score: rating as a melody; higher is likelier.
        is_usable: whether the line represents the track.
    """

    track: int
    name: str
    notes: Notes
    lost_share: float
    score: float
    is_usable: bool = True

    @property
    def label(self) -> str:
        """The name of the track in the report."""
        return track_label(self.track, self.name)


def melody_candidates(piece: Piece, by_name: bool = True) -> list[MelodyCandidate]:
    """Return all tracks with notes, except drum kits, as candidates, the likeliest first; of equals the earlier first.

    Args:
        by_name: whether the scores depend on the names of the tracks.
    """
    tracks = [(number, track) for number, track in enumerate(piece.tracks) if len(track.notes) and not track.is_drums]
    if not tracks:
        return []
    lines = monophonic_lines([track.notes for _, track in tracks])
    scores = _scores(lines, [track.name for _, track in tracks] if by_name else [])
    found = [
        _candidate(number, track, notes, lost_share, score, by_name)
        for (number, track), notes, lost_share, score in zip(
            tracks, lines, lines.lost_share.tolist(), scores, strict=True
        )
    ]
    return sorted(found, key=lambda candidate: -candidate.score)


def _candidate(
    number: int, track: Track, notes: Notes, lost_share: float, score: float, by_name: bool
) -> MelodyCandidate:
    if lost_share <= MAX_CHORD_SHARE:
        return MelodyCandidate(number, track.name, notes, lost_share, score)
    is_named = by_name and _is_called_melody(track.name) and not _is_called_accompaniment(track.name)
    is_usable = is_named and lost_share <= _MAX_NAMED_SHARE
    line = skyline(track.notes) if is_usable else notes
    return MelodyCandidate(number, track.name, line, lost_share, score, is_usable)


def _scores(lines: Lines, names: Sequence[str]) -> list[float]:
    """Return the score of each line: as a line (`_line_scores`), among the others, and by its name.

    Args:
        names: of the tracks; empty where the scores do not depend on them.
    """
    num_lines = len(lines.first)
    if num_lines == 1:
        return [1.0]
    mean = np.add.reduceat(lines.pitch, lines.first) / lines.size
    scores = _line_scores(lines, mean) + 1.5 * np.minimum(1.0, 2 * lines.size / np.maximum.reduce(lines.size))
    early = 0.8 * np.arange(num_lines) / num_lines
    scores -= early + 0.4 * np.minimum(1.0, (np.maximum.reduce(mean) - mean) / 12)
    if names:
        scores += [2 * (_is_called_melody(name) - _is_called_accompaniment(name)) for name in names]
    return scores.tolist()  # type: ignore[no-any-return]


def _line_scores(lines: Lines, mean: Float64s) -> Float64s:
    """Return a score for each line itself: single notes, small intervals, the range of a voice, middle register.

    Args:
        mean: mean pitch of each line, shape (num_lines,).
    """
    pitch, first = lines.pitch, lines.first
    interval = np.empty_like(pitch)
    interval[:-1] = np.abs(pitch[1:] - pitch[:-1])
    interval[first + lines.size - 1] = _NO_INTERVAL
    num_intervals = np.maximum(1, lines.size - 1)
    steps = np.add.reduceat(interval <= 2, first, dtype=np.int64) / num_intervals
    leaps = np.add.reduceat(interval > 12, first, dtype=np.int64) / num_intervals
    extent = np.maximum.reduceat(pitch, first) - np.minimum.reduceat(pitch, first)
    wide = np.minimum(1.0, np.maximum(0, extent - 24) / 24)
    low = np.minimum(1.5, np.maximum(0.0, 58 - mean) / 12)
    high = np.minimum(1.0, np.maximum(0.0, mean - 84) / 12)
    single = 2 * (1 - np.minimum(1.0, 4 * lines.lost_share))
    return single + steps - 3 * leaps - wide - low - high - 1.5 * (extent < 5)


def choose(piece: Piece, voices: str) -> tuple[list[MelodyCandidate], list[tuple[MelodyCandidate, Refusal]]]:
    """Return the candidates that `voices` selects, best first, and the others with their refusals.

    Args:
        voices: see `ExtractionSettings.voices`.
    """
    candidates = melody_candidates(piece)
    if voices.startswith("track:"):
        wanted = voices[len("track:") :].strip()
        named = [candidate for candidate in candidates if _is_called(candidate, wanted)]
        others = [(c, Refusal(NOT_CHOSEN, "--voices all")) for c in candidates if c not in named]
        return [_with_top_line(piece, candidate) for candidate in named], others
    if voices == "skyline":
        candidates = [_with_top_line(piece, candidate) for candidate in candidates]
    usable = [candidate for candidate in candidates if candidate.is_usable]
    chosen = usable if voices == "all" else usable[:1]
    others = [(candidate, Refusal(NOT_CHOSEN, "--voices all")) for candidate in usable[len(chosen) :]]
    others += [(c, Refusal(POLYPHONIC, "--voices skyline")) for c in candidates if not c.is_usable]
    return chosen, others


def _is_called(candidate: MelodyCandidate, wanted: str) -> bool:
    """Return whether `wanted` is the number or, ignoring case, the name of the track."""
    return wanted == str(candidate.track) or wanted.casefold() == candidate.name.casefold()


def _with_top_line(piece: Piece, candidate: MelodyCandidate) -> MelodyCandidate:
    """Return the candidate, with the top line as its notes where the track is polyphonic."""
    if candidate.is_usable:
        return candidate
    line = skyline(piece.tracks[candidate.track].notes)
    return MelodyCandidate(candidate.track, candidate.name, line, 0.0, candidate.score)
