"""Finds the role of each track of a piece: what it does in the music (`score.ROLES`), with the reason.

Evidence in the order of its weight: the channel of the drums, a name that says a role, a program that does, the ranking
of `candidates` for the melody, the register for the bass. What is left is harmony. Names and programs of instruments
that play any role (piano, violin, synthesizer) say none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ..music.piece import Piece, Track
from ..music.programs import PROGRAMS
from .candidates import GENERIC_LEAD, MelodyCandidate, melody_candidates

_HIGHEST_BASS = 55  # largest mean pitch of the lowest track as a bass
_HIGHEST_HAND = 60  # that of the lower of two tracks of one sound, as the hands of a piano
_LOW = 46  # a line with a lower mean pitch is a bass, whatever is below it
_HIGHEST_BASS_SOUND = 62  # of the sound of a bass; above it is played as a lead
_HAND = 9  # semitones between the mean pitches of a left hand and a right hand, at least
_MAX_CHORD_SHARE = 0.6  # largest `lost_share` of a left hand (99 % of those of Mutopia); triads have 0.67
_MIN_BASS_SHARE = 0.1  # fewest notes of a bass found by its register, as a share of those of the melody

# In the order of precedence; a name with several meanings ("Bass Drum") says the first. Words of titles ("theme") say
# nothing here, as many files have their title as the name of the first track.
_NAMES = (
    (
        "other",
        r"drum|d r u m|perc|\bkit\b|snare|hi-?hat|cymbal|\brev(ers\w*)? ?cym|\btoms?\b|taiko|timpani|\btim(my)?\b|"
        r"gong|agogo|wood ?block|hit\b|\bsfx|sound effects?|noise|sea ?shore|gun ?shot|applause|helicopter|telephone|"
        r"\bbirds?\b|鼓",
    ),
    ("harmony", r"bass ?strings|bass ?organ|bass ?clarinet|bass ?flute"),
    (
        "bass",
        r"bass(?!oon)|\bbas(u|ui)?\b|\bb(s|ss)\b|\btuba\b|violoncello|\bcello|\blower|\bdown\b|\bleft\b|\bl\.? ?h\b|"
        r"ベース|бас",
    ),
    (
        "melody",
        r"melod|vocal|\bvox\b|\bvoc\b|\bvoice\b(?! *\()|\bsing|solo\b|lead ?guitar|guitar ?lead|\blead$|\bsopran|"
        r"cant(us|o|ate)|chant|stimme|gesang|violin 1\b|\bup(per)?\b|\bright hand|\br\.? ?h\b|"
        r"主旋律|旋律|メロ|歌|мелод|вокал",
    ),
    (
        "harmony",
        r"chord|accomp|akkord|begleit|harmon|rhythm|\bpads?\b|string|choir|\baahs?\b|\boohs?\b|backing|backup|\barp|"
        r"^comp\b|伴奏|和弦|аккорд",
    ),
)
_NAMED = tuple((role, re.compile(pattern, re.IGNORECASE)) for role, pattern in _NAMES)

_PROGRAM_ROLES = {
    **dict.fromkeys(range(32, 40), "bass"),
    43: "bass",  # contrabass
    58: "bass",  # tuba
    47: "other",  # timpani
    55: "other",  # orchestra hit
    **dict.fromkeys((112, 113, *range(115, 128)), "other"),  # percussion and sound effects, without steel drums
    **dict.fromkeys(range(88, 96), "harmony"),  # pads
}
_CHORDAL = (44, 45, *range(48, 55))  # strings and choirs, which fill as chords and may lead as a line
_WEAK = "harmony"  # a program that usually fills, and leads where nothing else does


@dataclass(frozen=True, slots=True)
class TrackRole:
    """The role of a track of a piece, by its number from 0, with the reason; `rank` 0 is the foremost of its role."""

    track: int
    role: str
    reason: str
    rank: float = 0.0


@lru_cache(maxsize=4096)
def role_of_name(name: str) -> str | None:
    """Return the role that the name of a track says; None where it says none."""
    if GENERIC_LEAD.search(name):
        return None
    return next((role for role, pattern in _NAMED if pattern.search(name)), None)


def find_roles(piece: Piece, by_name: bool = True, by_program: bool = True) -> list[TrackRole]:
    """Return the role of every track with notes, in the order of the file.

    Args:
        by_name, by_program: whether the roles depend on the names and the programs of tracks.
    """
    found = {n: TrackRole(n, "drums", "channel 10") for n, t in enumerate(piece.tracks) if len(t.notes) and t.is_drums}
    candidates = melody_candidates(piece, by_name)
    pitches = {one.track: float(piece.tracks[one.track].notes.pitch.mean()) for one in candidates}
    for one in candidates:
        role = _told(piece.tracks[one.track], one, pitches[one.track], by_name, by_program)
        if role is not None:
            found[one.track] = TrackRole(one.track, *role)
    found |= _low_lines(candidates, pitches, found)
    found |= _melodies(candidates, pitches, found)
    found |= _lowest(piece, candidates, pitches, found)
    for rank, one in enumerate(candidates):
        found.setdefault(one.track, TrackRole(one.track, "harmony", "neither melody nor bass"))
        if found[one.track].role == "melody":
            found[one.track] = replace(found[one.track], rank=rank)
    return [found[number] for number in sorted(found)]


def _told(
    track: Track, candidate: MelodyCandidate, pitch: float, by_name: bool, by_program: bool
) -> tuple[str, str] | None:
    """Return the role that the name or the program of a track says, with the reason; None where neither does.

    Args:
        candidate: the track as a line.
        pitch: mean pitch of its notes.
    """
    role = role_of_name(track.name) if by_name else None
    if role is not None:
        return role, f"its name, {track.name.strip()!r}"
    role = _PROGRAM_ROLES.get(track.program) if by_program else None
    if by_program and track.program in _CHORDAL and not candidate.is_usable:
        role = _WEAK
    if role is None or (role == "bass" and pitch > _HIGHEST_BASS_SOUND):
        return None
    return role, f"its sound, {PROGRAMS[track.program]}"


def _low_lines(
    candidates: Sequence[MelodyCandidate], pitches: dict[int, float], found: dict[int, TrackRole]
) -> dict[int, TrackRole]:
    """Return the lines below the other tracks as basses; none where all tracks are low.

    Args:
        pitches: the mean pitch of each melodic track, by its number.
    """
    if max(pitches.values(), default=0.0) < _LOW:
        return {}
    lines = [one.track for one in candidates if one.is_usable and one.track not in found]
    return {n: TrackRole(n, "bass", f"a low line, mean pitch {pitches[n]:.0f}") for n in lines if pitches[n] < _LOW}


def _melodies(
    candidates: Sequence[MelodyCandidate], pitches: dict[int, float], found: dict[int, TrackRole]
) -> dict[int, TrackRole]:
    """Return the melody of a piece where no name says it: the best candidate, a line if there is one.

    The lowest track is none below a clearly higher one, as the left hand of a piano; `pitches` as of `_low_lines`.
    """
    if any(one.role == "melody" for one in found.values()):
        return {}
    highest = max((pitches[one.track] for one in candidates if one.track not in found), default=0.0)
    lowest = min(pitches.values(), default=0.0)
    free = [one for one in candidates if one.track not in found]
    free = [one for one in free if pitches[one.track] > lowest or highest - lowest < _HAND] or free
    filling = [one for one in candidates if one.track in found and found[one.track].role == _WEAK]
    for group in (free, filling):
        best = next((one for one in group if one.is_usable), group[0] if group else None)
        if best is not None:
            reason = "the likeliest melody" if len(candidates) > 1 else "the only track"
            return {best.track: TrackRole(best.track, "melody", f"{reason}, score {best.score:.2f}")}
    return {}


def _lowest(
    piece: Piece, candidates: Sequence[MelodyCandidate], pitches: dict[int, float], found: dict[int, TrackRole]
) -> dict[int, TrackRole]:
    """Return the lowest track of a piece as the bass where there is no other; `pitches` as of `_low_lines`.

    A track with both hands of a piano, beside a voice, has a mean pitch of 55 or more; a left hand may have it too.
    """
    if any(one.role == "bass" for one in found.values()):
        return {}
    melodic = [piece.tracks[n] for n in pitches]
    are_hands = len(melodic) == 2 and melodic[0].program == melodic[1].program
    limit = min(_HIGHEST_HAND, max(pitches.values()) - _HAND) if are_hands else _HIGHEST_BASS
    fewest = _MIN_BASS_SHARE * max((len(track.notes) for track in melodic), default=0)
    lines = [one.track for one in candidates if one.lost_share <= _MAX_CHORD_SHARE]
    free = [n for n in lines if n not in found or found[n].role == _WEAK]
    free = [n for n in free if len(piece.tracks[n].notes) >= fewest and pitches[n] < limit]
    lowest = min(free, key=lambda n: pitches[n], default=None)
    below = [n for n in pitches if lowest is not None and pitches[n] < pitches[lowest]]
    if lowest is None or any(n not in found or found[n].role != "other" for n in below):
        return {}
    return {lowest: TrackRole(lowest, "bass", f"the lowest track, mean pitch {pitches[lowest]:.0f}")}
