"""Ranks the tracks of a piece as candidates for the melody.

Each track is reduced to a monophonic line, the highest notes of its onsets, and scored by features of a melody: of the
line itself (single notes, small intervals, register) and relative to the other tracks (sounding in most of the piece,
above them, early in the file, with a name of a melody). The weights were set by hand on the pop songs of POP909 and the
Bach chorales (`benchmarks/melody_finding.py` measures both). Source of the features: Uitdenbogerd and
Zobel (1998); Rizo et al. (2006).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..arrays import IntArray
from ..music.piece import Notes, Piece, Track
from .extractor import Refusal, track_label
from .monophony import monophonic, skyline

MAX_CHORD_SHARE = 0.2  # largest share of a melody's notes that sound together with a higher one of the track
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
    lines = [(n, t, *monophonic(t.notes)) for n, t in enumerate(piece.tracks) if len(t.notes) and not t.is_drums]
    if len(lines) == 1:
        ((number, track, notes, lost_share),) = lines
        return [_candidate(number, track, notes, lost_share, 1.0, by_name)]
    longest = max((len(notes) for _, _, notes, _ in lines), default=1)
    means = [_mean(notes.pitch) for _, _, notes, _ in lines]
    top = max(means, default=0.0)
    found = []
    for place, ((number, track, notes, lost_share), mean) in enumerate(zip(lines, means, strict=True)):
        score = _line_score(notes, lost_share, mean) + 1.5 * min(1.0, 2 * len(notes) / longest)
        score -= 0.8 * place / len(lines) + 0.4 * min(1.0, (top - mean) / 12)
        if by_name:
            score += 2 * (_is_called_melody(track.name) - _is_called_accompaniment(track.name))
        found.append(_candidate(number, track, notes, lost_share, score, by_name))
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


def _mean(pitch: IntArray) -> float:
    """Return the mean pitch, faster than `pitch.mean()`."""
    return float(np.add.reduce(pitch)) / len(pitch)


def _line_score(notes: Notes, lost_share: float, mean: float) -> float:
    """Return a score for the line itself: single notes, small intervals, the range of a voice, middle register."""
    pitch = notes.pitch
    intervals = np.abs(pitch[1:] - pitch[:-1])
    steps = float(np.count_nonzero(intervals <= 2)) / max(1, len(intervals))
    leaps = float(np.count_nonzero(intervals > 12)) / max(1, len(intervals))
    extent = int(np.maximum.reduce(pitch)) - int(np.minimum.reduce(pitch))
    wide = min(1.0, max(0, extent - 24) / 24)
    low = min(1.5, max(0.0, 58 - mean) / 12)
    high = min(1.0, max(0.0, mean - 84) / 12)
    return 2 * (1 - min(1.0, 4 * lost_share)) + steps - 3 * leaps - wide - low - high - 1.5 * (extent < 5)


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
