"""Which track holds the melody: every track that could, the likeliest first.

Each track is heard as a line, its highest notes one at a time, and scored on what a melody is like in itself and
beside the others: in most of the piece, above them, in an early track, and called one. The weights were set by hand
on the pop songs of POP909 and the Bach chorales (`benchmarks/melody_finding.py` measures both). Source of the traits:
Uitdenbogerd and Zobel (1998); Rizo et al. (2006).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..music.piece import Notes, Piece, Track
from ..score.quantize import Voice, find_pickup
from .lines import Refusal, monophonic, skyline, voices_of

__all__ = [
    "MAX_CHORD_SHARE", "Line", "Refusal", "Voice", "choose", "find_melody", "find_pickup", "lines_of", "monophonic",
    "nothing", "voices_of",
]  # fmt: skip

MAX_CHORD_SHARE = 0.2  # of a track's notes that may sound together with a higher one in "a melody"
_MAX_NAMED_SHARE = 0.75  # the same where the track's name says that it is the melody: doubled in octaves, or a choir
ANOTHER = "not taken for the melody"
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
class Line:
    """A track heard as a line. `lost` is the share of its notes that sound with a higher one; `score` how melodic;
    `is_usable` whether its top line can pass for it.
    """

    track: int
    name: str
    notes: Notes
    lost: float
    score: float
    is_usable: bool = True


def lines_of(piece: Piece, by_name: bool = True) -> list[Line]:
    """Every track with notes that is no drum kit, as a line, the most melodic first; of equals the earlier.

    Args:
        by_name: whether the tracks' names may speak.
    """
    heard = [(n, t, *monophonic(t.notes)) for n, t in enumerate(piece.tracks) if len(t.notes) and not t.is_drums]
    if len(heard) == 1:
        ((number, track, notes, lost),) = heard
        return [_line(number, track, notes, lost, 1.0, by_name)]
    longest = max((len(notes) for _, _, notes, _ in heard), default=1)
    middles = [_mean(notes.pitch) for _, _, notes, _ in heard]
    top = max(middles, default=0.0)
    found = []
    for place, (number, track, notes, lost) in enumerate(heard):
        middle = middles[place]
        score = _score(notes, lost, middle) + 1.5 * min(1.0, 2 * len(notes) / longest)
        score -= 0.8 * place / len(heard) + 0.4 * min(1.0, (top - middle) / 12)
        if by_name:
            score += 2 * (_is_called_melody(track.name) - _is_called_accompaniment(track.name))
        found.append(_line(number, track, notes, lost, score, by_name))
    return sorted(found, key=lambda line: -line.score)


def _line(number: int, track: Track, notes: Notes, lost: float, score: float, by_name: bool) -> Line:
    if lost <= MAX_CHORD_SHARE:
        return Line(number, track.name, notes, lost, score)
    named = by_name and _is_called_melody(track.name) and not _is_called_accompaniment(track.name)
    usable = named and lost <= _MAX_NAMED_SHARE
    return Line(number, track.name, skyline(track.notes) if usable else notes, lost, score, usable)


def _mean(pitch: npt.NDArray[np.int64]) -> float:
    """`pitch.mean()`, without what it does for arrays of any kind."""
    return float(np.add.reduce(pitch)) / len(pitch)


def _score(notes: Notes, lost: float, middle: float) -> float:
    """What a melody is like in itself: single notes, by steps, within a voice's range, in the middle register."""
    pitch = notes.pitch
    steps = np.abs(pitch[1:] - pitch[:-1])
    walking = float(np.count_nonzero(steps <= 2)) / max(1, len(steps))
    leaping = float(np.count_nonzero(steps > 12)) / max(1, len(steps))
    extent = int(np.maximum.reduce(pitch)) - int(np.minimum.reduce(pitch))
    wide = min(1.0, max(0, extent - 24) / 24)
    low = min(1.5, max(0.0, 58 - middle) / 12)
    high = min(1.0, max(0.0, middle - 84) / 12)
    return 2 * (1 - min(1.0, 4 * lost)) + walking - 3 * leaping - wide - low - high - 1.5 * (extent < 5)


def find_melody(piece: Piece) -> Voice | Refusal:
    """The likeliest melody of the piece: of its first stretch of one meter that has notes enough to be the longest."""
    lines = lines_of(piece)
    if not lines:
        return nothing(piece)
    usable = [line for line in lines if line.is_usable]
    if not usable:
        return Refusal(POLYPHONIC, "--voices skyline")
    voices = voices_of(piece, usable[0].notes, usable[0].track)
    good = [voice for voice in voices if isinstance(voice, Voice)]
    return max(good, key=lambda voice: len(voice.notes)) if good else voices[0]


def nothing(piece: Piece) -> Refusal:
    """Why a piece has no line at all."""
    return Refusal("no notes" if not piece.num_notes else "drums only")


def choose(piece: Piece, voices: str) -> tuple[list[Line], list[tuple[Line, Refusal]]]:
    """The lines that `voices` asks for, best first, and why the others are not among them.

    Args:
        voices: "auto" (the best), "all" (every monophonic one), "skyline" (as auto, but a polyphonic track gives
            its top line) or "track:" and a number or name.
    """
    lines = lines_of(piece)
    if voices.startswith("track:"):
        wanted = voices[len("track:") :].strip()
        named = [line for line in lines if is_called(line, wanted)]
        chosen = [_top(piece, line) for line in named]
        return chosen, [(line, Refusal(ANOTHER, "--voices all")) for line in lines if line not in named]
    if voices == "skyline":
        lines = [_top(piece, line) for line in lines]
    usable = [line for line in lines if line.is_usable]
    chosen = usable if voices == "all" else usable[:1]
    refused = [(line, Refusal(POLYPHONIC, "--voices skyline")) for line in lines if not line.is_usable]
    return chosen, [(line, Refusal(ANOTHER, "--voices all")) for line in usable[len(chosen) :]] + refused


def is_called(line: Line, wanted: str) -> bool:
    return wanted == str(line.track) or wanted.casefold() == line.name.casefold()


def _top(piece: Piece, line: Line) -> Line:
    if line.is_usable:
        return line
    return Line(line.track, line.name, skyline(piece.tracks[line.track].notes), 0.0, line.score)
