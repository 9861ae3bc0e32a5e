"""Ranks the tracks of a piece as candidates for the melody.

Each track is reduced to a monophonic line and scored as a melody by `melody_score`, and by its name. A high track with
a few chords, thirds or octaves is a line as well: its top line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..arrays import Float64s
from ..music.piece import Notes, Piece, Track
from . import melody_score
from .accompanying import accompaniment
from .extractor import Refusal, track_label
from .monophony import Lines, monophonic_lines, skyline

MAX_CHORD_SHARE = 0.2  # largest share of a line's notes that sound together with a higher one of the track
# Of a track with more such notes, the top line is a line where they are at most so many, most of them within an octave
# below it, and it is as high: 95 % of right hands are, but no left hand and no piano with both hands in one track.
_MAX_LIGHT_SHARE = 0.55
_MIN_WITHIN_OCTAVE = 0.85
_LOWEST_TOP = 60  # mean pitch
_MAX_NAMED_SHARE = 0.75  # that limit for tracks named as melodies, which may be doubled in octaves, or a choir
_NAME_WEIGHT = 4.0  # what a name adds to the score of a track
_ONLY_SCORE = 1.0  # of the only track
_MIN_NOTES = 16  # of a line that goes before basses and ostinati
NOT_CHOSEN = "not taken for the melody"
POLYPHONIC = "no monophonic track"

_MELODIC = re.compile(
    r"melod|vocal|voice|voc\b|vox|sing|song|lead|solo|tune|theme|air\b|sopran|cant|chant|stimme|gesang|\bsax|flute|"
    r"violin|主旋律|旋律|メロ|歌|мелод|вокал",
    re.IGNORECASE,
)
GENERIC_LEAD = re.compile(
    r"\b(square|saw\w*|calliope|charang|fifths|bass|chiff) (lead|wave)\b", re.IGNORECASE
)  # sounds
_ACCOMPANYING = re.compile(
    r"bass|drum|perc|chord|accomp|akkord|begleit|harmon|rhythm|pad\b|string|left|\bl\.? ?h\b|choir|backing|backup|"
    r"arp|comp\b|\balt|\btenor(?!.*sax)|contra|鼓|伴奏|和弦|ベース|бас|аккорд",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def _is_called_melody(name: str) -> bool:
    return bool(_MELODIC.search(name)) and not GENERIC_LEAD.search(name)


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
        lost_share: share of the track's notes that the highest notes of its onsets left out or cut by more than half.
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

    @property
    def is_top_line(self) -> bool:
        """Whether it is the top line of a track with chords, thirds or octaves."""
        return self.is_usable and self.lost_share > MAX_CHORD_SHARE


def melody_candidates(piece: Piece, by_name: bool = True) -> list[MelodyCandidate]:
    """Return all tracks with notes, except drum kits, as candidates, the likeliest first; of equals the earlier first.

    Args:
        by_name: whether the scores depend on the names of the tracks.
    """
    tracks = melodic_tracks(piece)
    if not tracks:
        return []
    lines = monophonic_lines([track.notes for _, track in tracks])
    usable = _usable_lines(tracks, lines, by_name)
    parts = _parts_of_scores(lines, usable, tracks, by_name, piece.ticks_per_quarter)
    scores = parts.sum(axis=1).tolist() if len(tracks) > 1 else [_ONLY_SCORE]
    found = [
        MelodyCandidate(number, track.name, line if own is None else own, lost_share, score, own is not None)
        for (number, track), line, own, lost_share, score in zip(
            tracks, lines, usable, lines.lost_share.tolist(), scores, strict=True
        )
    ]
    return sorted(found, key=lambda candidate: -candidate.score)


def score_differences(piece: Piece, track: int, other: int) -> list[tuple[str, float]]:
    """Return by what the score of a track differs from that of another, as words and amounts, the largest first."""
    tracks = melodic_tracks(piece)
    lines = monophonic_lines([track.notes for _, track in tracks])
    parts = _parts_of_scores(lines, _usable_lines(tracks, lines, True), tracks, True, piece.ticks_per_quarter)
    place = [number for number, _ in tracks]
    difference = parts[place.index(track)] - parts[place.index(other)]
    words = [*(feature.words for feature in melody_score.FEATURES), "its name"]
    found = zip(words, difference.tolist(), strict=True)
    return sorted(((word, amount) for word, amount in found if amount), key=lambda one: -abs(one[1]))


def melodic_tracks(piece: Piece) -> list[tuple[int, Track]]:
    """Return the tracks with notes, except drum kits, with their numbers."""
    return [(number, track) for number, track in enumerate(piece.tracks) if len(track.notes) and not track.is_drums]


def _usable_lines(tracks: Sequence[tuple[int, Track]], lines: Lines, by_name: bool) -> list[Notes | None]:
    """Return for each track the line that represents it; None where none does."""
    found = zip(tracks, lines, lines.lost_share.tolist(), strict=True)
    return [_usable_line(track, line, lost_share, by_name) for (_, track), line, lost_share in found]


def _usable_line(track: Track, line: Notes, lost_share: float, by_name: bool) -> Notes | None:
    """Return the line that represents a track; None where none does.

    Args:
        line: the highest notes of its onsets.
    """
    if lost_share <= MAX_CHORD_SHARE:
        return line
    is_named = by_name and _is_called_melody(track.name) and not _is_called_accompaniment(track.name)
    if is_named and lost_share <= _MAX_NAMED_SHARE:
        return skyline(track.notes)
    if lost_share > _MAX_LIGHT_SHARE or np.add.reduce(line.pitch) < _LOWEST_TOP * len(line):
        return None
    top = skyline(track.notes)
    above = top.pitch[np.maximum(np.searchsorted(top.onset, track.notes.onset, side="right") - 1, 0)]
    below = above - track.notes.pitch
    is_near = np.count_nonzero((below > 0) & (below <= 12)) >= _MIN_WITHIN_OCTAVE * np.count_nonzero(below > 0)
    return top if is_near and np.add.reduce(top.pitch) >= _LOWEST_TOP * len(top) else None


def _parts_of_scores(
    lines: Lines,
    usable: Sequence[Notes | None],
    tracks: Sequence[tuple[int, Track]],
    by_name: bool,
    ticks_per_quarter: int,
) -> Float64s:
    """Return what each feature and, at last, its name adds to the score of each line, (num_lines, num_features + 1).

    Of a single line all are 0.
    """
    parts = np.zeros((len(tracks), len(melody_score.FEATURES) + 1))
    if len(tracks) > 1:
        is_usable = np.array([line is not None for line in usable])
        parts[:, :-1] = melody_score.contributions(lines, is_usable, ticks_per_quarter)
        if by_name:
            parts[:, -1] = [
                _NAME_WEIGHT * (_is_called_melody(track.name) - _is_called_accompaniment(track.name))
                for _, track in tracks
            ]
    return parts


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
    chosen = usable if voices == "all" or len(usable) < 2 else [next(filter(leads, usable), usable[0])]
    taken = [candidate.track for candidate in chosen]
    others = [(one, Refusal(NOT_CHOSEN, "--voices all")) for one in usable if one.track not in taken]
    others += [(c, Refusal(POLYPHONIC, "--voices skyline")) for c in candidates if not c.is_usable]
    return chosen, others


def leads(candidate: MelodyCandidate) -> bool:
    """Return whether a line is neither a bass nor an ostinato, nor very short."""
    return len(candidate.notes) >= _MIN_NOTES and accompaniment(candidate.notes) is None


def _is_called(candidate: MelodyCandidate, wanted: str) -> bool:
    """Return whether `wanted` is the number or, ignoring case, the name of the track."""
    return wanted == str(candidate.track) or wanted.casefold() == candidate.name.casefold()


def _with_top_line(piece: Piece, candidate: MelodyCandidate) -> MelodyCandidate:
    """Return the candidate, with the top line as its notes where the track is polyphonic."""
    if candidate.is_usable:
        return candidate
    line = skyline(piece.tracks[candidate.track].notes)
    return MelodyCandidate(candidate.track, candidate.name, line, 0.0, candidate.score)
